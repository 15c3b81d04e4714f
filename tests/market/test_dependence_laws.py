"""What every dependence promises: standard normal marginals, and the dependence of the closed forms."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri
from scipy.stats import kendalltau, kstest

from tests.market.markets import DEPENDENCES, walks
from tranche.market.dependence.correlation import correlation_matrix
from tranche.market.scenario import scenario
from tranche.market.terms import (
    Basis,
    Clayton,
    Coin,
    Frank,
    Gaussian,
    Gumbel,
    Hashrate,
    Independent,
    Lognormal,
    Market,
    Power,
    Regime,
    Rent,
    StressLink,
    Student,
)

ORACLE = json.loads((Path(__file__).parents[1] / "oracles" / "copula_and_credit.json").read_text())
FAST, SLOW = 50_000, 1_000_000
PAIR = 100_000


def scores(dependence: object, paths: int, count: int = 4, periods: int = 1, seed: int = 11) -> NDArray[np.float64]:
    """The scores behind driftless lognormal factors, [paths, periods, count]."""
    times = [k / 4 for k in range(periods + 1)]
    rows = []
    for first in range(0, paths, 100_000):
        levels = scenario(walks(dependence, count), times, seed).rows(first, min(100_000, paths - first))[:, :, :count]
        logs = np.log(levels / 2.0)
        moves = np.diff(logs, axis=1, prepend=0.0)
        rows.append((moves + 0.08 / 4) / (0.4 * 0.5))
    return np.concatenate(rows)


def check_marginals(dependence: object, paths: int) -> None:
    """Of every driver in the first period and the last, and of the sum over the periods: those of one driver are
    independent whatever joins the drivers of a period, but where a correlation hangs on the past."""
    drawn = scores(dependence, paths, periods=4)
    for j in range(4):
        for t in (0, 3):
            assert kstest(drawn[:, t, j], "norm").pvalue > 1e-3, (j, t)
    total = drawn.sum(axis=1) / 2.0
    for j in () if isinstance(dependence, StressLink) else range(4):
        assert kstest(total[:, j], "norm").pvalue > 1e-3, j


@pytest.mark.parametrize("dependence", DEPENDENCES.values(), ids=DEPENDENCES)
def test_no_dependence_moves_a_marginal_law(dependence):
    check_marginals(dependence, FAST)


@pytest.mark.slow
@pytest.mark.parametrize("dependence", DEPENDENCES.values(), ids=DEPENDENCES)
def test_no_dependence_moves_a_marginal_law_in_a_million_draws(dependence):
    drawn = scores(dependence, SLOW, periods=2)
    for j in range(4):
        for t in range(2):
            assert kstest(drawn[:, t, j], "norm").pvalue > 1e-3, (j, t)


@pytest.mark.parametrize("name", ["stress link", "stress link of t"])
def test_a_stress_link_leaves_every_score_normal_given_the_past(name):
    """Given the sign of the first driver a period ago, which moves the weight, each driver is standard normal still."""
    drawn = scores(DEPENDENCES[name], 60_000, periods=3)
    on = 0 if name == "stress link" else 1
    fell = drawn[:, 1, on] < -1.0
    for group in (drawn[fell, 2], drawn[~fell, 2]):
        for j in range(4):
            assert kstest(group[:, j], "norm").pvalue > 1e-3
    quiet, stressed = (np.corrcoef(group[:, 0], group[:, 1])[0, 1] for group in (drawn[~fell, 2], drawn[fell, 2]))
    assert stressed > quiet + 0.05


DRIVING = [
    Lognormal(name="on", initial=3.0, volatility=0.5),
    Coin(name="on", initial=3.0, volatility=0.5, ceiling=4.0),
    Rent(name="on", initial=3.0, volatility=0.5, half_life=0.5, premium=0.5, drift=-0.2),
    Power(name="on", initial=60.0, level=40.0, half_life=0.5, volatility=0.5, growth=0.1),
    Power(name="on", initial=40.0, level=60.0, half_life=0.5, volatility=0.5),
    Hashrate(name="on", initial=3.0, volatility=0.5, follows="gap", elasticity=0.8),
]


@pytest.mark.parametrize("factor", DRIVING, ids=lambda factor: type(factor).__name__)
def test_the_weight_of_a_stress_link_is_that_of_the_fall_from_the_highest_price_since_closing(factor):
    """From the price's own column, by the formulas of the docstring."""
    link = StressLink(on="on", steepness=3.0, threshold=0.6, calm=Gaussian(), stress=Gaussian())
    gap = (
        Lognormal(name="spot", initial=5.0, volatility=0.3),
        Basis(name="gap", of="spot", initial=-0.4, mean=0.0, half_life=1.0, volatility=0.1),
    )
    source = scenario(Market(factors=(*gap, factor), dependence=link), [k / 4 for k in range(9)], 3)
    rows = dict(zip(source.columns, np.moveaxis(source.rows(0, 500), 2, 0), strict=True))
    price = np.column_stack((np.full(500, factor.initial), rows["market.on"]))[:, :-1]
    s = np.log(np.maximum.accumulate(price, axis=1) / price) / 0.5
    assert rows["market.stress"] == pytest.approx(1.0 / (1.0 + np.exp(-3.0 * (s - 0.6))), abs=1e-11)
    assert rows["market.stress"].max() > 0.9


