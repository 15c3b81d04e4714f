"""A calibration as a market that deals can live in."""

from __future__ import annotations

from typing import Any

import attrs

from tranche.deal.check_market import market_problems
from tranche.errors import DataError, Invalid, Place, Problem
from tranche.market.dependence.pair_copula import INDEPENDENT, LEAST_FRANK, PARAMETERS
from tranche.market.terms import (
    Clayton,
    Coin,
    Dependence,
    Frank,
    Gaussian,
    Gumbel,
    Independent,
    Lognormal,
    Market,
    PairCopula,
    Regime,
    Reverting,
    StressLink,
    Student,
    Vine,
    VinePair,
)

from .calibration import Calibration, Fit
from .correlation import correlations_of, pairs
from .marginal import Marginal
from .regime_copula import RegimeFit
from .static_copula import CopulaFit
from .vine import VineFit

LOWEST_DOF = 2.1  # what a factor's innovations may have


def market_of(calibration: Calibration) -> Market:
    """The laws and the chosen copula, every number with its standard error in a note or among the assumptions. Raises
    DataError: regimes that do not last, and whatever else no market may state, such as a drift of 2,000% a year."""
    history = calibration.history
    what = f"{calibration.steps:,} {history.frequency} steps to {history.dates[-1]} of {history.source or 'a history'}"
    try:
        dependence, said = _dependence(calibration.chosen, history.dt)
    except Invalid as invalid:
        raise DataError(Problem(invalid.what, invalid.fix, Place(file=history.source))) from None
    market = Market(
        name=f"calibrated on {history.source or 'a history'}",
        description=f"Fitted to {what}. The past of these series, not a forecast: drifts above all are hardly known.",
        assumptions=tuple(
            f"Dependence is {one}." for one in (said, f"chosen so: {calibration.reason}") if calibration.chosen
        )
        + tuple(f"{one[0].upper()}{one[1:]}." for one in calibration.warnings),
        factors=tuple(_factor(law, what) for law in calibration.marginals),
        dependence=dependence,
    )
    problems = [
        Problem(f"a market cannot state this: {one.what}", one.fix, Place(one.place.path, history.source))
        for one in market_problems(market)
    ]
    if problems:
        raise DataError(problems)
    return market


def _factor(law: Marginal, what: str) -> Coin | Lognormal | Reverting:
    stated = [f"{name} {estimate}" for name, estimate in law.parameters.items()]
    values = {name: _short(estimate.value) for name, estimate in law.parameters.items() if "garch" not in name}
    if law.kind == "reverting":
        note = f"{', '.join(stated)}; {what}"
        low, high = _short(law.low), _short(law.high)
        return Reverting(name=law.name, initial=_short(law.last), low=low, high=high, note=note, **values)
    if law.dof is None:
        return Lognormal(name=law.name, initial=_short(law.last), note=f"{', '.join(stated)}; {what}", **values)
    note = f"{', '.join(stated)}, dof {law.dof}; {what}"
    dof = max(LOWEST_DOF, _short(law.dof.value))
    return Coin(name=law.name, initial=_short(law.last), dof=dof, note=note, **values)


def _dependence(chosen: Fit | None, dt: float) -> tuple[Dependence, str]:
    """The copula in the market's terms, and its numbers with their errors."""
    if chosen is None:
        return Independent(), ""
    stated = ", ".join(f"{name} {estimate}" for name, estimate in chosen.parameters.items())
    if isinstance(chosen, CopulaFit):
        dependence, notes = _static(chosen)
        return dependence, "; ".join([f"{chosen.family}: {stated}" if stated else chosen.family, *notes])
    if isinstance(chosen, VineFit):
        vine, notes = _vine(chosen)
        return vine, "; ".join([f"vine: {stated or 'no dependence in any pair'}", *notes])
    both = chosen.dof if isinstance(chosen, RegimeFit) else (chosen.dof, chosen.dof)
    matrices = (chosen.calm, chosen.stress)
    calm, stress = (_elliptical(chosen.names, matrix, dof) for matrix, dof in zip(matrices, both, strict=True))
    if isinstance(chosen, RegimeFit):
        share, lasts = chosen.in_time(dt)
        regime = Regime(probability=_short(share.value), lasts=_short(lasts.value), calm=calm, stress=stress)
        return regime, f"regime: stress {share} of the time, lasting {lasts} years; {stated}"
    values = {name: _short(chosen.parameters[name].value) for name in ("steepness", "threshold")}
    link = StressLink(
        on=chosen.on, measure=chosen.measure, memory=chosen.memory, calm=calm, stress=stress, **values
    )
    return link, f"stress_link on the {chosen.measure} of {chosen.on}: {stated}"


def _static(chosen: CopulaFit) -> tuple[Dependence, list[str]]:
    """The copula, and what is said of a θ that a market has no place for. A Frank copula below 0 is a vine of its one
    pair."""
    if chosen.family == INDEPENDENT:
        return Independent(), []
    if chosen.matrix is not None:
        dof = chosen.parameters["dof"].value if chosen.family == "t" else None
        return _elliptical(chosen.names, chosen.matrix, dof), []
    base = chosen.family.removeprefix("survival_")
    theta, notes = _within(base, chosen.parameters["theta"].value)
    if theta is None:
        return Independent(), notes
    if theta < 0.0:
        first, second = chosen.names
        copula = PairCopula(family=base, parameter=theta)
        return Vine(pairs=(VinePair(first=first, second=second, copula=copula),)), notes
    kind: Any = {"clayton": Clayton, "gumbel": Gumbel, "frank": Frank}[base]
    return (kind(theta=theta) if base == chosen.family else kind(theta=theta, survival=True)), notes


def _vine(chosen: VineFit) -> tuple[Vine, list[str]]:
    """The vine, and what is said of parameters that a market has no place for."""
    pairs, said = [], []
    for pair in chosen.pairs:
        copula = pair.copula
        if copula.family != INDEPENDENT:
            parameter, notes = _within(copula.family, copula.parameter)
            said += [f"{pair.label}: {note}" for note in notes]
            dof = None if copula.dof is None else _short(copula.dof)
            independent = PairCopula(family=INDEPENDENT)
            stated = None if parameter is None else attrs.evolve(copula, parameter=parameter, dof=dof)
            pair = attrs.evolve(pair, copula=stated or independent)
        pairs.append(pair)
    return Vine(pairs=tuple(pairs)), said


def _within(family: str, value: float) -> tuple[float | None, list[str]]:
    """A parameter as a market states it, which is as near to its edge as markets go; None is independence, to which a θ
    near 0 comes. Said where it is not what was fitted."""
    called, low, high = PARAMETERS[family]
    least = {"clayton": low, "frank": LEAST_FRANK}.get(family, 0.0)
    if abs(value) < least:
        return None, [f"stated as independence, for markets have no {family} {called} nearer to 0 than {least:g}"]
    stated = _short(min(max(value, low), high))
    edge = f"{called} stated as {stated:g}, the edge of what markets take of a {family} copula"
    return stated, [edge] if abs(stated - value) > 1e-4 * abs(value) else []


def _elliptical(names: tuple[str, ...], matrix: Any, dof: float | None) -> Gaussian | Student:
    i, j = pairs(len(names))
    values = correlations_of(matrix)
    stated = tuple((names[a], names[b], _short(float(v))) for a, b, v in zip(i, j, values, strict=True))
    return Gaussian(correlations=stated) if dof is None else Student(dof=_short(dof), correlations=stated)


def _short(value: float) -> float:
    """Six digits: more than any history knows."""
    return float(f"{value:.6g}")
