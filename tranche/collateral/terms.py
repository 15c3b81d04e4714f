"""The collateral of a deal, as its file states it."""

from __future__ import annotations

import datetime as dt

import attrs


@attrs.frozen(kw_only=True)
class Collections:
    """The user's own collateral cash.

    `file`: CSV or Parquet with a `date` column (or `period`, 1..T), optionally `path`, and the columns `components`;
    relative to the deal file. None: the cash is given at the call (`collections=`).
    `amounts`: the cash itself, one path, by component an amount for each payment date; instead of a file.
    `components`: what the cash is split into; every component enters the account `cash` and has a name in formulas
    (`collections` is their sum; `collections.interest`, `collections.principal`; `collections.loss` is information
    and is not cash). A single component `cash` is the usual case.
    """

    file: str | None = None
    components: tuple[str, ...] = ("cash",)
    amounts: tuple[tuple[str, tuple[float, ...]], ...] = ()


@attrs.frozen(kw_only=True)
class Lease:
    """A fixed-term take-or-pay lease: `rate` per GPU-hour on `take_or_pay` of the fleet's hours until `end`."""

    rate: float
    end: dt.date
    take_or_pay: float = 1.0


@attrs.frozen(kw_only=True)
class Fleet:
    """GPUs under a take-or-pay lease, re-leased at a market rent when it ends.

    Per period of `h` hours:  contract cash  = gpus · h · take_or_pay · rate        before the lease ends,
                              market cash    = gpus · h · rent · utilisation        after it (pro rata by days in the
                                               period in which it ends, after a gap of `releasing_gap_days`),
                              operating cost = gpus · (kw_per_gpu · (pue · power_price · h + hosting_per_kw_month
                                               · months) + maintenance_per_gpu_month · months), grown by
                                               `cost_inflation` a year,
                              collections    = max(0, contract + market − operating cost).
    The part of the operating cost that the rent does not cover is the name `fleet.unfunded`.

    The market rent of a period is the factor at its payment date.

    `rent` and `utilisation` name market factors (`utilisation` may be a number instead).
    `cost_per_gpu` and `life_years` give `fleet.book` (straight line from `in_service` to zero);
    `appraisal` gives `fleet.appraised`: share of cost by whole year of age, interpolated linearly, last value held.
    """

    gpus: float
    lease: Lease
    rent: str
    utilisation: str | float = 1.0
    in_service: dt.date | None = None  # None: closing
    releasing_gap_days: int = 0
    kw_per_gpu: float = 0.0
    pue: float = 1.0
    power_price: float = 0.0  # per kWh
    hosting_per_kw_month: float = 0.0
    maintenance_per_gpu_month: float = 0.0
    cost_inflation: float = 0.0
    cost_per_gpu: float = 0.0
    life_years: float = 6.0
    appraisal: tuple[float, ...] = (1.0, 0.78, 0.60, 0.46, 0.35)


Collateral = Collections | Fleet
