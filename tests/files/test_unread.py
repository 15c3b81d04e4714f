"""A file with mistakes of reading and mistakes of naming tells both, and no third kind that is not there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.soak.fuzz_deals import bases
from tests.testing.test_plugin import GOOD
from tranche.deal import Source
from tranche.errors import DealError
from tranche.files import loads
from tranche.files.lines import plain_values
from tranche.files.market_file import include_market
from tranche.files.sections import NAMED, read_deal
from tranche.files.yaml_tree import yaml_tree

LIVING = {file: text for file, text in bases()}


def told(text: str) -> list[str]:
    with pytest.raises(DealError) as caught:
        loads(text, "x.yaml")
    return [str(problem) for problem in caught.value]


def test_names_are_checked_beside_what_cannot_be_read() -> None:
    text = (
        GOOD.replace("coupon: 6%, amortisation", "cupon: 6%, amortisation")
        .replace("collections / senior.debt_service", "prev(colections) / senior.debt_service")
        .replace("- pay: mezz.principal\n", "- pay: mez.principal\n")
    )
    assert told(text) == [
        "x.yaml:6 tranches.senior.coupon: is missing; add `coupon:`",
        "x.yaml:6 tranches.senior.cupon: unknown key 'cupon'; did you mean 'coupon'?",
        "x.yaml:10 tests.dscr.numerator: unknown name 'colections'; did you mean 'collections' or 'collections.cash'?",
        "x.yaml:17 waterfall[4].pay: unknown tranche 'mez'; did you mean 'mezz'?",
    ]


def test_a_step_that_cannot_be_read_hides_no_other() -> None:
    text = GOOD.replace("- pay: senior.principal\n", "- pai: senior.principal\n")
    text = text.replace("- pay: equity", "- pay: equty")
    first, second = told(text)
    assert first.startswith("x.yaml:13 waterfall[1]")
    assert second.startswith("x.yaml:18 waterfall[5].pay: unknown tranche, fee or account 'equty'")


def test_nothing_is_said_of_names_without_dates() -> None:
    text = GOOD.replace("\nschedule:", "\nschedulex:").replace("- pay: mezz.principal\n", "- pay: mez.principal\n")
    assert not [one for one in told(text) if "mez" in one]


@pytest.mark.parametrize("wrong", ["collateralx:", "collateral: 3 #", "collateral: {fleet: {}} #"])
def test_collateral_that_cannot_be_read_hides_no_other_name(wrong: str) -> None:
    text = GOOD.replace("\ncollateral:", f"\n{wrong}").replace("- pay: mezz.principal\n", "- pay: mez.principal\n")
    assert len([one for one in told(text) if "unknown tranche 'mez'" in one]) == 1


def _faults(values: dict[str, Any]) -> Iterator[list[Any]]:
    """Where a key that nobody knows can be put: into each item of each section, and each step."""
    for section in NAMED:
        for name, item in (values.get(section) or {}).items():
            if isinstance(item, dict):
                yield [section, name]
    raw = values["waterfall"]
    for status, steps in raw.items() if isinstance(raw, dict) else [(None, raw)]:
        yield from (["waterfall", *([status] if status else []), k] for k in range(len(steps)))
    for section in ("status", "market", "collateral"):
        yield from _below(values.get(section), [section])


def _below(raw: Any, path: list[Any]) -> Iterator[list[Any]]:
    """Every mapping of terms, however deep: not a list of dated or correlated values, where any key is read."""
    if isinstance(raw, dict) and any(isinstance(key, str) and key.isidentifier() for key in raw):
        yield path
        for key, item in raw.items():
            yield from _below(item, [*path, key])


def _check(file: str) -> None:
    """One unknown key, anywhere in a good deal, is the only thing that is told."""
    tree, _ = yaml_tree(LIVING[file], file)
    plain, _ = plain_values(tree)
    values, included, _ = include_market(plain, file)
    for path in _faults(values):
        whole = item = _copied(values)
        for key in path:
            item = item[key]
        item["xyzzy"] = 1
        try:
            read_deal(whole, Source(file=file, included=included), [])
        except DealError as error:
            assert all("xyzzy" in str(problem) for problem in error), (path, *error)
        else:
            assert path[-1] == "rates"  # where every key is a name


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("file", [file for file in LIVING if "features" in file][::4])
def test_what_is_not_wrong_is_not_told(file: str) -> None:
    _check(file)


@pytest.mark.slow
@pytest.mark.parametrize("file", LIVING)
def test_what_is_not_wrong_is_not_told_of_any_living_deal(file: str) -> None:
    _check(file)
