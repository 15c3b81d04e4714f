"""The dial of correlation convergence: what it turns, and what it leaves alone."""

from itertools import product

import numpy as np
import pytest
from scipy.stats import ks_2samp

from tests.market.markets import vine_pair
from tranche.closed_forms.kendall_tau import kendall_tau
from tranche.errors import Invalid
from tranche.market.dependence.convergence import HIGHEST_TAU, converged
from tranche.market.dependence.correlation import correlation_matrix
from tranche.market.dependence.leaning import leaning_signs
from tranche.market.scenario import scenario
from tranche.market.terms import (
    Clayton,
    Coin,
    Frank,
    Gaussian,
    Gumbel,
    Independent,
    Lognormal,
    Market,
    Regime,
    Reverting,
    StressLink,
    Student,
    Vine,
)

NAMES = ("rent", "btc", "power")
OWN = Gaussian(correlations=(("rent", "btc", 0.3), ("rent", "power", -0.2), ("btc", "power", -0.1)))
CALM = Gaussian(correlations=(("rent", "btc", 0.1),))
VINE = Vine(
    pairs=(
        vine_pair("rent ~ btc", "clayton", 1.0, rotation=180), vine_pair("btc ~ power", "gumbel", 1.5, rotation=90),
        vine_pair("rent ~ power | btc", "t", 0.3, dof=4.0),
    )
)  # fmt: skip
KINDS = [
    VINE, Regime(probability=0.2, lasts=0.5, stress=VINE),
    Independent(), OWN, Student(dof=4.0, correlations=OWN.correlations), Clayton(theta=1.0), Gumbel(theta=1.5),
    Frank(theta=2.0), Regime(probability=0.2, lasts=0.5, calm=CALM, stress=OWN),
    StressLink(on="btc", calm=CALM, stress=OWN), Regime(probability=0.2, lasts=0.5, stress=Clayton(theta=2.0)),
]  # fmt: skip


def matrix(copula):
    return matrix_of(copula, NAMES)


def matrix_of(copula, names):
    return correlation_matrix(copula.correlations, names)


def test_a_matrix_goes_from_its_own_to_comonotone():
    assert np.array_equal(matrix(converged(OWN, NAMES, 0.0)), matrix(OWN))
    signs = np.array([1, 1, -1])  # power rises as the others fall
    assert matrix(converged(OWN, NAMES, 1.0)) == pytest.approx(np.outer(signs, signs))
    assert matrix(converged(OWN, NAMES, 0.25)) == pytest.approx(0.75 * matrix(OWN) + 0.25 * np.outer(signs, signs))
    assert matrix(converged(OWN, NAMES, 1.0, rising=["btc"]))[0, 1] == -1.0
    assert matrix(converged(Independent(), NAMES, 0.4))[0, 2] == pytest.approx(0.4)
    t = converged(Student(dof=4.0, correlations=OWN.correlations), NAMES, 0.5)
    assert isinstance(t, Student)
    assert t.dof == 4.0


@pytest.mark.parametrize("degree", [0.0, 0.3, 1.0])
def test_stress_goes_from_calm_and_calm_stays(degree):
    regime = Regime(probability=0.2, lasts=0.5, calm=CALM, stress=OWN)
    for kind in (regime, StressLink(on="btc", calm=CALM, stress=OWN)):
        found = converged(kind, NAMES, degree)
        assert found.calm == CALM
        signs = np.array([1, 1, -1])
        wanted = (1 - degree) * matrix(CALM) + degree * np.outer(signs, signs)
        assert matrix(found.stress) == pytest.approx(wanted)
    assert found.on == "btc"


@pytest.mark.parametrize(("copula", "family"), [(Clayton(theta=1.0), "clayton"), (Frank(theta=2.0), "frank")])
def test_archimedean_copulas_go_by_kendalls_tau(copula, family):
    own = kendall_tau(family, copula.theta)
    assert kendall_tau(family, converged(copula, NAMES, 0.0).theta) == pytest.approx(own)
    assert kendall_tau(family, converged(copula, NAMES, 0.5).theta) == pytest.approx((own + HIGHEST_TAU) / 2)
    assert kendall_tau(family, converged(copula, NAMES, 1.0).theta) == pytest.approx(HIGHEST_TAU)
    regime = Regime(probability=0.2, lasts=0.5, stress=copula)
    assert converged(regime, NAMES, 0.0).stress == Independent()


