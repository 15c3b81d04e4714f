"""The tranche table."""

from __future__ import annotations

import math

import pytest

import tranche
from tests.measures.hand_made import HandMade
from tests.small_deals import STRESSED, cash
from tranche.files import loads
from tranche.measures import tranche_table
from tranche.measures.credit import COLUMNS
from tranche.program import Claim


def test_rows_are_ranked_and_columns_say_nothing_where_they_mean_nothing() -> None:
    claims = (
        Claim("servicing", "fee"),
        Claim("junior", "debt", 50.0, 2),
        Claim("equity", "residual", 10.0, 3),
        Claim("senior", "debt", 100.0, 1),
    )
    totals = {"senior.balance": [0.0, 0.0], "junior.balance": [0.0, 25.0], "equity.distribution": [1.0, 5.0]}
    table = tranche_table(HandMade(claims, totals))
    assert list(table.index) == ["senior", "junior", "equity"]
    assert tuple(table.columns) == COLUMNS
    assert table["expected_loss"]["junior"] == 0.25
    assert table["distribution"]["equity"] == 3.0
    assert math.isnan(table["expected_loss"]["equity"])
    assert math.isnan(table["distribution"]["senior"])


def test_totals_are_means_of_paths() -> None:
    totals = {
        "senior.balance": [10.0, 0.0],
        "senior.interest": [4.0, 6.0],
        "senior.principal": [60.0, 70.0],
        "senior.prepaid": [30.0, 30.0],
        "senior.shortfall": [2.0, 0.0],
        "senior.deferred": [0.0, 8.0],
    }
    row = tranche_table(HandMade((Claim("senior", "debt", 100.0, 1),), totals)).loc["senior"]
    assert (row["interest"], row["principal"], row["shortfall"], row["deferred"]) == (5.0, 95.0, 1.0, 4.0)
    assert row["final_balance"] == 5.0


def test_the_table_of_a_run_closes() -> None:
    """Notional and capitalised interest = principal and what is lost, for every debt."""
    results = tranche.run(loads(STRESSED), collections=cash())
    table = results.tranches()
    assert (table["default_probability"][["senior", "mezz"]] > 0).all()
    for name in ("senior", "mezz"):
        row = table.loc[name]
        assert row["notional"] + row["deferred"] == pytest.approx(row["principal"] + row["final_balance"], rel=1e-12)
        assert row["expected_loss"] == pytest.approx(row["final_balance"] / row["notional"], rel=1e-12)
        assert row["expected_loss"] == pytest.approx(
            row["default_probability"] * row["loss_given_default"], rel=1e-9
        )
