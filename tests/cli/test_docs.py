"""The README names every command and every option of its own; docs/ every word of the language, every feature deal."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import attrs
import pytest
import typer

from tranche.cli import app
from tranche.deal import VERBS, Waterfalls
from tranche.deal.formula import FUNCTIONS
from tranche.deal.step import GROUPS
from tranche.files import load
from tranche.files.steps import MODIFIERS

README = Path(__file__).parents[2] / "README.md"


def names() -> list[str]:
    """`tranche check`, `--run`, … of every command."""
    group = typer.main.get_command(app)
    found = ["--version"]
    for name, command in group.commands.items():
        found.append(f"tranche {name}")
        found += [option for parameter in command.params for option in parameter.opts if option.startswith("--")]
    return sorted(set(found))


def test_the_walk_finds_commands_and_options() -> None:
    assert {"tranche check", "tranche run", "tranche explain", "tranche compile", "--json", "--seed"} <= set(names())


@pytest.mark.parametrize("name", names())
def test_the_readme_names_it(name: str) -> None:
    assert name in README.read_text(encoding="utf-8")


DOCS = README.parent / "docs"


def rows(page: str, heading: str) -> set[str]:
    """The words in `code` in the first column of the tables under a heading of a page."""
    section = (DOCS / page).read_text(encoding="utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    firsts = [line.split("|")[1] for line in section.splitlines() if line.startswith("|")]
    return {word.partition("(")[0] for first in firsts for word in re.findall(r"`([^`]+)`", first)}


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("Verbs", set(VERBS)),
        ("Modifiers", {*MODIFIERS, *GROUPS}),
        ("Lists", {field.name for field in attrs.fields(Waterfalls)}),
        ("Formulas", set(FUNCTIONS)),
    ],
)
def test_the_vocabulary_is_complete(heading: str, words: set[str]) -> None:
    """docs/waterfall.md has every word of the language, what Hastructure calls it and what differs; no other word."""
    assert rows("waterfall.md", heading) == words


def test_the_index_of_feature_deals() -> None:
    page = runpy.run_path(str(DOCS / "features.py"))["index"]()
    assert (DOCS / "features.md").read_text(encoding="utf-8") == page, "run: python docs/features.py"


def test_feature_deals_are_small_and_expect_something() -> None:
    for path in sorted((README.parent / "deals" / "features").glob("*.yaml")):
        assert len(path.read_text(encoding="utf-8").splitlines()) < 60, path.name
        assert load(path).expect.figures, f"{path.name} has no expect: block"
        assert path.read_text(encoding="utf-8").startswith("# "), f"{path.name}: say in its first line what it shows"


@pytest.mark.slow
def test_the_claims() -> None:
    page = runpy.run_path(str(DOCS / "claims.py"))["page"]()
    assert (DOCS / "claims.md").read_text(encoding="utf-8") == page, "run: make claims"
