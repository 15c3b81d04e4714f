"""Reasons as deals bring them about: conditions, limits, groups, dates, from the compiled program to the words."""

from __future__ import annotations

import numpy as np
import pytest

import tranche
from tranche.explanation import Line
from tranche.explanation.events import open_dues
from tranche.files import loads

DEAL = """\
format: 1
name: Reasons
schedule: {{closing: 2025-01-01, maturity: 2025-04-01}}
collateral: {{collections: {{}}}}
tranches:
  a: {{notional: 600, coupon: 12%, amortisation: none}}
  b: {{notional: 300, coupon: 12%, amortisation: none}}
  equity: {{residual: {{}}}}
accounts:
  box: {{initial: 0}}
waterfall:
{steps}
"""


def lines(steps: str, cash: float, date: int = 0) -> dict[str, Line]:
    text = DEAL.format(steps=steps)
    explanation = tranche.explain(loads(text), 0, collections=np.full((1, 3), cash))
    return {line.record: line for line in explanation.days[date].lines}


PRO_RATA = "  - pay: {pro_rata: [a.interest, b.interest]}\n"


def test_pro_rata_with_too_little_cash() -> None:
    found = lines(PRO_RATA, 3.0)
    assert (found["a.interest"].paid, found["b.interest"].paid) == (2.0, 1.0)
    assert found["a.interest"].why == "not enough for all: its pro-rata part"
    assert (found["a.interest"].due, found["a.interest"].short) == pytest.approx((6.0, 4.0))


def test_pro_rata_with_enough() -> None:
    assert lines(PRO_RATA, 100.0)["b.interest"].why == "paid in full"


def test_a_limit_on_a_group() -> None:
    found = lines("  - pay: [a.interest, b.interest]\n    limit: 7\n", 100.0)
    assert found["a.interest"].why == "paid in full"
    assert found["b.interest"].why == "limited: the step may use 7.00"
    assert (found["b.interest"].available, found["b.interest"].paid) == pytest.approx((1.0, 1.0))


def test_a_limit_on_a_group_that_does_not_bind_is_not_blamed() -> None:
    found = lines("  - pay: [a.interest, b.interest]\n    limit: 70\n", 8.0)
    assert found["b.interest"].why == "not enough cash"


@pytest.mark.parametrize(
    ("when", "why"),
    [
        ("collections > 50", "condition not met"),
        ("collections > 5", "paid in full"),
        ("final", "condition not met on this date"),
    ],
)
def test_conditions(when: str, why: str) -> None:
    assert lines(f"  - pay: a.interest\n    when: {when}\n", 20.0)["a.interest"].why == why


def test_a_condition_that_two_steps_share() -> None:
    """The choice is worked out once, in the first step, and blamed in both."""
    steps = "".join(f"  - pay: {name}.interest\n    when: collections > 50\n" for name in "ab")
    found = lines(steps, 20.0)
    assert found["a.interest"].why == found["b.interest"].why == "condition not met"


def test_a_limit_that_chooses_is_a_limit() -> None:
    step = "  - pay: a.interest\n    limit: if_else(collections > 50, 6, 1)\n"
    assert lines(step, 20.0)["a.interest"].why == "limited to 1.00"


@pytest.mark.parametrize("verb", ["pay", "sweep", "write_down"])
@pytest.mark.parametrize("group", ["{pro_rata: [a, b]}", "[a, b]"])
def test_the_condition_of_a_group_is_blamed_for_each_of_it(verb: str, group: str) -> None:
    part = {"pay": ".interest", "sweep": ".principal", "write_down": ""}[verb]
    targets = group.replace("a,", f"a{part},").replace("b]", f"b{part}]")
    limit = "    limit: 5\n" if verb == "write_down" else ""
    step = f"  - {verb}: {targets}\n    when: collections > 50\n{limit}"
    field = {"pay": "interest", "sweep": "prepaid", "write_down": "written_down"}[verb]
    closed, opened = lines(step, 20.0), lines(step, 60.0)
    for name in "ab":
        assert closed[f"{name}.{field}"].paid == 0
        assert closed[f"{name}.{field}"].why == "condition not met"
        assert opened[f"{name}.{field}"].why != "condition not met"


