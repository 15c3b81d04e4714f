"""GARCH filters: residuals whose volatility no longer moves, for the copula. Needs the extra `calibrate` (arch)."""

from __future__ import annotations

import math

import attrs
import numpy as np

from tranche.errors import DataError, MissingExtra, Place, Problem

from .estimate import Estimate
from .history import History
from .marginal import Marginal, arch_test

FILTERS = ("none", "garch", "gjr")
NAMES = {"alpha[1]": "alpha", "gamma[1]": "gamma", "beta[1]": "beta", "eta": "nu", "lambda": "skew"}  # arch's → ours


def volatility_filter(history: History, marginal: Marginal, kind: str = "garch") -> Marginal:
    """`marginal` with residuals divided by the volatility that a GARCH(1, 1), or a GJR-GARCH(1, 1, 1), expected of
    them, with Hansen's (1994) skewed t innovations; and with the long-run volatility of that model as its volatility.

    Its parameters ω, α, γ, β and the innovations' ν, λ stand beside the others with their robust errors. A copula
    fitted to the ranks of such residuals has the errors it would have if the filter were known: Chen & Fan,
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
    persistence = values["alpha[1]"] + values["beta[1]"] + values.get("gamma[1]", 0.0) / 2.0
    if persistence >= 0.999:
        what = f"the volatility of {marginal.name} does not return to a level (persistence {persistence:.3f})"
        fix = "a longer history, --filter none, or a history without its break"
        raise DataError(Problem(what, fix, Place(marginal.name, history.source)))
    long_run = math.sqrt(values["omega"] / (1.0 - persistence)) / scale
    residuals = np.asarray(fit.std_resid, dtype=np.float64)
    volatility = marginal.parameters["volatility"]
    kept = {f"garch_{NAMES.get(name, name)}": estimate for name, estimate in found.items()}
    return attrs.evolve(
        marginal,
        parameters={**marginal.parameters, "volatility": _scaled(volatility, long_run), **kept},
        residuals=residuals / float(residuals.std()),
        clusters=arch_test(residuals),
        filtered=f"{kind} with skewed t innovations",
    )


def _scaled(volatility: Estimate, factor: float) -> Estimate:
    return Estimate(volatility.value * factor, volatility.se * factor)
