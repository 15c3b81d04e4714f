"""From a market and the times of a deal to the tape that the scenario kernel runs."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

from tranche.errors import DealError, Invalid, Place, Problem, UsageError, nearest

from .dependence import NAMES, StressLink
from .dependence.draws import Draws
from .factors import Coin, Factor, Hashrate, Lognormal, Power, Rent
from .tape import Tape
from .terms import Market
from .writer import Writer


def tape(market: Market, times: Sequence[float], start: dt.date | None = None) -> Tape:
    """The tape of a market over `times`: T+1 year fractions from closing, the first 0, rising; `start`: the closing
    date, which factors with dates need.

    Raises DealError (what contradicts itself, a factor that leaves the range of floating point) and UsageError (times).
    """
    steps = [float(b) - float(a) for a, b in pairwise(times)]
    if not steps or times[0] != 0 or not all(0 < dt < math.inf for dt in steps):
        raise UsageError(Problem("times do not rise from 0", "year fractions 0 = t0 < t1 < …, one more than periods"))
    writer = Writer(market.columns, tuple(float(t) for t in times), start, grades=dict(market.grades))
    if not market.factors:
        return writer.tape()
    scores = _scores(market, writer)
    for factor in ordered(market.factors):
        writer.owner, writer.number = factor.name, market.factors.index(factor) + 1
        factor.write(writer, scores.get(factor.name, -1))
    if isinstance(market.dependence, StressLink):
        writer.owner, writer.number = "", 0
        market.dependence.after(writer, scores, _volatility(market, market.dependence))
    return writer.tape()


def _scores(market: Market, writer: Writer) -> dict[str, int]:
    """Driver → the register of its score, after the steps of the copula."""
    names = market.drivers
    if not names:
        return {}
    try:
        registers = market.dependence.scores(writer, Draws(writer, names))
    except Invalid as error:
        raise DealError(
            Problem(error.what, error.fix, Place(f"market.dependence.{NAMES[type(market.dependence)]}"))
        ) from error
    return dict(zip(names, registers, strict=True))


def ordered(factors: Iterable[Factor]) -> list[Factor]:
    """Every factor after those it reads, else in the order given. Raises DealError."""
    waiting = list(factors)
    known = {factor.name for factor in waiting}
    done: list[Factor] = []
    for factor in waiting:
        for name in factor.reads:
            if name not in known:
                raise DealError(
                    Problem(f"unknown factor {name!r}", nearest(name, known), Place(f"market.factors.{factor.name}"))
                )
    while waiting:
        names = {factor.name for factor in done}
        ready = next((factor for factor in waiting if set(factor.reads) <= names), None)
        if ready is None:
            circle = ", ".join(factor.name for factor in waiting)
            place = Place(f"market.factors.{waiting[0].name}")
            raise DealError(Problem(f"factors that read one another: {circle}", "break the circle", place))
        waiting.remove(ready)
        done.append(ready)
    return done


def _volatility(market: Market, link: StressLink) -> float:
    """Standard deviation per √year of the logarithm of the factor that a stress link follows. Raises DealError."""
    factor = next((factor for factor in market.factors if factor.name == link.on), None)
    if isinstance(factor, Lognormal | Coin | Rent | Power | Hashrate):
        return factor.volatility
    if link.measure == "volatility":
        return 1.0
    fix = "the drawdown of a coin, a rent or another price; or measure: volatility"
    raise DealError(Problem(f"{link.on!r} has no drawdown", fix, Place("market.dependence.stress_link.on")))