def tau_error(tau: float, paths: int) -> float:
    """A bound of the standard error of Kendall's τ."""
    return math.sqrt(2.0 * (1.0 - tau * tau) / paths)


@pytest.mark.parametrize("rho", ["-0.5", "0.3", "0.7"])
def test_kendall_of_gaussian_and_t(rho):
    tau = float(ORACLE["gaussian_copula"]["values"][rho]["kendall_tau"])
    for copula in (Gaussian, lambda **pairs: Student(dof=4.0, **pairs)):
        z = scores(copula(correlations=(("a", "b", float(rho)),)), PAIR, count=2)[:, 0]
        assert kendalltau(z[:, 0], z[:, 1]).statistic == pytest.approx(tau, abs=3 * tau_error(tau, PAIR))


@pytest.mark.parametrize(
    ("family", "kind", "theta"),
    [("clayton", Clayton, "0.5"), ("clayton", Clayton, "2"), ("gumbel", Gumbel, "1.25"), ("gumbel", Gumbel, "2"),
     ("frank", Frank, "1"), ("frank", Frank, "5")],
)  # fmt: skip
@pytest.mark.parametrize("survival", [False, True])
def test_kendall_of_archimedean_copulas_for_every_pair(family, kind, theta, survival):
    tau = float(ORACLE[family]["values"][theta]["kendall_tau"])
    z = scores(kind(theta=float(theta), survival=survival), 40_000)[:, 0]
    for i in range(4):
        for j in range(i):
            got = kendalltau(z[:, i], z[:, j]).statistic
            assert got == pytest.approx(tau, abs=3 * tau_error(tau, 40_000)), (i, j)


def both_below(z: NDArray[np.float64], q: float) -> float:
    """P(both below the quantile q) / q."""
    limit = float(ndtri(q))
    return float(((z[:, 0] < limit) & (z[:, 1] < limit)).mean()) / q


def check_share(got: float, wanted: float, q: float, paths: int) -> None:
    assert got == pytest.approx(wanted, abs=3 * math.sqrt(wanted * q * (1 - wanted * q) / paths) / q)


@pytest.mark.parametrize("theta", [0.5, 2.0])
def test_lower_tail_of_clayton_and_upper_tail_of_its_survival(theta):
    q, paths = 0.01, 400_000
    wanted = (2.0 * q**-theta - 1.0) ** (-1.0 / theta) / q  # C(q, q) / q, the closed form
    check_share(both_below(scores(Clayton(theta=theta), paths, count=2)[:, 0], q), wanted, q, paths)
    check_share(both_below(-scores(Clayton(theta=theta, survival=True), paths, count=2)[:, 0], q), wanted, q, paths)


def test_upper_tail_of_gumbel_and_lower_tail_of_its_survival():
    q, paths, theta = 0.01, 400_000, 2.0
    wanted = (1.0 - 2.0 * (1.0 - q) + (1.0 - q) ** (2.0 ** (1.0 / theta))) / q
    check_share(both_below(-scores(Gumbel(theta=theta), paths, count=2)[:, 0], q), wanted, q, paths)
    check_share(both_below(scores(Gumbel(theta=theta, survival=True), paths, count=2)[:, 0], q), wanted, q, paths)


def test_points_of_the_copulas():
    """C(0.1, 0.1) and C(0.5, 0.5) of the oracle."""
    copulas = {
        "gaussian_rho0_5": Gaussian(correlations=(("a", "b", 0.5),)), "clayton_1": Clayton(theta=1.0),
        "gumbel_1_5": Gumbel(theta=1.5), "frank_3_3": Frank(theta=3.3),
    }  # fmt: skip
    for name, copula in copulas.items():
        z = scores(copula, PAIR, count=2)[:, 0]
        for q in (0.1, 0.5):
            wanted = float(ORACLE["copula_points"]["values"][f"{q},{q}"][name]["cdf"])
            check_share(both_below(z, q), wanted / q, q, PAIR)