def test_dates() -> None:
    step = "  - pay: a.interest\n    after: 2025-03-01\n"
    assert lines(step, 20.0)["a.interest"].why == "condition not met on this date"
    assert lines(step, 20.0, date=1)["a.interest"].why == "paid in full"


def test_transfers_show_both_sides() -> None:
    steps = "  - transfer: {from: cash, to: box}\n    limit: 4\n  - transfer: {from: box, to: cash}\n    limit: 1\n"
    found = lines(steps, 20.0)
    put, taken = found["box.funded"], found["box.drawn"]
    assert (put.verb, put.available, put.paid, put.why) == ("transfer", 20.0, 4.0, "limited to 4.00")
    assert (taken.verb, taken.available, taken.paid, taken.why) == ("transfer", 4.0, 1.0, "limited to 1.00")
    assert put.text == "transfer to box, at most 4"


def test_a_class_that_no_step_pays_is_seen_at_the_close() -> None:
    text = DEAL.format(steps="  - pay: a.interest\n  - pay: equity\n")
    explanation = tranche.explain(loads(text), 0, collections=np.full((1, 3), 50.0))
    story = "\n".join(explanation.story)
    assert "First shortfall on 2025-02-01: b was short of 3.00" in story
    assert "\nb: lost USD 309.00, 103.00%" in story  # and three dates of interest at 3.00
    assert "short of a due on 3 dates, first on 2025-02-01." in story


def test_a_class_that_no_step_pays_is_told_once() -> None:
    """Capitalised interest and unpaid principal of one class are one open due of the date."""
    text = DEAL.format(steps="  - pay: a.interest\n  - pay: equity\n").replace(
        "b: {notional: 300, coupon: 12%, amortisation: none}",
        "b: {notional: 300, coupon: 12%, unpaid_interest: capitalised}",
    )
    explanation = tranche.explain(loads(text), 0, collections=np.full((1, 3), 50.0))
    assert [line.record for line in explanation.days[-1].lines if line.owner == "b"] == ["b.deferred", "b.shortfall"]
    assert [line.record for line in open_dues(explanation.days[-1], 1e-9)] == ["b.deferred"]


STEPPED_DOWN = """\
format: 1
name: Stepped down
schedule: {closing: 2025-01-01, maturity: 2025-04-01}
collateral: {collections: {}}
tranches:
  a: {notional: 600, coupon: 12%}
  equity: residual
guarantees:
  g: {limit: 10, steps: {2025-03-01: 1}, covers: a.interest}
waterfall:
  - draw: g
  - pay: a.interest
  - pay: a.principal
  - pay: equity
"""


def test_a_guarantee_that_was_used_beyond_its_lower_limit_has_nothing_left() -> None:
    """4 of 10 are called on the first date for interest of 6; of a limit of 1 nothing is left, and not -3."""
    explanation = tranche.explain(loads(STEPPED_DOWN), 0, collections=np.array([[2.0, 6.0, 2.0]]))
    drawn = [line for day in explanation.days for line in day.lines if line.record == "g.called"]
    assert [line.available for line in drawn] == [10.0, 0.0, 0.0]
    assert [line.paid for line in drawn] == pytest.approx([4.0, 0.0, 0.0])
    assert drawn[-1].why == "nothing left to draw"


@pytest.mark.parametrize(
    ("when", "said", "named"),
    [
        ("final", "pay b.interest, when final: condition not met on this date", "b"),
        ("collections > 100", "pay b.interest, when collections > 100: condition not met", "b.interest"),
    ],
)
def test_a_step_that_did_not_run_is_named(when: str, said: str, named: str) -> None:
    """It had read "unpaid at the close", or had named no step."""
    steps = f"  - pay: a.interest\n  - pay: b.interest\n    when: {when}\n  - pay: equity\n"
    explanation = tranche.explain(loads(DEAL.format(steps=steps)), 0, collections=np.full((1, 3), 50.0))
    assert f"First shortfall on 2025-02-01: {named} was short of 3.00 of the 3.00 due ({said})." in explanation.story
    why = " ".join(explanation.why("b").text().split())
    assert f", {named} was short of up to " in why
    assert "the condition of the step was not met. " in why
    assert f"- The step says when: {when}: condition not met on 2025-02-01." in why
    assert "- equity.distribution took " in why
    assert "no step of the waterfall" not in why


