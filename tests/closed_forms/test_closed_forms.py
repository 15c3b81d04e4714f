"""Every closed form against 30-digit quadrature done elsewhere (oracles/copula_and_credit.json), to 1e-10."""

import json
import math
from pathlib import Path

import pytest

from tranche.closed_forms.bivariate_normal import bivariate_normal
from tranche.closed_forms.conditional_correlation import conditional_correlation, forbes_rigobon, truncated_variance
from tranche.closed_forms.copula_cdf import copula_cdf
from tranche.closed_forms.exceedance_correlation import exceedance_correlation
from tranche.closed_forms.kendall_tau import kendall_tau, parameter_of_tau
from tranche.closed_forms.large_pool import large_pool_loss_quantile, large_pool_tranche_loss
from tranche.closed_forms.quantile_dependence import mixture_quantile_dependence, quantile_dependence
from tranche.closed_forms.random_factor_loading import RandomFactorLoading
from tranche.closed_forms.regimes import TwoRegimes
from tranche.closed_forms.spearman_rho import spearman_rho
from tranche.closed_forms.tail_dependence import tail_dependence
from tranche.errors import Invalid

ORACLE = json.loads((Path(__file__).parents[1] / "oracles" / "copula_and_credit.json").read_text())
pytestmark = pytest.mark.oracle


def close(value):
    """To 1e-10."""
    return pytest.approx(float(value), rel=0.0, abs=1e-10)


@pytest.mark.parametrize("rho", ORACLE["gaussian_copula"]["values"])
def test_gaussian(rho):
    wanted = ORACLE["gaussian_copula"]["values"][rho]
    assert kendall_tau("gaussian", float(rho)) == close(wanted["kendall_tau"])
    assert spearman_rho("gaussian", float(rho)) == close(wanted["spearman_rho"])
    assert 4.0 * copula_cdf("gaussian", 0.5, 0.5, float(rho)) - 1.0 == close(wanted["blomqvist_beta"])
    assert tail_dependence("gaussian", float(rho)) == (wanted["lambda_L"], wanted["lambda_U"])


@pytest.mark.parametrize("dof", ORACLE["t_copula_tail_dependence"]["values"])
def test_t_tails(dof):
    for rho, wanted in ORACLE["t_copula_tail_dependence"]["values"][dof].items():
        assert tail_dependence("t", float(rho), float(dof)) == (close(wanted), close(wanted))


@pytest.mark.parametrize("family", ["clayton", "gumbel", "joe", "frank"])
def test_one_parameter_families(family):
    for theta, wanted in ORACLE[family]["values"].items():
        assert kendall_tau(family, float(theta)) == close(wanted["kendall_tau"])
        tails = (close(wanted["lambda_L"]), close(wanted["lambda_U"]))
        assert tail_dependence(family, float(theta)) == tails
        assert tail_dependence(f"survival_{family}", float(theta)) == tails[::-1]
        if "spearman_rho" in wanted:
            assert spearman_rho(family, float(theta)) == close(wanted["spearman_rho"])


@pytest.mark.parametrize(
    ("name", "family", "parameter"),
    [("gaussian_rho0_5", "gaussian", 0.5), ("clayton_1", "clayton", 1.0), ("gumbel_1_5", "gumbel", 1.5),
     ("frank_3_3", "frank", 3.3)],
)  # fmt: skip
def test_distribution_functions(name, family, parameter):
    for point, copulas in ORACLE["copula_points"]["values"].items():
        u, v = (float(part) for part in point.split(","))
        assert copula_cdf(family, u, v, parameter) == close(copulas[name]["cdf"])
        survival = copula_cdf(f"survival_{family}", 1.0 - u, 1.0 - v, parameter)
        assert survival == close(1.0 - u - v + float(copulas[name]["cdf"]))


@pytest.mark.parametrize("theta", [0.5, 1.0, 1.9, 2.0 - 1e-6, 2.0, 2.0 + 3e-5, 3.0])
def test_joe_near_two_where_its_terms_cancel(theta):
    if theta < 1.0:
        with pytest.raises(Invalid, match="parameter of a joe copula"):
            kendall_tau("joe", theta)
        return
    terms = (1.0 / (k * (theta * k + 2.0) * (theta * (k - 1) + 2.0)) for k in range(1, 20_000))
    assert kendall_tau("joe", theta) == pytest.approx(1.0 - 4.0 * math.fsum(terms), abs=1e-8)


@pytest.mark.parametrize("family", ["gaussian", "t", "clayton", "gumbel", "frank", "joe", "survival_clayton"])
@pytest.mark.parametrize("tau", [0.0, 1e-5, 0.2, 0.5, 0.9])
def test_parameter_of_tau_inverts_tau(family, tau):
    assert kendall_tau(family, parameter_of_tau(family, tau)) == pytest.approx(tau, abs=1e-12)


def test_frank_is_odd_and_smooth_through_zero():
    assert kendall_tau("frank", -5.0) == pytest.approx(-kendall_tau("frank", 5.0), abs=1e-14)
    assert kendall_tau("frank", 0.000999) == pytest.approx(kendall_tau("frank", 0.001001) * 999 / 1001, rel=1e-9)
    assert parameter_of_tau("frank", -0.2) == pytest.approx(-parameter_of_tau("frank", 0.2))