def test_pairs_of_the_first_tree_of_a_vine_go_where_they_lean():
    tau = {"rent ~ btc": kendall_tau("clayton", 1.0), "btc ~ power": -kendall_tau("gumbel", 1.5)}
    for degree in (0.0, 0.5, 1.0):
        found = converged(VINE, NAMES, degree)
        for pair in found.pairs[:2]:
            family, parameter, _, sign = pair.copula.closed_form
            own = tau[pair.label]
            wanted = (1.0 - degree) * own + degree * np.sign(own) * HIGHEST_TAU
            assert sign * kendall_tau(family, parameter) == pytest.approx(wanted)
        assert found.pairs[2] == VINE.pairs[2]
    assert [pair.copula.rotation for pair in converged(VINE, NAMES, 1.0).pairs[:2]] == [180, 90]
    turned = converged(VINE, NAMES, 1.0, rising=["btc"]).pairs
    assert [pair.copula.rotation for pair in turned[:2]] == [270, 90]
    assert converged(VINE, NAMES, 1.0, rising=[]).pairs[1].copula.rotation == 0
    calm = converged(Regime(probability=0.2, lasts=0.5, stress=VINE), NAMES, 0.0).stress
    assert {pair.copula.family for pair in calm.pairs[:2]} == {"independent"}
    flat = Vine(pairs=(vine_pair("rent ~ btc", "independent"), vine_pair("btc ~ power", "frank", -2.0)))
    assert [pair.copula.family for pair in converged(flat, NAMES, 0.5).pairs] == ["gaussian", "frank"]
    assert converged(flat, NAMES, 0.5).pairs[1].copula.parameter < -2.0


def pair_of(rho):
    return Gaussian(correlations=(("rent", "power", rho),))


def one_pair_vine(rho):
    return Vine(pairs=(vine_pair("rent ~ power", "gaussian", rho),))


@pytest.mark.parametrize("rho", [-0.6, 0.6])
@pytest.mark.parametrize(
    "kind",
    [
        pair_of, one_pair_vine, lambda rho: Student(dof=4.0, correlations=pair_of(rho).correlations),
        lambda rho: Regime(probability=0.2, lasts=0.5, calm=pair_of(0.1), stress=pair_of(rho)),
        lambda rho: Regime(probability=0.2, lasts=0.5, stress=one_pair_vine(rho)),
        lambda rho: Regime(probability=0.2, lasts=0.5, calm=one_pair_vine(0.1), stress=one_pair_vine(rho)),
        lambda rho: StressLink(on="rent", calm=pair_of(0.1), stress=pair_of(rho)),
    ],
    ids=["gaussian", "vine", "t", "regime", "regime to a vine", "regime of vines", "stress link"],
)  # fmt: skip
def test_two_drivers_go_where_their_correlation_leans(kind, rho):
    """Under every dependence alike, and as `rising` says it of either of them."""
    names = ("rent", "power")
    found = converged(kind(rho), names, 1.0)
    copula = getattr(found, "stress", found)
    end = copula.pairs[0].copula.parameter if isinstance(copula, Vine) else matrix_of(copula, names)[0, 1]
    assert end == pytest.approx(np.sign(rho), abs=0.004), "a vine ends at a τ of 0.95"
    for rising in (["power"], ["rent"]) if rho < 0.0 else ([], ["rent", "power"]):
        assert converged(kind(rho), names, 1.0, rising) == found
    assert converged(kind(rho), names, 1.0, ["power"] if rho > 0.0 else []) != found


def test_power_against_two_rents_rises_alone():
    """The correlations of each add up to less than 0: −0.4, −0.4 and −1."""
    own = Gaussian(correlations=(("rent", "btc", 0.1), ("rent", "power", -0.5), ("btc", "power", -0.5)))
    assert converged(own, NAMES, 1.0) == converged(own, NAMES, 1.0, ["power"])


