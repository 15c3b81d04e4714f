"""One path with every flow, against the kernel's totals and against the rules of the deal."""

from __future__ import annotations

import numpy as np
import pytest

import tranche
from tests.small_deals import FLEET, STRESSED, cash
from tranche.errors import UsageError
from tranche.files import loads


@pytest.fixture(scope="module", params=range(0, 32, 7))
def pair(request: pytest.FixtureRequest) -> tuple[tranche.Projection, tranche.Results]:
    deal, path = loads(STRESSED), request.param
    return (
        tranche.project(deal, cash(), path=path),
        tranche.run(deal, 1, collections=cash(), first_path=path),
    )


def test_flows_add_up_to_the_paths_totals(pair: tuple[tranche.Projection, tranche.Results]) -> None:
    projection, results = pair
    for name in ("senior", "mezz"):
        frame, row = projection.cashflows(name), results.paths(name).iloc[0]
        for column in ("interest", "principal", "shortfall", "deferred"):
            np.testing.assert_allclose(frame[column].sum(), row[column], rtol=1e-12)
        assert frame["balance"].iloc[-1] == row["final_balance"]
    equity = projection.cashflows("equity")["distribution"].sum()
    np.testing.assert_allclose(equity, results.total("equity.distribution")[0], rtol=1e-12)


def test_what_is_due_follows_from_the_opening_balance(pair: tuple[tranche.Projection, tranche.Results]) -> None:
    """Senior: interest on the opening balance, an instalment, and what was open before; all of it at maturity."""
    frame = pair[0].cashflows("senior")
    opening = np.array([12e6, *frame["balance"].iloc[:-1]])
    swept = pair[0].flows[:, pair[0].program.record("senior.prepaid")]
    unpaid_interest = unpaid_principal = 0.0
    for t in range(24):
        unpaid_interest += opening[t] * 0.06 / 12
        instalment = opening[t] if t == 23 else min(opening[t], unpaid_principal + 0.5e6)
        assert frame["due"].iloc[t] == pytest.approx(unpaid_interest + instalment, abs=1e-6)
        unpaid_interest -= frame["interest"].iloc[t]
        unpaid_principal = instalment - (frame["principal"].iloc[t] - swept[t])


def test_the_mezzanines_due_is_interest_and_the_balance_at_maturity(
    pair: tuple[tranche.Projection, tranche.Results],
) -> None:
    """Its interest is paid or capitalised on its date, never carried: what is due is the period's interest."""
    frame = pair[0].cashflows("mezz")
    opening = np.array([4e6, *frame["balance"].iloc[:-1]])
    due = opening * 0.01 + np.where(np.arange(24) == 23, opening, 0.0)
    np.testing.assert_allclose(frame["due"], due, rtol=1e-9, atol=1e-6)


def test_ratios_and_levels(pair: tuple[tranche.Projection, tranche.Results]) -> None:
    projection, _ = pair
    test, collected = projection.cashflows("dscr"), projection.cashflows("collateral")["collections"]
    due = projection.cashflows("senior")["due"]
    finite = np.isfinite(test["ratio"])
    np.testing.assert_allclose(test["ratio"][finite], (collected / due)[finite], rtol=1e-9)
    assert ((test["ratio"] < 1.25) == (test["breached"] == 1)).all()
    assert ((test["ratio"] < 0.60) == (test["default"] == 1)).all()


def test_every_name_has_its_columns() -> None:
    projection = tranche.project(loads(FLEET), path=3, seed=9)
    assert set(projection.names) == {"collateral", "fleet", "loan", "sponsor", "cash", "dscr", "status"}
    for name in projection.names:
        frame = projection.cashflows(name)
        assert list(frame.index) == list(projection.program.dates[1:])
        assert not frame.isna().any(axis=None)


def test_an_unknown_name_names_the_nearest(pair: tuple[tranche.Projection, tranche.Results]) -> None:
    with pytest.raises(UsageError, match="did you mean 'senior'"):
        pair[0].cashflows("seniour")
