"""The illusion of a fleet whose values are worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

import tranche
from tests.collateral.fleets import deal_on
from tranche.errors import UsageError
from tranche.measures import collateral_illusion

# 100 machines of 10,000, written off over five years in the appraisal too; a used one is worth 60% of that, and a
# forced sale of all, at the depth, takes 25% of it away
FLEET = """
gpus: 100
cost_per_gpu: 10k USD/gpu
life_years: 5y
appraisal: [100%, 80%, 60%, 40%, 20%, 0%]
lease: {rate: 1 USD/gpu-hour, end: 2030-01-01}
liquidation: {depth: 100 gpu/month, impact: {linear: 25%}, price: appraised, cost: 40%}
"""


def test_the_gap_between_paper_and_sale() -> None:
    """1m is owed: over 1m · (1 − age/5) on paper, over 45% of that in a sale."""
    table = collateral_illusion(tranche.run(deal_on(FLEET), 3))
    ages = np.array([31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365]) / 365.25
    # the loan is a bullet and falls due on the last date
    assert table["paper_ltv"].iloc[:-1].to_numpy() == pytest.approx(1 / (1 - ages[:-1] / 5), rel=1e-9)
    assert table["sale_ltv"].iloc[:-1].to_numpy() == pytest.approx(1 / (1 - ages[:-1] / 5) / 0.45, rel=1e-9)
    assert table["illusion"].iloc[0] == pytest.approx(1 / (1 - ages[0] / 5) * (1 / 0.45 - 1), rel=1e-9)


def test_what_cannot_be_measured() -> None:
    results = tranche.run(deal_on(FLEET), 3)
    with pytest.raises(UsageError, match="the fleet has no economic value; known: "):
        collateral_illusion(results, sale="economic")
    with pytest.raises(UsageError, match="unknown debt 'lone'; did you mean 'loan'"):
        collateral_illusion(results, ["lone"])
