"""The market a deal lives in, as its file states it: factors, how they hang together, reference rates.

Every factor has the column `market.NAME`, its value at the end of the period, and some have more, `market.NAME.FIELD`;
under regimes or a stress link there is `market.stress` as well. What each factor and copula does is said in its own
file in `market/factors/` and `market/dependence/`.
"""

from __future__ import annotations

import datetime as dt

import attrs

from .dependence import (
    Clayton,
    Dependence,
    Frank,
    Gaussian,
    Gumbel,
    Independent,
    PairCopula,
    Regime,
    Static,
    StressLink,
    Student,
    Vine,
    VinePair,
)
from .factors import (
    KINDS,
    Basis,
    Coin,
    Factor,
    Hashprice,
    Hashrate,
    Jump,
    Lognormal,
    Power,
    Refinancing,
    Release,
    Rent,
    Resale,
    Reverting,
    ShortRate,
    Tenant,
    Tenants,
    Utilisation,
)
from .factors.survival import Curve


@attrs.frozen(kw_only=True)
class ReferenceRate:
    """A deterministic reference rate: `points` (date, decimal per annum), each holding from its date to the next; the
    first also before it. One point is a flat curve."""

    name: str
    points: tuple[tuple[dt.date, float], ...]
    note: str = ""


@attrs.frozen(kw_only=True)
class Market:
    """`factors` in the order of their drivers; `dependence` of the drivers of a period; `rates` known in advance;
    `grades`: the default curves of tenants, by grade."""

    factors: tuple[Factor, ...] = ()
    dependence: Dependence = Independent()
    rates: tuple[ReferenceRate, ...] = ()
    grades: tuple[tuple[str, Curve], ...] = ()
    name: str = ""
    description: str = ""
    assumptions: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """What a scenario draws, in order, without the `market.` in front."""
        names = [column for f in self.factors for column in (f.name, *(f"{f.name}.{field}" for field in f.fields))]
        return (*names, "stress") if isinstance(self.dependence, Regime | StressLink) and self.factors else tuple(names)

    @property
    def drivers(self) -> tuple[str, ...]:
        """The factors that take a score from the copula, in order."""
        return tuple(factor.name for factor in self.factors if factor.drivers)


__all__ = [
    "KINDS", "Basis", "Clayton", "Coin", "Curve", "Dependence", "Factor", "Frank", "Gaussian", "Gumbel", "Hashprice",
    "Hashrate", "Independent", "Jump", "Lognormal", "Market", "PairCopula", "Power", "ReferenceRate", "Refinancing",
    "Regime", "Release", "Rent", "Resale", "Reverting", "ShortRate", "Static", "StressLink", "Student", "Tenant",
    "Tenants", "Utilisation", "Vine", "VinePair",
]  # fmt: skip
