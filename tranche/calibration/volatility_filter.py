"""GARCH filters: residuals whose volatility no longer moves, for the copula. Needs the extra `calibrate` (arch)."""

from __future__ import annotations

import math
from typing import Any

import attrs
import numpy as np

from tranche.errors import DataError, MissingExtra, Place, Problem

from .clusters import arch_test
from .estimate import Estimate
from .history import History
from .marginal import Marginal, reverting_scale

STEP = 1e-5  # of ν and λ in derivatives
FILTERS = ("none", "garch", "gjr")
NAMES = {"alpha[1]": "alpha", "gamma[1]": "gamma", "beta[1]": "beta", "eta": "nu", "lambda": "skew"}  # arch's → ours


def volatility_filter(history: History, marginal: Marginal, kind: str = "garch") -> Marginal:
    """`marginal` with residuals divided by the volatility that a GARCH(1, 1), or a GJR-GARCH(1, 1, 1), expected of
    them, with Hansen's (1994) skewed t innovations; and with the long-run volatility of that model as its volatility.

    The variance returns at the rate 1 − α − β − γ·E[z²; z < 0]: half of z² lies below 0 only where innovations are
    symmetric. Its parameters ω, α, γ, β and the innovations' ν, λ stand beside the others with their robust errors,
    from which that of the volatility comes by the delta method. Where memory is long beside the history it is still too
    small, for near a unit root the likelihood is far from a parabola; and it is that of this model, if it is the one.

    A copula fitted to the ranks of such residuals has the errors it would have if the filter were known: Chen & Fan,
    J. Econometrics 135 (2006). Raises MissingExtra, and DataError where the model has no long-run variance.
    """
    try:
        from arch import arch_model
    except ImportError:
        fix = "pip install 'tranche-finance[calibrate]', or --filter none"
        raise MissingExtra(Problem("volatility filters need arch", fix, Place(file=history.source))) from None
    scale = 100.0  # arch wants returns in percent
    asymmetric = int(kind == "gjr")
    model = arch_model(
        scale * marginal.residuals, mean="Zero", vol="GARCH", p=1, o=asymmetric, q=1, dist="skewt", rescale=False
    )
    fit = model.fit(disp="off", show_warning=False)
    if fit.convergence_flag != 0:
        what = f"the volatility filter of {marginal.name} does not converge"
        raise DataError(Problem(what, "a longer history, or --filter none", Place(marginal.name, history.source)))
    found = {name: Estimate(float(fit.params[name]), float(fit.std_err[name])) for name in fit.params.index}
    values = {name: estimate.value for name, estimate in found.items()}
    shape = [values["eta"], values["lambda"]]
    below = below_zero(model.distribution, shape)
    persistence = values["alpha[1]"] + values["beta[1]"] + values.get("gamma[1]", 0.0) * below
    if persistence >= 0.999:
        what = f"the volatility of {marginal.name} does not return to a level (persistence {persistence:.3f})"
        fix = "a longer history, --filter none, or a history without its break"
        raise DataError(Problem(what, fix, Place(marginal.name, history.source)))
    long_run = math.sqrt(values["omega"] / (1.0 - persistence)) / scale
    slope = _slope(values, persistence, below, model.distribution)
    gradient = np.array([slope[name] for name in fit.params.index])
    counts = gradient != 0.0  # so that a shape at its bound, which has no error, is no matter where it has no part
    gradient, covariance = gradient[counts], np.asarray(fit.param_cov)[np.ix_(counts, counts)]
    error = math.sqrt(max(float(gradient @ covariance @ gradient), 0.0))
    residuals = np.asarray(fit.std_resid, dtype=np.float64)
    # the scale of a step, and so the error of it, is the filter's; what a reverting law has besides is its speed's
    value = marginal.parameters["volatility"].value * long_run
    volatility = Estimate(value, value * math.hypot(error, reverting_scale(marginal, history.dt)))
    kept = {f"garch_{NAMES.get(name, name)}": estimate for name, estimate in found.items()}
    return attrs.evolve(
        marginal,
        parameters={**marginal.parameters, "volatility": volatility, **kept},
        residuals=residuals / float(residuals.std()),
        clusters=arch_test(residuals),
        filtered=f"{kind} with skewed t innovations",
    )


def below_zero(law: Any, shape: list[float]) -> float:
    """E[z²; z < 0] of innovations of variance 1: a half if they are symmetric."""
    return float(law.partial_moment(2, 0.0, np.array(shape)))


def _slope(values: dict[str, float], persistence: float, below: float, law: Any) -> dict[str, float]:
    """By parameter, in arch's names, the derivative of the logarithm of the long-run volatility √(ω/(1 − P))."""
    by_persistence = 0.5 / (1.0 - persistence)
    found = {"omega": 0.5 / values["omega"], "alpha[1]": by_persistence, "beta[1]": by_persistence,
             "gamma[1]": below * by_persistence}  # fmt: skip
    if "gamma[1]" not in values:
        return {**found, "eta": 0.0, "lambda": 0.0}
    for k, (name, (low, high)) in enumerate(zip(("eta", "lambda"), law.bounds(np.empty(0)), strict=True)):
        up, down = ([values["eta"], values["lambda"]] for _ in range(2))
        up[k], down[k] = min(up[k] + STEP, high), max(down[k] - STEP, low)
        bent = (below_zero(law, up) - below_zero(law, down)) / (up[k] - down[k])
        found[name] = by_persistence * values["gamma[1]"] * bent
    return found
