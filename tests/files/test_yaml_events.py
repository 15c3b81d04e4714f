"""The quick parser and ruamel.yaml read the same tree, or the quick one leaves the text to the other."""

from __future__ import annotations

import pytest

from tests.soak.fuzz_deals import bases, mutant
from tranche.errors import DealError
from tranche.files.yaml_events import NotRead, events, quick_events
from tranche.files.yaml_tree import _Builder as Builder
from tranche.files.yaml_tree import yaml_tree

LIVING = bases()


def both(text: str) -> tuple[str, str] | None:
    """What the quick parser makes of it and what ruamel.yaml does; None where the quick one does not read it."""
    try:
        quick = _told(lambda: Builder("x").build(quick_events(text)))
    except NotRead:
        return None
    return quick, _told(lambda: Builder("x").build(events(text, "x")))


def _told(read) -> str:
    try:
        return repr(read())
    except DealError as error:
        return str(error)


@pytest.mark.parametrize("file", [file for file, _ in LIVING])
def test_the_living_deals(file: str) -> None:
    text = dict(LIVING)[file]
    found = both(text)
    assert found is not None, "written so that the quick parser reads it"
    assert found[0] == found[1]


def _mutants(first: int, count: int) -> None:
    read = [both(mutant(2026, number, LIVING)[1]) for number in range(first, first + count)]
    agreed = [one for one in read if one is not None]
    assert len(agreed) > count / 10
    assert all(quick == slow for quick, slow in agreed)


def test_mutants_of_them() -> None:
    _mutants(0, 200)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(1_000, 9_000, 1_000))
def test_mutants_by_the_thousand(first: int) -> None:
    _mutants(first, 1_000)


@pytest.mark.parametrize(
    "text",
    ["a: &b 1", "a: [*b]", "*b : c", "- !x 1", "a: !!int 3", "%YAML 1.1\n---\na: 1", "a:\t1", "a: 1\r\nb: 2",
     "a: \u2028 1", "a: '\u0085'", "a: \x07", "\ufeffa: 1", "a: [", "a: 'b", "a: b: c", "a: \ud800"],
)  # fmt: skip
def test_what_is_left_to_ruamel(text: str) -> None:
    assert both(text) is None


@pytest.mark.parametrize(
    "text",
    ["a: 2 * b", "a: 3*b", "a: b != c", "a: x & y", "a: <b\nc: 'don''t'", "é: “ü”", "a: |\n  b\n  c\n"],
)  # fmt: skip
def test_formulas_and_plain_texts_are_read_at_once(text: str) -> None:
    found = both(text)
    assert found is None or found[0] == found[1]


def test_nothing_stands_where_its_key_does() -> None:
    tree, _ = yaml_tree("a: 1\nb:\n\n\nc: 2\n", "x")
    assert isinstance(tree.value, dict)
    lines = {key: (entry.line, entry.node.line) for key, entry in tree.value.items()}
    assert lines == {"a": (1, 1), "b": (2, 2), "c": (5, 5)}
