"""What acceleration does to a due, and what it leaves alone while it does not hold."""

from __future__ import annotations

import numpy as np

import tranche
from tranche.files import loads

TEXT = """\
format: 1
name: Sweep beside the due
schedule: {closing: 2025-01-01, maturity: 2025-05-01}
collateral: {collections: {}}
tranches:
  a: {notional: 100, coupon: 0%, amortisation: {level: {arrears: leave, balloon: false}}}
  equity: {residual: {}}
status: {payment_default: {a.principal: 3}}
waterfall:
  - sweep: a.principal
  - pay: equity
"""


DEFAULTED = """\
format: 1
name: Due by schedule
schedule: {closing: 2025-01-01, maturity: 2025-07-01}
collateral: {collections: {amounts: [100, 0, 10, 10, 10, 500]}}
tranches:
  level: {notional: 600, coupon: 0%, amortisation: {level: {over: 12}}}
  bullet: {notional: 600, coupon: 0%}
  equity: residual
tests:
  of_level: {value: level.principal.due, breach: above, trigger: 10_000}
  of_bullet: {value: bullet.principal.due, breach: above, trigger: 10_000}
status: {default: period == 2}
waterfall:
  - pay: [level.principal, bullet.principal]
  - pay: equity
"""


def test_what_is_due_stays_what_the_schedule_made_due() -> None:
    """In default from the second date on: 50 a date and its own arrears, less the 10 that are paid; a balloon."""
    seen = tranche.project(loads(DEFAULTED), np.array([100.0, 0, 10, 10, 10, 500]))
    assert seen.ratios["of_level"].tolist() == [50.0, 50.0, 100.0, 140.0, 180.0, 520.0]
    assert seen.ratios["of_bullet"].tolist() == [0.0] * 5 + [600.0]
    level = seen.cashflows("level")
    assert level["principal"].tolist() == [50.0, 0.0, 10.0, 10.0, 10.0, 500.0]  # accelerated: ahead of the bullet
    assert level["shortfall"].tolist() == [0.0, 550.0, 540.0, 530.0, 520.0, 20.0]


def test_a_write_down_is_no_repayment() -> None:
    """15 a date are written down in default: what the schedule makes due is the same as without acceleration."""
    text = DEFAULTED.replace("waterfall:\n", "waterfall:\n  - write_down: level\n    limit: 15 * (period > 1)\n")
    cash = np.array([100.0, 0, 10, 10, 10, 500])
    seen = [
        tranche.project(loads(text.replace("period == 2}", f"period == 2, acceleration: {word}}}")), cash)
        for word in ("true", "false")
    ]
    due = [one.ratios["of_level"].tolist() for one in seen]
    assert due[0][:5] == [50.0, 50.0, 100.0, 140.0, 180.0]
    assert due[0][:5] == due[1][:5]


def test_a_due_that_a_sweep_leaves_is_reported_while_nothing_is_accelerated() -> None:
    """Under `arrears: leave` a sweep pays beyond the due of 25 and leaves it, also when it repays all the balance."""
    flows = tranche.project(loads(TEXT), np.array([100.0, 0, 0, 0])).cashflows("a")
    assert flows["shortfall"].tolist() == [25.0, 0.0, 0.0, 0.0]
    assert flows["balance"].tolist() == [0.0] * 4