@pytest.mark.parametrize("q", ["0.10", "0.01"])
def test_quantile_dependence_of_a_regime_mixture(q):
    """0.85 Gaussian(0.2) + 0.15 Gaussian(0.8): the law of one period that starts in the long run."""
    expected = ORACLE["gaussian_regime_mixture_quantile_dependence"]["values"][q]
    mixture = Regime(
        probability=0.15, lasts=1.0,
        calm=Gaussian(correlations=(("a", "b", 0.2),)), stress=Gaussian(correlations=(("a", "b", 0.8),)),
    )  # fmt: skip
    z = scores(mixture, 400_000, count=2)[:, 0]
    check_share(both_below(z, float(q)), float(expected["mix_p_stress_0_15"]), float(q), 400_000)
    assert np.corrcoef(z.T)[0, 1] == pytest.approx(0.29, abs=3 / math.sqrt(400_000))


def test_the_stress_column_is_the_chain():
    """Stationary share, mean duration and autocorrelation of the Markov chain (oracle `markov_2state`)."""
    chain = ORACLE["markov_2state"]
    step = 1.0 / 12.0
    lag = float(chain["autocorr_lag1"])
    share = float(chain["pi_stress"])
    lasts = -step / (math.log(lag) * (1.0 - share))  # exp(−dt / (lasts (1 − share))) = lag
    market = walks(Regime(probability=share, lasts=lasts, stress=Independent()), 1)
    state = scenario(market, [k * step for k in range(61)], 5).rows(0, 4_000)[:, :, -1]
    assert state.mean() == pytest.approx(share, abs=3 * math.sqrt(share * (1 - share) * 17 / state.size))
    stays = state[:, 1:][state[:, :-1] == 1].mean()
    enters = state[:, 1:][state[:, :-1] == 0].mean()
    for got, wanted, count in (
        (stays, float(chain["p_stress"]), (state[:, :-1] == 1).sum()),
        (enters, 1.0 - float(chain["p_calm"]), (state[:, :-1] == 0).sum()),
    ):
        assert got == pytest.approx(wanted, abs=3 * math.sqrt(wanted * (1.0 - wanted) / count))


def test_exceedance_correlation_of_the_gaussian_null():
    z = scores(Gaussian(correlations=(("a", "b", 0.5),)), 400_000, count=2)[:, 0]
    for theta in ("0", "0.5", "1"):
        expected = ORACLE["exceedance_corr_bivariate_normal"]["values"]["0.5"][theta]
        for side in (z, -z):
            both = side[(side > float(theta)).all(axis=1)]
            got = np.corrcoef(both.T)[0, 1]
            assert got == pytest.approx(float(expected["corr"]), abs=3 / math.sqrt(len(both)))


def test_the_t_copula_of_four_drivers_is_what_numpy_draws_by_the_definition():
    """Shares of joint falls of three drivers, beside a plain draw of x = z √(ν/W)."""
    pairs, dof = (("a", "b", 0.5), ("a", "c", 0.4), ("b", "c", 0.2), ("c", "d", 0.6)), 3.0
    z = scores(Student(correlations=pairs, dof=dof), PAIR)[:, 0]
    rng = np.random.default_rng(0)
    root = np.linalg.cholesky(correlation_matrix(pairs, "abcd"))
    x = rng.standard_normal((PAIR, 4)) @ root.T * np.sqrt(dof / rng.chisquare(dof, PAIR))[:, None]
    for members in ((0, 1, 2), (1, 2, 3), (0, 3), (2, 3)):
        for q in (0.02, 0.1):
            ours = (z[:, members] < ndtri(q)).all(axis=1).mean()
            limits = np.quantile(x, q, axis=0)[list(members)]
            theirs = (x[:, members] < limits).all(axis=1).mean()
            error = math.sqrt(2.0 * theirs * (1.0 - theirs) / PAIR)  # of the difference of two samples
            assert ours == pytest.approx(theirs, abs=3 * error)


def test_copulas_of_some_drivers_leave_the_others_alone():
    z = scores(Clayton(theta=4.0, of=("b", "d")), 40_000)[:, 0]
    assert kendalltau(z[:, 1], z[:, 3]).statistic == pytest.approx(4 / 6, abs=3 * tau_error(4 / 6, 40_000))
    for i, j in ((0, 1), (0, 2), (1, 2), (2, 3)):
        assert abs(np.corrcoef(z[:, i], z[:, j])[0, 1]) < 3 / math.sqrt(40_000)
    assert float(ndtr(z[:, 1]).mean()) == pytest.approx(0.5, abs=3 / math.sqrt(12 * 40_000))
