"""The collateral of a deal, as its file states it."""

from __future__ import annotations

import attrs

from .fleet import Fleet
from .miner import Miner


@attrs.frozen(kw_only=True)
class Collections:
    """The user's own collateral cash.

    `file`: CSV or Parquet with a `date` column (or `period`, 1..T), optionally `path`, and the columns `components`;
    relative to the deal file. None: the cash is given at the call (`collections=`).
    `amounts`: the cash itself, one path, by component an amount for each payment date; instead of a file.
    `components`: what the cash is split into; every component enters the account `cash` and has a name in formulas
    (`collections` is their sum; `collections.interest`, `collections.principal`; `collections.loss` is information
    and is not cash). A single component `cash` is the usual case.
    `route`: the account that a component enters instead of `cash`, such as interest and principal accounts.
    """

    file: str | None = None
    components: tuple[str, ...] = ("cash",)
    route: tuple[tuple[str, str], ...] = ()
    amounts: tuple[tuple[str, tuple[float, ...]], ...] = ()


__all__ = ["Collateral", "Collections", "Fleet", "Miner", "fleet_of"]

Collateral = Collections | Fleet | Miner


def fleet_of(collateral: Collateral) -> Fleet | None:
    """The GPUs of a deal, whoever owns them."""
    owned = collateral.fleet if isinstance(collateral, Miner) else collateral
    return owned if isinstance(owned, Fleet) else None
