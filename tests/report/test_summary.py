"""The tranche tables: what they say where nothing is lost, of one path, and what their words mean."""

from __future__ import annotations

from pathlib import Path

import pytest

import tranche
from tranche.report import Study, study
from tranche.report.figures import in_unit, means, money, none_of, paths, rare, share
from tranche.report.page import page
from tranche.report.sections import summary

DEALS = Path(__file__).parents[2] / "deals"


def tables(name: str, count: int | None = None) -> tuple[Study, str]:
    one = study(tranche.load(DEALS / f"{name}.yaml"), count, 7)
    return one, str(summary.section(one))


def test_where_no_path_loses_the_error_is_not_nothing() -> None:
    one, markup = tables("gpu_lease_abs", 1_000)
    assert one.results.losses("a").spread.positive == 0
    row = markup[markup.index(">a<") : markup.index(">b<")]
    assert ">&lt; 0.3%<" in row
    assert ">0%<" in row
    assert "0.000%" not in row
    assert "none of the 1,000 paths lost anything" in markup
    assert "less probable than 0.3%" in markup
    assert none_of(1_000) == pytest.approx(3 / 1_000, rel=5e-3)


def test_given_collections_are_no_sample() -> None:
    _, markup = tables("features/reserve_account")
    assert "&lt;" not in markup
    assert "lost anything" not in markup


def test_the_words_of_the_tables_are_explained() -> None:
    _, markup = tables("gpu_lease_abs", 100)
    for said in ("Shortfall adds up what is unpaid at the close of every date", "may exceed the notional",
                 "Probability of loss: the share of paths on which the tranche ends with a loss",
                 "the defaults that the tests count are those of the documents"):  # fmt: skip
        assert said in markup
    assert markup.count("<table>") == 2


def test_one_path_is_singular() -> None:
    one, markup = tables("features/turbo")
    assert "Money in USD, amounts of one path." in markup
    assert "1 paths" not in page(one)
    assert "1 path of the collections given" in page(one)


def test_numbers() -> None:
    assert [share(-0.00001), share(-0.5), share(float("nan")), money(-0.1, 1e6)] == ["0.00%", "-50.00%", "–", "0.000"]
    assert [rare(1e-9, 3), rare(0.0, 3), rare(0.12345, 3)] == ["< 0.001%", "0.000%", "12.345%"]
    assert [paths(1), paths(2_000), means(1), means(2)] == ["1 path", "2,000 paths", "amounts of one path",
                                                             "means over 2 paths"]  # fmt: skip
    assert [in_unit("", "USD"), in_unit("millions of", "USD")] == ["USD", "millions of USD"]
