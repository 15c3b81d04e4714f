"""The pytest plugin: deal files are collected as tests. `pytest --tranche deals/`, or `tranche = true` in the ini file.

Each file becomes: `schema` (it loads and compiles), `warnings` (the static analysis is silent, but for what the deal
accepts), `expect` (its figures hold), and one item for each rule of `tranche.testing.invariants`, tried on stresses
that Hypothesis draws. This module is imported by every pytest run of an environment that has tranche, so it imports
nothing heavy itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .deal_items import DealItem

EXAMPLES = 30
A_DEAL = re.compile(r"^(tranches|waterfall)\s*:", re.MULTILINE)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("tranche", "deal files as tests")
    group.addoption("--tranche", action="store_true", help="collect deal files (*.yaml, *.yml) as tests")
    group.addoption(
        "--tranche-examples", type=_count, metavar="N", help=f"stresses drawn for each rule ({EXAMPLES} by default)"
    )
    parser.addini("tranche", "collect deal files as tests", type="bool", default=False)
    parser.addini("tranche_examples", "stresses drawn for each rule", default=str(EXAMPLES))


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 1_000_000:
        raise ValueError(text)  # argparse says which option and what it was given
    return int(text)


def examples(config: pytest.Config) -> int:
    """Stresses for each rule. Raises UsageError for an ini value that is no count."""
    given: int | None = config.getoption("--tranche-examples")
    if given is not None:
        return given
    try:
        return _count(str(config.getini("tranche_examples")))
    except ValueError as error:
        raise pytest.UsageError(f"tranche_examples is {error.args[0]!r}; write a whole number, 1 or more") from None


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "deal: a deal file, collected as tests")
    if _wanted(config):
        examples(config)


def pytest_report_header(config: pytest.Config) -> str | None:
    if not _wanted(config):
        return None
    seed = config.getoption("hypothesis_seed", None)
    drawn = "the same ones every time" if seed is None else f"of seed {seed}"
    return f"tranche: deal files are tests; {examples(config)} stresses for each rule, {drawn}"


def _wanted(config: pytest.Config) -> bool:
    return bool(config.getoption("--tranche") or config.getini("tranche"))


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> DealFile | None:
    if not _wanted(parent.config):
        return None
    from tranche.cli.deal_files import ENDINGS, NOT_DEALS

    if file_path.suffix.lower() not in ENDINGS:
        return None
    named = any(file_path == Path(str(arg).split("::")[0]).resolve() for arg in parent.config.args)
    if not named and (NOT_DEALS in file_path.parent.parts or not _looks_like_a_deal(file_path)):
        return None
    file: DealFile = DealFile.from_parent(parent, path=file_path)
    return file


def _looks_like_a_deal(path: Path) -> bool:
    """Folders hold other YAML too: a deal has tranches or a waterfall at its top level."""
    return A_DEAL.search(path.read_text(encoding="utf-8", errors="replace")) is not None


class DealFile(pytest.File):
    """One deal file."""

    def collect(self) -> Iterable[DealItem]:
        from .deal_items import items

        yield from items(self)