FACILITY = """\
format: 1
name: Facility
schedule: {{closing: 2025-01-01, maturity: 2025-05-01, day_count: 30/360}}
collateral: {{collections: {{}}}}
tranches:
  a: {{notional: 1000, coupon: 12%}}
  equity: residual
facilities:
  lf: {{commitment: 25, covers: a.interest, {terms}}}
waterfall:
  - draw: lf
{step}  - pay: a.interest
  - pay: a.principal
  - pay: equity
"""
PAST = "not available any more: it could be drawn up to 2025-02-15"


@pytest.mark.parametrize(
    ("terms", "step", "second", "third"),
    [
        ("until: 2025-02-15", "", PAST, PAST),
        ("available: collections > 6", "", "covers what cash lacks",
         "not available: its condition (collections > 6) does not hold"),
        # who refused, where both the step and the facility have a condition
        ("until: 2025-02-15", "collections > 6", PAST, PAST),
        ("available: collections > 6", "collections < 6", "condition not met",
         "not available: its condition (collections > 6) does not hold"),
        ("available: collections > 6", "period < 4", "covers what cash lacks",
         "not available: its condition (collections > 6) does not hold"),
        ("available: collections > 1", "collections > 6", "covers what cash lacks", "condition not met"),
        ("available: period < 9", "collections > 6", "covers what cash lacks", "condition not met"),
        ("available: period < 9", "", "covers what cash lacks", "covers what cash lacks"),
    ],
)  # fmt: skip
def test_a_facility_that_cannot_be_drawn(terms: str, step: str, second: str, third: str) -> None:
    text = FACILITY.format(terms=terms, step=f"    when: {step}\n" if step else "")
    explanation = tranche.explain(loads(text), 0, collections=np.array([[12.0, 7.0, 5.0, 2000.0]]))
    found = [line for day in explanation.days for line in day.lines if line.record == "lf.advanced"]
    assert [found[1].why, found[2].why] == [second, third]


def test_a_facility_is_not_blamed_where_it_is_not_needed() -> None:
    text = FACILITY.format(terms="until: 2025-02-15", step="")
    explanation = tranche.explain(loads(text), 0, collections=np.array([[12.0, 70.0, 50.0, 2000.0]]))
    found = [line.why for day in explanation.days for line in day.lines if line.record == "lf.advanced"]
    assert found == ["not needed: cash covers what is due"] * 4


IN_DEFAULT = """\
format: 1
name: In default
schedule: {closing: 2025-01-01, maturity: 2025-05-01, day_count: 30/360}
collateral: {collections: {}}
tranches:
  a: {notional: 1000, coupon: 12%, amortisation: level}
  equity: residual
facilities:
  lf: {commitment: 25, covers: a.interest}
status: {payment_default: {a.principal: 1}}
waterfall:
  performing:
    - draw: lf
    - pay: a.interest
    - pay: a.principal
  enforcement:
    - draw: lf
    - pay: a.interest
"""


def test_a_facility_is_not_available_in_default() -> None:
    explanation = tranche.explain(loads(IN_DEFAULT), 0, collections=np.full((1, 4), 5.0))
    found = [line.why for day in explanation.days for line in day.lines if line.record == "lf.advanced"]
    assert found == ["covers what cash lacks"] + ["not available: the deal is in default"] * 3


def test_a_step_is_not_blamed_for_another_due() -> None:
    """The interest that its step does not pay is nothing; the principal of the last date has no step."""
    steps = "  - pay: a.interest\n  - pay: b.interest\n    when: period == 9\n  - pay: equity\n"
    text = DEAL.format(steps=steps).replace("b: {notional: 300, coupon: 12%, amortisation: none}",
                                            "b: {notional: 300, coupon: 0%}")  # fmt: skip
    explanation = tranche.explain(loads(text), 0, collections=np.full((1, 3), 50.0))
    said = "First shortfall on 2025-04-01: b was short of 300.00 of the 300.00 due (unpaid at the close)."
    assert said in explanation.story
    assert "no step of the waterfall that applied pays it" in " ".join(explanation.why("b").text().split())