@pytest.mark.parametrize("q", ORACLE["gaussian_regime_mixture_quantile_dependence"]["values"])
def test_regime_mixture(q):
    wanted = ORACLE["gaussian_regime_mixture_quantile_dependence"]["values"][q]
    assert quantile_dependence("gaussian", 0.2, float(q)) == close(wanted["calm_rho0_2"])
    assert quantile_dependence("gaussian", 0.8, float(q)) == close(wanted["stress_rho0_8"])
    mixture = {("gaussian", 0.2, None): 0.85, ("gaussian", 0.8, None): 0.15}
    assert mixture_quantile_dependence(mixture, float(q)) == close(wanted["mix_p_stress_0_15"])
    assert mixture_quantile_dependence(mixture, float(q), upper=True) == close(wanted["mix_p_stress_0_15"])


def test_quantile_dependence_tends_to_the_tail_dependence():
    lower, _ = tail_dependence("clayton", 2.0)
    assert quantile_dependence("clayton", 2.0, 1e-9) == pytest.approx(lower, abs=1e-8)
    assert quantile_dependence("survival_clayton", 2.0, 0.1, upper=True) == close(
        quantile_dependence("clayton", 2.0, 0.1)
    )
    assert quantile_dependence("t", 0.5, 1e-5, 4.0) == pytest.approx(tail_dependence("t", 0.5, 4.0)[0], abs=2e-3)
    assert quantile_dependence("t", 0.5, 0.3, 1e7) == pytest.approx(quantile_dependence("gaussian", 0.5, 0.3), abs=1e-6)


def test_exceedance_correlations():
    for rho, thresholds in ORACLE["exceedance_corr_bivariate_normal"]["values"].items():
        for theta, wanted in thresholds.items():
            assert exceedance_correlation(float(rho), float(theta)) == close(wanted["corr"])
            assert bivariate_normal(-float(theta), -float(theta), float(rho)) == close(wanted["prob"])


def test_conditional_correlations():
    for case, wanted in ORACLE["conditional_corr_one_sided_normal"]["values"].items():
        ratio = truncated_variance(float(case.rpartition(">")[2]))
        assert conditional_correlation(0.5, ratio) == close(wanted)
        assert forbes_rigobon(float(wanted), ratio) == close(0.5)


@pytest.mark.parametrize("case", ORACLE["vasicek_LHP"]["cases"], ids=lambda case: f"{case['PD']}-{case['rho']}")
def test_large_pool(case):
    pd, rho, recovery = (float(case[name]) for name in ("PD", "rho", "recovery"))
    for tranche, wanted in case["tranche_EL"].items():
        attach, detach = (float(part) for part in tranche.split("-"))
        found = large_pool_tranche_loss(pd, rho, recovery, attach, detach)
        assert found == close(wanted)
        if recovery == 0.0:
            same = RandomFactorLoading(math.sqrt(rho), math.sqrt(rho), -1.0)
            assert same.tranche_loss(pd, recovery, attach, detach) == close(wanted)
    for level, wanted in case["loss_fraction_quantile"].items():
        assert large_pool_loss_quantile(pd, rho, float(level)) == close(wanted)


def test_random_factor_loading():
    for case in ORACLE["andersen_sidenius_RFL_LHP"]["cases"]:
        model = RandomFactorLoading(float(case["a_stress"]), float(case["a_calm"]), float(case["theta"]))
        assert model.mean == close(case["m"])
        assert model.idiosyncratic == close(case["v"])
        assert model.default_threshold(float(case["PD"])) == close(case["threshold_c"])
        for tranche, wanted in case["tranche_EL"].items():
            attach, detach = (float(part) for part in tranche.split("-"))
            assert model.tranche_loss(float(case["PD"]), 0.0, attach, detach) == close(wanted)


def test_two_regimes():
    wanted = ORACLE["markov_2state"]
    chain = TwoRegimes(wanted["p_calm"], wanted["p_stress"])
    assert chain.share_stress == close(wanted["pi_stress"])
    assert chain.autocorrelation == close(wanted["autocorr_lag1"])


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: kendall_tau("claytn", 1.0), "unknown copula family 'claytn'; did you mean 'clayton'"),
        (lambda: kendall_tau("gaussian", 1.2), "parameter of a gaussian copula is 1.2"),
        (lambda: tail_dependence("t", 0.5), "degrees of freedom"),
        (lambda: tail_dependence("gumbel", 0.5), "parameter of a gumbel copula is 0.5"),
        (lambda: parameter_of_tau("clayton", -0.1), "no Kendall tau of -0.1"),
        (lambda: parameter_of_tau("gumbel", 1.0), "no Kendall tau of 1"),
        (lambda: copula_cdf("frank", 1.5, 0.5, 1.0), "1.5 is not a probability"),
        (lambda: quantile_dependence("frank", 1.0, 0.0), "quantile is 0"),
        (lambda: mixture_quantile_dependence({("gaussian", 0.2, None): 0.5}, 0.1), "do not add up"),
        (lambda: exceedance_correlation(1.0, 0.0), "correlation is 1"),
        (lambda: exceedance_correlation(0.5, 9.0), "threshold is 9"),
        (lambda: conditional_correlation(0.5, 0.0), "ratio of the variances"),
        (lambda: large_pool_tranche_loss(0.0, 0.3, 0.4, 0.0, 0.03), "probability of default is 0"),
        (lambda: large_pool_tranche_loss(0.1, 0.3, 0.4, 0.03, 0.03), "tranche from 0.03 to 0.03"),
        (lambda: RandomFactorLoading(1.0, 0.4, -1.0), "loading is 1"),
        (lambda: TwoRegimes(1.0, 0.5), "staying in a regime is 1"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(call, said):
    with pytest.raises(Invalid, match=said):
        call()
