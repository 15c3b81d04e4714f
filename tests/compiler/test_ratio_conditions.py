"""A test against a level in a formula says what the test itself says, to the last bit and over nothing."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

import tranche
from tranche.deal import Deal
from tranche.files import loads

LEVEL = 0.7
DEAL = """\
format: 1
name: At the level
schedule: {{closing: 2025-01-01, maturity: 2025-02-01}}
collateral: {{collections: {{components: [owed, worth, spent]}}}}
accounts: {{asked: {{}}, opposite: {{}}, turned: {{}}, both: {{}}}}
tranches:
  loan: {{notional: 100, coupon: 5%}}
  equity: residual
tests:
  cover: {{ratio: collections.owed / (collections.worth - collections.spent), breach: {breach}, trigger: 0.7x}}
waterfall:
  - transfer: {{from: cash, to: asked}}
    limit: if_else(cover {fails} 0.7, 1, 0)
  - transfer: {{from: cash, to: opposite}}
    limit: if_else(cover {passes} 0.7, 1, 0)
  - transfer: {{from: cash, to: turned}}
    limit: if_else(0.7 {turned} cover, 1, 0)
  - transfer: {{from: cash, to: both}}
    when: cover.breached
    limit: 1
  - pay: loan.interest
  - pay: loan.principal
  - pay: equity
"""


def deal_that(breach: str) -> Deal:
    fails, passes, turned = (">", "<=", "<") if breach == "above" else ("<", ">=", ">")
    return loads(DEAL.format(breach=breach, fails=fails, passes=passes, turned=turned))


def near() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Numerators beside 0.7 times their denominators, of which some a division would put on the other side."""
    draws = np.random.default_rng(3)
    under = draws.uniform(50.0, 150.0, 2_000) + 1000.0 - 1000.0
    over = LEVEL * under
    return over + draws.integers(-2, 3, 2_000) * np.spacing(over), under


@pytest.mark.parametrize("breach", ["above", "below"])
def test_at_the_level_a_condition_and_the_test_agree(breach: str) -> None:
    over, under = near()
    divided = over / under > LEVEL if breach == "above" else over / under < LEVEL
    multiplied = over > LEVEL * under if breach == "above" else over < LEVEL * under
    assert (divided != multiplied).any(), "a division would show"
    results = results_of(breach, over, under)
    failed = results.total("cover.breached")
    assert (failed == multiplied).all()
    assert (results.total("asked.funded") == failed).all()
    assert (results.total("opposite.funded") == 1 - failed).all()
    for account in ("turned", "both"):
        assert (results.total(f"{account}.funded") == failed).all()


@pytest.mark.parametrize("breach", ["above", "below"])
def test_over_nothing(breach: str) -> None:
    over, under = np.array([0.0, 0.0, 3.0, 3.0, 3.0]), np.array([0.0, -1.0, 0.0, -1.0, 5.0])
    expected = [False, False, True, True, False] if breach == "above" else [False, False, False, False, True]
    results = results_of(breach, over, under)
    assert results.total("cover.breached").astype(bool).tolist() == expected
    assert results.total("asked.funded").astype(bool).tolist() == expected
    assert results.total("opposite.funded").astype(bool).tolist() == [not fails for fails in expected]


def results_of(breach: str, over: NDArray[np.float64], under: NDArray[np.float64]) -> tranche.Results:
    """Cash beside them keeps every step in funds."""
    parts = {"owed": over, "worth": under + 1000.0, "spent": np.full_like(under, 1000.0)}
    return tranche.run(deal_that(breach), collections={name: part[:, None] for name, part in parts.items()},
                       keep_paths=True)  # fmt: skip
