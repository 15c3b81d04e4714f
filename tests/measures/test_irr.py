"""Internal rate of return against closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from tests.measures.hand_made import HandMade
from tranche.measures import irr, rate_of_return
from tranche.program import Claim


def years(count: int) -> tuple[float, ...]:
    return tuple(k / 12 for k in range(count + 1))


def test_a_level_annuity_yields_its_coupon() -> None:
    monthly, count = 0.06 / 12, 120
    payment = 100.0 * monthly / (1 - (1 + monthly) ** -count)
    rate = rate_of_return([-100.0, *[payment] * count], years(count))
    assert rate == pytest.approx((1 + monthly) ** 12 - 1, rel=1e-11)


def test_a_par_bond_yields_its_coupon_whatever_is_repaid_when() -> None:
    balance, flows = 100.0, [-100.0]
    for repaid in (0.0, 30.0, 5.0, 65.0):
        flows.append(balance * 0.02 + repaid)
        balance -= repaid
    assert rate_of_return(flows, (0.0, 0.25, 0.5, 0.75, 1.0)) == pytest.approx(1.02**4 - 1, rel=1e-11)


@given(st.floats(-0.99, 50.0), st.floats(0.1, 30.0))
def test_one_payment_yields_its_growth(rate: float, time: float) -> None:
    flows = [-100.0, 100.0 * (1 + rate) ** time]
    assert rate_of_return(flows, (0.0, time)) == pytest.approx(rate, rel=1e-9, abs=1e-9)


def test_nearly_everything_lost() -> None:
    assert rate_of_return([-1e8, 1e-6], (0.0, 10.0)) == pytest.approx(1e-14 ** (1 / 10) - 1, rel=1e-9)


@given(st.lists(st.floats(-50.0, 50.0), min_size=1, max_size=40), st.floats(0.1, 100.0))
def test_flows_whose_sign_changes_often_have_the_root_that_brentq_finds(flows: list[float], bought: float) -> None:
    cash, times = np.array([-bought, *flows]), np.array(years(len(flows)))

    def value(log_rate: float) -> float:
        return float(np.dot(cash, np.exp(-log_rate * times)))

    rate, limit, reach = rate_of_return(cash, years(len(flows))), 600.0 / times[-1], 1.0
    while value(-reach) * value(reach) > 0 and reach < limit:
        reach = min(2.0 * reach, limit)
    if not (cash > 0).any() or value(-reach) * value(reach) > 0:
        assert math.isnan(rate)
    else:
        wanted = math.expm1(brentq(value, -reach, reach, xtol=1e-14, rtol=1e-14))
        assert rate == pytest.approx(wanted, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("flows", [[-100.0, 0.0, 0.0], [0.0, 5.0, 5.0], [0.0, 0.0, 0.0]])
def test_no_change_of_sign_has_no_rate(flows: list[float]) -> None:
    assert math.isnan(rate_of_return(flows, (0.0, 1.0, 2.0)))


def test_debt_earns_interest_and_all_principal_a_residual_its_distributions() -> None:
    claims = (Claim("senior", "debt", 100.0, 1), Claim("equity", "residual", 10.0, 2))
    means = {
        "senior.interest": [5.0, 5.0],
        "senior.principal": [40.0, 30.0],
        "senior.prepaid": [0.0, 32.0],
        "equity.distribution": [0.0, 14.4],
        "equity.interest": [99.0, 99.0],
    }
    run = HandMade(claims, {}, means, (0.0, 1.0, 2.0))
    assert irr(run, "senior") == pytest.approx(rate_of_return([-100.0, 45.0, 67.0], (0.0, 1.0, 2.0)), rel=1e-12)
    assert irr(run, "equity") == pytest.approx(0.2, rel=1e-11)


def test_a_residual_without_a_price_has_no_rate() -> None:
    run = HandMade((Claim("equity", "residual", 0.0, 1),), {}, {"equity.distribution": [3.0]})
    assert math.isnan(irr(run, "equity"))
