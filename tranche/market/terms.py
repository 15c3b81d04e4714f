"""The market a deal lives in, as its file states it: factors, a copula, reference rates.

Dynamics (first form; the scenario kernel in `cyext/scenario.pyx` draws them, `market.twin` is its slow twin):

    Lognormal   ln S(t+dt) = ln S(t) + (drift − volatility²/2)·dt + volatility·√dt·Z
    Reverting   X(t+dt) = mean + (X(t) − mean)·exp(−speed·dt) + volatility·√((1−exp(−2·speed·dt))/(2·speed))·Z,
                read as X clipped to [low, high]: the process itself goes on unclipped, so that its law stays exact
"""

from __future__ import annotations

import datetime as dt

import attrs


@attrs.frozen(kw_only=True)
class Lognormal:
    """A price or index level: `initial` (its unit is the user's), `drift` and `volatility` per annum, decimals.

    `drift` is the continuously compounded growth of the mean: E[S(t)] = initial · exp(drift · t).
    """

    name: str
    initial: float
    drift: float = 0.0
    volatility: float
    note: str = ""


@attrs.frozen(kw_only=True)
class Reverting:
    """A mean-reverting level such as utilisation: `speed` per annum, `volatility` per √year, clipped to [low, high]."""

    name: str
    initial: float
    mean: float
    speed: float
    volatility: float
    low: float = 0.0
    high: float = 1.0
    note: str = ""


@attrs.frozen(kw_only=True)
class GaussianCopula:
    """Correlations of the factors' drivers by pair, e.g. {("rent_h100", "btc"): 0.3}; pairs not named are 0."""

    correlations: tuple[tuple[str, str, float], ...] = ()


@attrs.frozen(kw_only=True)
class ReferenceRate:
    """A deterministic reference rate: `points` (date, decimal per annum), each holding from its date to the next; the
    first also before it. One point is a flat curve."""

    name: str
    points: tuple[tuple[dt.date, float], ...]
    note: str = ""


@attrs.frozen(kw_only=True)
class Market:
    factors: tuple[Lognormal | Reverting, ...] = ()
    copula: GaussianCopula = GaussianCopula()
    rates: tuple[ReferenceRate, ...] = ()
    name: str = ""
    description: str = ""
    assumptions: tuple[str, ...] = ()
