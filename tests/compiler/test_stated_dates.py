"""A date of the schedule before business days move it means the payment date that it becomes, whatever term states it.

Month ends, US holidays: 30 November 2025 is a Sunday, paid on Friday the 28th (modified following); 31 January 2026 is
a Saturday, paid on the 30th. Under `following` 1 November 2025, a Saturday, is paid on Monday the 3rd.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from numpy.typing import NDArray

from tranche.compiler import compile_deal, dates_of, on_payment_dates
from tranche.deal import Deal
from tranche.errors import DealError
from tranche.files import loads
from tranche.reference import run_path

ENDS = "closing: 2025-10-31, maturity: 2026-03-31, end_of_month: true, convention: modified-following"  # 5 dates
FIRSTS = "closing: 2025-10-01, maturity: 2026-02-01, convention: following"  # 4 dates
DEAL = """\
format: 1
name: Stated dates
schedule: {{{schedule}, calendar: us, day_count: 30/360}}
{more}
collateral: {{collections: {{amounts: {cash}}}}}
tranches:
  loan: {{notional: 120, coupon: 12%{loan}}}
  owner: residual
waterfall:
{steps}
"""
STEPS = "  - pay: loan.interest\n  - pay: loan.principal\n  - pay: owner"


def deal_on(loan: str = "", more: str = "", schedule: str = ENDS, steps: str = STEPS) -> Deal:
    periods = 5 if schedule == ENDS else 4
    return loads(DEAL.format(loan=loan, more=more, schedule=schedule, steps=steps, cash=[200] * periods))


def flow(deal: Deal, name: str) -> NDArray[np.float64]:
    program = compile_deal(deal)
    rows = np.full((program.periods, len(program.inputs)), 200.0)
    return np.array([row[program.record(name)] for row in run_path(program, rows).movements], dtype=float)


def test_a_maturity_is_its_payment_date() -> None:
    """31 January is the third date, 30 January; it was the fourth."""
    assert flow(deal_on(", maturity: 2026-01-31"), "loan.principal").tolist() == [0, 0, 120, 0, 0]


def test_an_extension_is_decided_on_the_maturity_and_ends_on_its_own() -> None:
    """Extended on 30 January to 28 February, which is paid on Friday the 27th, at 6% more: 27 days at 18%."""
    deal = deal_on(", maturity: 2026-01-31, extensions: [{to: 2026-02-28, add: 6%}]")
    assert flow(deal, "loan.principal").tolist() == [0, 0, 0, 120, 0]
    assert flow(deal, "loan.interest")[3] == pytest.approx(120 * 0.18 * 27 / 360)


def test_instalments_begin_on_their_first_date() -> None:
    """From 30 November, paid on the 28th: five instalments of 24, and not four of 30."""
    deal = deal_on(", amortisation: {level: {first: 2025-11-30}}")
    assert flow(deal, "loan.principal").tolist() == pytest.approx([24] * 5)


def test_a_step_up_counts_from_the_payment_date() -> None:
    """From 31 January on: the period that begins on the 30th bears 18%, for 27 days up to 27 February."""
    deal = deal_on().with_({"loan.coupon": {"spread": "12%", "step_up": {"2026-01-31": "6%"}}})
    interest = flow(deal, "loan.interest")
    assert interest[2] == pytest.approx(120 * 0.12 * 30 / 360)
    assert interest[3] == pytest.approx(120 * 0.18 * 27 / 360)


def test_a_step_runs_up_to_its_last_day() -> None:
    """Up to 1 November, which is paid on the 3rd; from 1 February on, a Sunday: on Monday the 2nd."""
    steps = STEPS + "\n    until: 2025-11-01\n  - pay: owner\n    after: 2026-02-01"
    paid = flow(deal_on(schedule=FIRSTS, steps=steps), "owner.distribution")
    assert (paid > 0).tolist() == [True, False, False, True]


def test_a_level_of_a_test_begins_on_its_payment_date() -> None:
    """1.5 is asked for from 31 January on, which is the third date."""
    more = "tests: {cover: {ratio: collections / 150, trigger: {2025-11-30: 1.0x, 2026-01-31: 1.5x}}}"
    assert flow(deal_on(more=more), "cover.breached").tolist() == [0, 0, 1, 1, 1]


def test_a_series_has_an_amount_on_its_payment_date() -> None:
    steps = STEPS + "\n    limit: plan"
    more = "series: {plan: {2025-11-30: 1, 2026-01-31: 2}}"
    assert flow(deal_on(more=more, steps=steps), "owner.distribution").tolist() == [1, 0, 2, 0, 0]


def test_a_debt_can_be_drawn_up_to_the_payment_of_its_last_day() -> None:
    """1 November is paid on the 3rd, and 10 drawn then; a fee of 1% a year on the rest runs for these 32 days."""
    loan = ", draws: {initial: 100, amount: 10 * period, until: 2025-11-01, fee: 1%}"
    steps = "  - pay: loan.commitment_fee\n" + STEPS
    deal = deal_on(loan, schedule=FIRSTS, steps=steps)
    assert flow(deal, "loan.drawn").tolist() == [10, 0, 0, 0]
    assert flow(deal, "loan.commitment_fee") == pytest.approx([20 * 0.01 * 32 / 360, 0, 0, 0])


def test_the_last_maturity_may_move_past_the_deal_s() -> None:
    """1 February 2026 is both: paid on Monday the 2nd."""
    assert flow(deal_on(", maturity: 2026-02-01", schedule=FIRSTS), "loan.principal").tolist() == [0, 0, 0, 120]


def test_a_date_that_is_none_of_the_schedule_stays() -> None:
    """Friday 30 January is the payment date itself, 29 January is before it, 1 February after it."""
    for day, number in (("2026-01-29", 2), ("2026-01-30", 2), ("2026-02-01", 3)):
        assert flow(deal_on(f", maturity: {day}"), "loan.principal")[number] == 120


def test_without_a_move_the_deal_is_the_same() -> None:
    deal = deal_on(", maturity: 2026-01-31", schedule=ENDS.replace("modified-following", "unadjusted"))
    assert on_payment_dates(deal, dates_of(deal)) is deal
    assert deal_on(", maturity: 2026-01-31").tranches[0].maturity == dt.date(2026, 1, 31)  # the file's


def test_amounts_that_come_to_one_date_add_up() -> None:
    """1 on the 28th of November and 5 on the 30th, which is paid on the 28th."""
    steps = STEPS + "\n    limit: plan"
    more = "series: {plan: {dated: {2025-11-28: 1, 2025-11-30: 5, 2026-01-31: 7}}}"
    assert flow(deal_on(more=more, steps=steps), "owner.distribution").tolist() == [6, 0, 7, 0, 0]


def test_amounts_that_are_too_large_to_add_up() -> None:
    more = "series: {plan: {dated: {2025-11-28: 1e308, 2025-11-30: 1e308}}}"
    with pytest.raises(DealError, match=r"^<text>:4 series\.plan: dated is inf; write a finite number"):
        compile_deal(deal_on(more=more))


def test_of_steps_by_date_only_one_that_would_meet_another_stays() -> None:
    """The fee steps on 28 November, on the 30th, which would come to the 28th and so holds from December on, and on 31
    January, which is paid on the 30th."""
    more = "fees: {agent: {amount: 1, steps: {2025-11-28: 2, 2025-11-30: 3, 2026-01-31: 4}}}"
    deal = deal_on(more=more, steps="  - pay: agent\n" + STEPS)
    assert flow(deal, "agent.paid").tolist() == [2, 3, 4, 4, 4]


@pytest.mark.parametrize(
    ("schedule", "ends", "begins", "paid"),
    [
        (FIRSTS, "2025-11-01", "2025-11-02", [1, 2, 2, 2]),  # Saturday the 1st is paid on Monday the 3rd
        (FIRSTS, "2025-11-02", "2025-11-03", [3, 2, 2, 2]),  # which the second names
        (FIRSTS, "2025-11-03", "2025-11-04", [1, 2, 2, 2]),
        (ENDS, "2025-11-28", "2025-12-01", [1, 2, 2, 2, 2]),  # Sunday the 30th is paid on Friday the 28th
        (ENDS, "2025-11-29", "2025-11-30", [2, 2, 2, 2, 2]),
        (ENDS, "2025-11-30", "2025-12-01", [1, 2, 2, 2, 2]),
    ],
)
def test_what_ends_on_one_day_and_begins_on_the_next_does_not_meet(
    schedule: str, ends: str, begins: str, paid: list[float]
) -> None:
    """But where one of them names the payment date itself, and the other its date of the schedule."""
    more = "fees: {early: {amount: 1}, late: {amount: 2, unpaid: cancelled}}"
    steps = f"  - pay: early\n    until: {ends}\n  - pay: late\n    after: {begins}\n{STEPS}"
    deal = deal_on(more=more, schedule=schedule, steps=steps)
    both = flow(deal, "early.paid") + flow(deal, "late.paid")
    assert both.tolist() == paid
