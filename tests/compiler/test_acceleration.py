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


def test_a_due_that_a_sweep_leaves_is_reported_while_nothing_is_accelerated() -> None:
    """Under `arrears: leave` a sweep pays beyond the due of 25 and leaves it, also when it repays all the balance."""
    flows = tranche.project(loads(TEXT), np.array([100.0, 0, 0, 0])).cashflows("a")
    assert flows["shortfall"].tolist() == [25.0, 0.0, 0.0, 0.0]
    assert flows["balance"].tolist() == [0.0] * 4
