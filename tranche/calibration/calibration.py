"""What a calibration found, as tables and as words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import attrs
import numpy as np
from numpy.typing import NDArray

from .contagion import ContagionTest
from .history import History
from .honesty import ConvergenceTest, ExceedanceTest
from .marginal import Marginal
from .regime_copula import RegimeFit
from .static_copula import CopulaFit
from .stress_link import StressLinkFit
from .vine import VineFit

if TYPE_CHECKING:
    import pandas as pd

LEVEL = 0.05  # of every test that decides something
Fit = CopulaFit | RegimeFit | StressLinkFit | VineFit


@attrs.frozen(eq=False, kw_only=True)
class Calibration:
    """`static` copulas best BIC first; `regimes`, best BIC first, and `convergence` where there are two series or more;
    `links` where a stress series was named; `chosen` what the market file states, and `reason`. `scores` [n, d] the
    normal scores that the copulas were fitted to."""

    history: History
    marginals: tuple[Marginal, ...]
    scores: NDArray[np.float64] = attrs.field(repr=False)
    static: tuple[CopulaFit, ...] = ()
    regimes: tuple[RegimeFit, ...] = ()
    links: tuple[StressLinkFit, ...] = ()
    vine: VineFit | None = None
    convergence: ConvergenceTest | None = None
    exceedances: tuple[ExceedanceTest, ...] = ()
    contagions: tuple[ContagionTest, ...] = ()
    chosen: Fit | None = None
    reason: str = ""
    command: str = ""

    @property
    def regime(self) -> RegimeFit | None:
        """The regimes with the best BIC."""
        return self.regimes[0] if self.regimes else None

    @property
    def steps(self) -> int:
        """How many steps of the history were fitted."""
        return len(self.scores)

    def parameters(self) -> pd.DataFrame:
        """A row a parameter of every law and copula: what, parameter, value, se."""
        import pandas as pd

        rows = []
        for one in self.marginals:
            found = one.parameters | ({"t dof of residuals": one.dof} if one.dof else {})
            rows += [(f"{one.name}: {one.kind}", name, e.value, e.se) for name, e in found.items()]
        for fit in self.fits():
            rows += [(label(fit), name, e.value, e.se) for name, e in fit.parameters.items()]
        return pd.DataFrame(rows, columns=["law", "parameter", "value", "se"])

    def fits(self) -> tuple[Fit, ...]:
        """Every copula that was fitted, best BIC first."""
        found: list[Fit] = [*self.static, *([self.vine] if self.vine else []), *self.regimes, *self.links]
        return tuple(sorted(found, key=lambda fit: fit.bic))

    def copulas(self) -> pd.DataFrame:
        """By copula, best BIC first: parameters, log_likelihood, aic, bic, lower_tail, upper_tail of the first pair
        (NaN for mixtures in time, whose tails are 0 between Gaussian regimes, and for the vine)."""
        import pandas as pd

        rows = {}
        for fit in self.fits():
            lower, upper = fit.tails() if isinstance(fit, CopulaFit) else (math.nan, math.nan)
            rows[label(fit)] = (len(fit.parameters), fit.log_likelihood, fit.aic, fit.bic, lower, upper)
        columns = ["parameters", "log_likelihood", "aic", "bic", "lower_tail", "upper_tail"]
        frame = pd.DataFrame(list(rows.values()), columns=columns, index=pd.Index(list(rows), name="copula"))
        return frame.sort_values("bic", kind="stable")

    def tests(self) -> pd.DataFrame:
        """A row a test: pair, test, statistic, p_value and in words what it says at the 5% level."""
        import pandas as pd

        rows: list[tuple[str, str, float, float, str]] = []
        if self.convergence is not None:
            p = self.convergence.p_value
            said = "calm and stress differ" if p <= LEVEL else "one copula does as well: no convergence is shown"
            rows.append(("all", "calm = stress, likelihood ratio", self.convergence.ratio, p, said))
        for test in self.exceedances:
            said = "leaves the Gaussian band" if test.p_value <= LEVEL else "what a Gaussian copula shows as well"
            said = "too few moves beyond any threshold" if math.isnan(test.p_value) else said
            rows.append((" ~ ".join(test.pair), "exceedance correlations", test.rho, test.p_value, said))
        for one in self.contagions:
            pair = " | ".join(reversed(one.pair))
            rows.append((pair, "Forbes-Rigobon", one.adjusted - one.calm, one.p_adjusted, contagion_words(one)))
        return pd.DataFrame(rows, columns=["pair", "test", "statistic", "p_value", "says"])

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader of the figures should know."""
        found = [one for marginal in self.marginals for one in marginal.warnings]
        for marginal in self.marginals:
            if marginal.clusters <= 0.01 and not marginal.filtered:
                found.append(
                    f"the volatility of {marginal.name} clusters (p = {marginal.clusters:.2g}): what looks like "
                    "converging dependence may be common volatility; filter it (--filter garch)"
                )
            if marginal.kind == "reverting" and marginal.dof is not None:
                found.append(
                    f"the residuals of {marginal.name} have fat tails (t with dof {marginal.dof}), which a reverting "
                    "factor of a market cannot have: its extremes are understated"
                )
        return tuple(found)


def contagion_words(test: ContagionTest) -> str:
    """What a test of contagion says. An adjusted correlation nearer to 0 than the calm one, without the raw one being
    so, is what the adjustment makes of volatilities in common."""
    x, y = test.pair
    if test.is_empty:
        return f"{x} or {y} seldom moves: nothing to compare"
    if test.p_adjusted > LEVEL:
        return "no change once the variance is allowed for"
    if test.calm * test.adjusted >= 0.0 and abs(test.adjusted) < abs(test.calm):
        if test.p_raw <= LEVEL and abs(test.stress) < abs(test.calm):
            return "weaker in turbulence"
        return f"no rise; adjusted by too much if the variance of {y} moves with that of {x}"
    return "rises with turbulence" if test.adjusted > test.calm else "falls with turbulence"


def label(fit: Fit) -> str:
    """The name of a copula in tables."""
    if isinstance(fit, VineFit):
        return "vine"
    return fit.label if isinstance(fit, RegimeFit | StressLinkFit) else fit.family
