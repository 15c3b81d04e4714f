"""Regime and stress-link copulas: the filter against enumeration, and what was drawn is found again."""

from itertools import pairwise, product

import numpy as np
import pytest
from scipy.optimize import minimize

from tests.calibration import simulate
from tranche.calibration.correlation import matrix_of
from tranche.calibration.ranks import normal_scores
from tranche.calibration.regime_copula import _backward, fit_regimes, forward, run_em, static_log_likelihood
from tranche.calibration.static_copula import fit_gaussian
from tranche.calibration.stress_link import fit_stress_link, logistic, stress_of
from tranche.errors import UsageError

CALM, STRESS = matrix_of(np.array([0.1]), 2), matrix_of(np.array([0.85]), 2)


@pytest.fixture(scope="module")
def drawn():
    rng = np.random.default_rng(3)
    state = simulate.chain(rng, 2_000, 0.98, 0.92)
    calm, stress = simulate.gaussian(rng, 2_000, CALM), simulate.gaussian(rng, 2_000, STRESS)
    return state, normal_scores(np.where(state[:, None] == 1, stress, calm))


def test_filter_and_smoother_are_sums_over_all_paths_of_the_chain():
    """Seven steps: 2⁷ paths, each with its probability."""
    densities = np.random.default_rng(1).normal(size=(7, 2))
    stay = np.array([0.9, 0.7])
    move = np.array([[0.9, 0.1], [0.3, 0.7]])
    begin = np.array([0.75, 0.25])  # 0.3/(0.1 + 0.3)
    weight = {}
    for path in product((0, 1), repeat=7):
        w = begin[path[0]] * np.prod([move[a, b] for a, b in pairwise(path)])
        weight[path] = w * np.exp(sum(densities[t, k] for t, k in enumerate(path)))
    total = sum(weight.values())
    filtered, each, predicted = forward(densities[None], stay[None])
    smoothed, jumps = _backward(filtered, predicted, stay[None])
    assert each.sum() == pytest.approx(np.log(total), abs=1e-12)
    for t in range(7):
        wanted = sum(w for path, w in weight.items() if path[t] == 1) / total
        assert smoothed[0, t] == pytest.approx(wanted, abs=1e-12)
    assert filtered[0, -1] == pytest.approx(smoothed[0, -1])
    for k in (0, 1):
        at = sum(w * sum(one == k for one in path[:-1]) for path, w in weight.items())
        kept = sum(w * sum(a == b == k for a, b in pairwise(path)) for path, w in weight.items())
        assert jumps[0, k] == pytest.approx(kept / at, abs=1e-12)


def test_regimes_that_were_drawn_are_found(drawn):
    state, z = drawn
    found = fit_regimes(z, ("rent", "btc"))
    wanted = {"stay calm": 0.98, "stay stress": 0.92, "calm rent ~ btc": 0.1, "stress rent ~ btc": 0.85}
    for name, value in wanted.items():
        assert abs(found.parameters[name].value - value) < 3.0 * found.parameters[name].se, name
        assert found.parameters[name].se < 0.1
    assert found.probabilities[state == 1].mean() > 0.8
    assert found.probabilities[state == 0].mean() < 0.1
    assert found.bic < fit_gaussian((np.argsort(np.argsort(z, axis=0), axis=0) + 1) / (len(z) + 1), ("a", "b")).bic


def test_many_histories_at_once_are_each_as_alone(drawn):
    _, z = drawn
    batch = np.stack([z[:300], z[300:600], z[600:900]])
    together = run_em(batch)
    for k in range(3):
        assert run_em(batch[k : k + 1]).log_likelihood[0] == pytest.approx(together.log_likelihood[k], abs=1e-9)
    assert (together.log_likelihood >= static_log_likelihood(batch) - 1e-2).all()