def test_the_drivers_that_rise_agree_best_with_the_correlations():
    """Against every choice of signs, one by one: none agrees better, nor as well with + earlier."""
    random = np.random.default_rng(5)
    for count in range(2, 7):
        for _ in range(20):
            half = np.triu(random.integers(-3, 4, (count, count)) / 10.0, 1)
            got = leaning_signs(half + half.T + np.eye(count))
            sums = {s: sum(s[i] * s[j] * half[i, j] for i in range(count) for j in range(i + 1, count))
                    for s in product((1.0, -1.0), repeat=count)}  # fmt: skip
            best = max(sums.values())
            assert tuple(got) == max(s for s, agreed in sums.items() if agreed > best - 1e-9)


def test_what_leans_nowhere_does_not_rise():
    assert np.array_equal(leaning_signs(np.eye(4)), [1, 1, 1, 1])
    apart = np.eye(5)
    for i, j in ((0, 2), (3, 4)):
        apart[i, j] = apart[j, i] = -0.6
    assert np.array_equal(leaning_signs(apart), [1, 1, -1, 1, -1])
    assert leaning_signs(np.eye(0)).shape == (0,)


@pytest.mark.parametrize("links", ["all pairs", "a chain", "two groups"])
def test_many_drivers_all_agree_where_they_can(links):
    count = 40
    planted = np.where(np.random.default_rng(6).random(count) < 0.5, -1.0, 1.0)
    planted[:2] = 1.0
    near = np.abs(np.subtract.outer(np.arange(count), np.arange(count)))
    joined = {"all pairs": near < count, "a chain": near < 2, "two groups": near % 2 == 0}[links]
    strength = np.random.default_rng(7).uniform(0.1, 0.9, (count, count))
    matrix = np.where(joined, np.outer(planted, planted) * np.minimum(strength, strength.T), 0.0)
    assert np.array_equal(leaning_signs(matrix), planted)


def test_many_drivers_that_cannot_all_agree_outvote_one_strong_pair():
    """0 ~ 1 at 0.5 against 2 · 18 · 0.4 on the other side, as far as single drivers can turn."""
    matrix = np.eye(20)
    matrix[0, 1] = matrix[1, 0] = 0.5
    matrix[0, 2:] = matrix[2:, 0] = 0.4
    matrix[1, 2:] = matrix[2:, 1] = -0.4
    assert np.array_equal(leaning_signs(matrix), [1, -1, *[1] * 18])


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: type(kind).__name__)
def test_no_marginal_law_moves(kind):
    factors = (
        Lognormal(name="rent", initial=2.0, drift=-0.2, volatility=0.3),
        Coin(name="btc", initial=65e3, volatility=0.5, dof=4.0),
        Reverting(name="power", initial=0.08, mean=0.08, speed=1.0, volatility=0.02),
    )
    times = [0.0, 0.25, 0.5]
    none, some, full = (
        scenario(Market(factors=factors, dependence=converged(kind, NAMES, x)), times, 5).rows(0, 20_000)
        for x in (0.0, 0.5, 1.0)
    )
    assert np.array_equal(none[:, :, 0], full[:, :, 0]), "the first driver's bits"
    for k in (1, 2):
        # other paths of the same seed, so that the samples are independent
        for other in (some, full):
            assert ks_2samp(none[:10_000, -1, k], other[10_000:, -1, k]).pvalue > 1e-3
    if isinstance(kind, Gaussian):
        assert abs(np.corrcoef(np.log(full[:, 0, 0]), full[:, 0, 2])[0, 1] + 1.0) < 1e-9


def test_what_has_no_way():
    with pytest.raises(Invalid, match=r"degree of convergence is 1\.5"):
        converged(OWN, NAMES, 1.5)
    with pytest.raises(Invalid, match=r"'btx'; did you mean 'btc'"):
        converged(OWN, NAMES, 0.5, rising=["btx"])
    with pytest.raises(Invalid, match="no way from a Gaussian copula in calm to a Clayton in stress"):
        converged(Regime(probability=0.2, lasts=0.5, calm=CALM, stress=Clayton(theta=1.0)), NAMES, 0.5)
