"""Figures that deals state about themselves, against runs."""

from __future__ import annotations

import math

import pytest

import tranche
from tests.small_deals import STRESSED, cash
from tranche.errors import DealError
from tranche.expectations import Finding, figure, findings, known_figures, misses
from tranche.files import loads


@pytest.fixture(scope="module")
def results() -> tranche.Results:
    return tranche.run(loads(STRESSED), collections=cash())


def test_every_known_figure_has_a_value(results: tranche.Results) -> None:
    names = known_figures(results.program)
    assert {"senior.expected_loss", "equity.distribution", "dscr.breached", "audit.relative"} <= set(names)
    for name in names:
        assert isinstance(figure(results, name), float)


def test_figures_are_what_the_results_say(results: tranche.Results) -> None:
    assert figure(results, "senior.wal") == results.tranches()["wal"]["senior"]
    assert figure(results, "dscr.breached") == results.total("dscr.breached").mean()
    assert figure(results, "servicing.paid") == results.total("servicing.paid").mean()
    assert figure(results, "reserve.balance") == results.total("reserve.balance").mean()
    assert figure(results, "audit.absolute") == results.audit.absolute


@pytest.mark.parametrize(
    ("value", "holds"), [(1.0, True), (1.1, True), (0.9, True), (1.2, False), (0.7, False), (math.nan, False)]
)
def test_within(value: float, holds: bool) -> None:
    assert Finding("x", value, expected=1.0, within=0.125).holds is holds


def test_misses_have_their_lines(results: tranche.Results) -> None:
    text = STRESSED + "    dscr.breached: 0 ± 0.5\n"
    deal = loads(text, "deal.yaml")
    found = findings(deal, results)
    assert [one.holds for one in found] == [True, False]
    (problem,) = misses(deal, found)
    assert (problem.place.file, problem.place.line) == ("deal.yaml", text.count("\n"))


def test_unknown_figures_are_all_told(results: tranche.Results) -> None:
    deal = loads(STRESSED + "    dscr.breech: 0 ± 1\n    senor.wal: 1 ± 1\n")
    with pytest.raises(DealError) as caught:
        findings(deal, results)
    breach, life = (problem.fix for problem in caught.value)
    assert breach == "did you mean 'dscr.breached'?"
    assert life.startswith("did you mean 'senior.wal'")


def test_figures_of_one_payment_date(results: tranche.Results) -> None:
    date = results.program.dates[2]
    assert figure(results, f"senior.balance @ {date}") == results.cashflows("senior")["balance"][date]
    deal = loads(STRESSED + f"    senior.wal @ {date}: 1 ± 1\n    senior.balance @ 1999-01-01: 1 ± 1\n")
    with pytest.raises(DealError) as caught:
        findings(deal, results)
    assert [problem.what for problem in caught.value] == [
        "unknown figure 'senior.wal'",  # a total has no date
        "'1999-01-01' is no payment date",
    ]


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        ("senior.expectd_loss", r"unknown figure 'senior.expectd_loss'; did you mean 'senior.expected_loss'"),
        ("nobody.paid", r"unknown figure 'nobody.paid'"),
        ("senior.balance @ 2025-04-02", r"'2025-04-02' is no payment date"),
        ("senior.balance @ 2026-02-30", r"'2026-02-30' is no payment date"),
    ],
)
def test_check_tells_figures_that_cannot_be(figure: str, said: str) -> None:
    assert tranche.check(loads(STRESSED)) is not None
    with pytest.raises(DealError, match=said):
        tranche.check(loads(STRESSED + f"    {figure}: 0 ± 1\n"))


def test_blanks_about_the_at_make_no_other_figure(results: tranche.Results) -> None:
    date = results.program.dates[2]
    text = STRESSED + f"    senior.balance  @  {date}: 1 ± 1\n"
    (_, item) = loads(text).expect.figures
    assert item.figure == f"senior.balance @ {date}"
    deal = loads(text, "deal.yaml")
    assert misses(deal, findings(deal, results))[0].place.line == text.count("\n")
    with pytest.raises(DealError, match=rf"the figure 'senior.balance @ {date}' is given twice"):
        loads(text + f"    senior.balance @ {date}: 2 ± 1\n")


def test_the_seed_of_a_file_has_the_range_of_every_seed() -> None:
    for seed in (2**64 - 1, 2**53 + 1, 7):
        for written in (str(seed), f"'{seed}'"):
            assert loads(STRESSED.replace("expect:\n", f"expect:\n  seed: {written}\n")).expect.seed == seed
    with pytest.raises(DealError, match="seed is 18446744073709551616; write a whole number, 0 to "):
        loads(STRESSED.replace("expect:\n", f"expect:\n  seed: {2**64}\n"))