def maximised(z, starts):
    """The largest log-likelihood of the chain by a general optimiser from several starts."""
    span = 0.9995 - 0.02

    def value(x):
        p, q = (0.02 + span / (1 + np.exp(-v)) for v in x[:2])
        a, b = np.tanh(x[2:])
        densities = np.stack([-np.log1p(-r * r) / 2 - (r * r * (z**2).sum(1) - 2 * r * z.prod(1)) / (2 * (1 - r * r))
                              for r in (a, b)], axis=1)  # fmt: skip
        return -forward(densities[None], np.array([[p, q]]))[1].sum()

    def free(p, q, a, b):
        return [*(np.log((v - 0.02) / (0.9995 - v)) for v in (p, q)), np.arctanh(a), np.arctanh(b)]

    bounds = [(-8, 8)] * 2 + [(-2, 2)] * 2
    return max(-minimize(value, free(*one), method="L-BFGS-B", bounds=bounds).fun for one in starts)


def test_where_there_are_no_regimes_the_best_likelihood_is_found_too():
    """Six histories of one copula, ρ = 0.4. A ratio of likelihoods is one of maxima."""
    rng = np.random.default_rng(12)
    gaps = []
    for _ in range(6):
        z = normal_scores(simulate.gaussian(rng, 300, matrix_of(np.array([0.4]), 2)))
        whole = float((z[:, 0] * z[:, 1]).mean() / (z * z).mean())
        starts = [(0.95, 0.85, whole - 0.2, min(0.9, whole + 0.3)), (0.6, 0.6, whole - 0.3, min(0.95, whole + 0.3)),
                  (0.98, 0.5, whole - 0.1, 0.95)]  # fmt: skip
        gaps.append(maximised(z, starts) - run_em(z[None]).log_likelihood[0])
    assert max(gaps) < 0.5
    assert np.mean(gaps) < 0.1


def test_three_series():
    rng = np.random.default_rng(8)
    calm, stress = matrix_of(np.array([0.1, 0.0, 0.2]), 3), matrix_of(np.array([0.8, 0.7, 0.75]), 3)
    state = simulate.chain(rng, 1_500, 0.97, 0.93)
    u = np.where(state[:, None] == 1, simulate.gaussian(rng, 1_500, stress), simulate.gaussian(rng, 1_500, calm))
    found = fit_regimes(normal_scores(u), ("a", "b", "c"))
    for name, value in {"calm a ~ c": 0.0, "stress a ~ b": 0.8, "stress b ~ c": 0.75}.items():
        assert abs(found.parameters[name].value - value) < 3.0 * found.parameters[name].se, name


def test_a_stress_link_that_was_drawn_is_found():
    rng = np.random.default_rng(6)
    n = 3_000
    s = np.abs(np.cumsum(rng.normal(0, 0.08, n)))  # wanders like a drawdown
    w = logistic(6.0 * (s - 1.0))
    rho = 0.05 + 0.8 * w
    e = rng.standard_normal((n, 2))
    z = np.column_stack([e[:, 0], rho * e[:, 0] + np.sqrt(1 - rho**2) * e[:, 1]])
    found = fit_stress_link(normal_scores(z), s, ("rent", "btc"), "btc")
    wanted = {"calm rent ~ btc": 0.05, "stress rent ~ btc": 0.85, "steepness": 6.0, "threshold": 1.0}
    for name, value in wanted.items():
        assert abs(found.parameters[name].value - value) < 3.0 * found.parameters[name].se, name
    assert found.log_likelihood > static_log_likelihood(normal_scores(z)[None])[0] + 50


def test_stress_is_known_before_the_step():
    levels = np.array([100.0, 90.0, 120.0, 60.0, 80.0])
    drawdown = stress_of(levels, np.zeros(4), 1 / 52, 0.5, "drawdown")
    assert drawdown == pytest.approx([0.0, np.log(100 / 90) / 0.5, 0.0, np.log(2) / 0.5])
    volatility = stress_of(levels, np.array([2.0, 0.0, 0.0, 9.0]), 0.25, 0.5, "volatility", memory=0.25)
    scale = np.sqrt(2 * 0.5 / 1.5)
    assert volatility == pytest.approx(np.array([0.0, 1.5, 0.25, -0.375]) / scale)
    with pytest.raises(UsageError, match=r"unknown measure of stress 'drawdwn'; did you mean 'drawdown'"):
        stress_of(levels, np.zeros(4), 0.1, 0.5, "drawdwn")
