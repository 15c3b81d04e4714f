"""From a history to a Calibration: laws, copulas, tests, and which copula the market file states."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from tranche.errors import DataError, Place, Problem, UsageError, nearest

from .calibration import LEVEL, Calibration, Fit, label
from .contagion import contagion_test
from .history import History
from .honesty import ConvergenceTest, convergence_test, exceedance_test
from .marginal import Marginal, lognormal, reverting
from .ranks import normal_scores, pseudo_observations
from .regime_copula import RegimeFit, fit_regimes
from .regime_student import fit_student_regimes
from .static_copula import FAMILIES, CopulaFit, fit_static
from .stress_link import MEASURES, StressLinkFit, fit_stress_link, fit_student_link, stress_of
from .vine import VineFit, fit_vine
from .volatility_filter import FILTERS, volatility_filter

MOST_BOOTSTRAP = 9_999
MOST_SEED = 2**64 - 1
ONE_SERIES = 1 - 1e-9  # the correlation of scores from which two series are one
DEPENDENCE = ("auto", *FAMILIES, "vine", "regime", "stress_link")


def calibrate(
    history: History,
    *,
    reverts: Collection[str] = (),
    filter: str = "none",
    stress: str | None = None,
    memory: float = 0.25,
    dependence: str = "auto",
    vine: bool = False,
    bootstrap: int = 199,
    seed: int = 0,
    progress: Callable[[int], None] | None = None,
) -> Calibration:
    """Fit everything that the history can say.

    `reverts`: series that revert to a mean; the others are lognormal. `filter`: what takes volatility clusters out of
    the residuals before copulas are fitted (none, garch, gjr). `stress`: the series of a stress link, and the one that
    contagion is conditioned on (the first series without it); `memory` of its volatility in years. `dependence`: what
    the market states: by default the regimes if the bootstrap rejects that calm equals stress at 5% and their BIC is
    the better one, else the static copula with the best BIC. `vine`: a vine is one of them. `bootstrap`: draws
    of that test; `progress` is called with the number done since the last call. The same seed gives the same figures.

    Raises DataError (what is wrong with the history), UsageError, MissingExtra.
    """
    names = history.names
    _check(names, reverts, filter, stress, dependence, bootstrap)
    _check_seed(seed)
    laws = tuple(_law(history, name, name in reverts, filter) for name in names)
    scores = normal_scores(np.column_stack([law.residuals for law in laws]))
    if len(names) < 2:
        return Calibration(history=history, marginals=laws, scores=scores, reason="one series has no dependence")
    _check_apart(history, scores)
    u = pseudo_observations(scores)
    static = fit_static(u, names)
    gaussian = fit_regimes(scores, names)
    regimes = sorted((gaussian, *fit_student_regimes(scores, names, gaussian)), key=lambda fit: fit.bic)
    test = convergence_test(scores, bootstrap=bootstrap, seed=seed, progress=progress) if bootstrap else None
    links = () if stress is None else tuple(_links(history, laws, scores, stress, memory))
    on = stress or names[0]
    returns = {law.name: _returns(history, law) for law in laws}
    of_pairs = fit_vine(u, names) if vine or dependence == "vine" else None
    chosen, reason = _choice(dependence, static, of_pairs, regimes, links, test)
    return Calibration(
        history=history,
        marginals=laws,
        scores=scores,
        static=static,
        regimes=tuple(regimes),
        links=links,
        vine=of_pairs,
        convergence=test,
        exceedances=tuple(
            exceedance_test(scores[:, names.index(a)], scores[:, names.index(b)], (a, b), seed=seed)
            for a, b in combinations(names, 2)
        ),
        contagions=tuple(contagion_test(returns[on], returns[b], (on, b)) for b in names if b != on),
        chosen=chosen,
        reason=reason,
    )


def _law(history: History, name: str, is_reverting: bool, filter: str) -> Marginal:
    law = reverting(history, name) if is_reverting else lognormal(history, name)
    return law if filter == "none" else volatility_filter(history, law, filter)


def _returns(history: History, law: Marginal) -> NDArray[np.float64]:
    """Unfiltered changes: contagion is about variance, which a filter takes away."""
    levels = history.column(law.name)
    return np.asarray(np.diff(levels if law.kind == "reverting" else np.log(levels)))


def _links(
    history: History, laws: Sequence[Marginal], scores: NDArray[np.float64], on: str, memory: float
) -> Iterator[StressLinkFit]:
    """Gaussian links by each measure, and those of a t copula that gain."""
    law = next(law for law in laws if law.name == on)
    z = scores[:, history.names.index(on)]
    for measure in MEASURES:
        s = stress_of(history.column(on), z, history.dt, law.parameters["volatility"].value, measure, memory)
        gaussian = fit_stress_link(scores, s, history.names, on, measure, memory)
        of_t = fit_student_link(scores, s, gaussian)
        yield from (gaussian,) if of_t is None else (gaussian, of_t)


def _choice(
    wanted: str,
    static: Sequence[CopulaFit],
    vine: VineFit | None,
    regimes: Sequence[RegimeFit],
    links: Sequence[StressLinkFit],
    test: ConvergenceTest | None,
) -> tuple[Fit, str]:
    """The copula that the market states, and why. Raises UsageError: the one asked for could not be fitted."""
    regime = next((fit for fit in regimes if fit.lasts), None)  # others no market can state
    if wanted == "regime":
        return regime or regimes[0], "regimes were asked for; those with the best BIC"
    if wanted == "stress_link":
        reason = "the stress link was asked for; the measure and copula with the best BIC"
        return min(links, key=lambda fit: fit.bic), reason
    if wanted == "vine" and vine is not None:
        return vine, "the vine was asked for"
    if wanted != "auto":
        for fit in static:
            if fit.family == wanted:
                return fit, f"{wanted} was asked for"
        known = [fit.family for fit in static]
        raise UsageError(Problem(f"no {wanted} copula fits these series", f"what fits: {', '.join(known)}"))
    candidates: list[Fit] = [*static, *([vine] if vine is not None else [])]
    best = min(candidates, key=lambda fit: fit.bic)
    if test is None:
        return best, "the best BIC of the static copulas; without a bootstrap regimes are not considered"
    if test.p_value <= LEVEL and regime is None:
        return best, f"calm equals stress is rejected (p = {test.p_value:.3g}), but by regimes that do not last"
    if test.p_value <= LEVEL and regime is not None and regime.bic < best.bic:
        return regime, f"calm equals stress is rejected (p = {test.p_value:.3g}) and the regimes have the best BIC"
    if test.p_value > LEVEL:
        return best, f"calm equals stress is not rejected (p = {test.p_value:.3g}): the best BIC of the static copulas"
    return best, f"calm equals stress is rejected (p = {test.p_value:.3g}), but {label(best)} has the better BIC"


def _check(
    names: Sequence[str], reverts: Collection[str], filter: str, stress: str | None, dependence: str, bootstrap: int
) -> None:
    problems = [Problem(f"there is no series {name!r}", nearest(name, names)) for name in reverts if name not in names]
    if stress is not None and stress not in names:
        problems.append(Problem(f"there is no series {stress!r}", nearest(stress, names)))
    elif stress is not None and stress in reverts:
        problems.append(Problem(f"{stress} reverts: it has no drawdown", "a price, such as btc"))
    if filter not in FILTERS:
        problems.append(Problem(f"unknown filter {filter!r}", nearest(filter, FILTERS)))
    if dependence not in DEPENDENCE:
        problems.append(Problem(f"unknown dependence {dependence!r}", nearest(dependence, DEPENDENCE, limit=20)))
    if dependence == "stress_link" and stress is None:
        problems.append(Problem("a stress link needs its series", "name it: stress (--stress NAME)"))
    if not 0 <= bootstrap <= MOST_BOOTSTRAP:
        problems.append(Problem(f"{bootstrap} bootstrap draws", f"0 to {MOST_BOOTSTRAP:,}"))
    if problems:
        raise UsageError(problems)


def _check_seed(seed: object) -> None:
    """In the words of every other seed."""
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or not 0 <= seed <= MOST_SEED:
        raise UsageError(Problem(f"seed is {seed!r}", f"a whole number from 0 to {MOST_SEED:,}"))


def _check_apart(history: History, scores: NDArray[np.float64]) -> None:
    """No copula has a density where one series is the other, or its mirror image."""
    correlations = np.asarray(np.corrcoef(scores.T))
    problems = []
    for i, j in combinations(range(len(history.names)), 2):
        if abs(correlations[i, j]) >= ONE_SERIES:
            a, b = history.names[i], history.names[j]
            always = "the same way" if correlations[i, j] > 0 else "opposite ways"
            what = f"{a} and {b} always move {always}"
            problems.append(Problem(what, "keep one of them: they are one factor", Place(b, history.source)))
    if problems:
        raise DataError(problems)
