"""Machines of one generation that went into service together, under one lease."""

from __future__ import annotations

import datetime as dt

import attrs

from .lease import Lease


@attrs.frozen(kw_only=True)
class Cohort:
    """`gpus` machines of one generation at one site. The formulas, per period, with h hours and m months (30/360):

    Units   In service from `in_service` + `delay_days` on, evenly over `ramp_days`. Of the machines in service
            `failure_rate` a year fail; `unrepairable` of those are scrapped (they work to the start of the period in
            which they are lost), the others are down for `repair_days` and cost `repair_cost` each.
    Rent    contract = working · h · max(take_or_pay, usage) · rate            in the term of the lease,
            market   = working · h · rent · basis · utilisation                after it and after `releasing_gap_days`.
    Cost    power = working · h · kw_per_gpu · pue · power_price, upkeep = working · maintenance_per_gpu_month · m:
            saved where a machine is switched off. Hosting = in service · kw_per_gpu · hosting_per_kw_month · m,
            `insurance` of the cost and `property_tax` of the book value a year, repairs: not saved. All but the tax
            grow by `cost_inflation` a year from closing (a power price that is a market factor does not).
    Off     With `switch_off` a machine that is not let under a lease runs only where its rent covers power and
            upkeep, or the `reserve_price` per GPU-hour where one is given.
    Value   `cost_per_gpu` written off straight-line over `life_years` is the book value; `appraisal` is the appraised
            value: share of cost by whole year of age, interpolated linearly, its last value held.

    `rent`, `utilisation` and `power_price` are numbers or name market factors, which are read at the payment date;
    `rent` None: after its lease the cohort is not let. `ordered`: the cost is paid evenly from that date to
    `in_service` (None: on it); a delay costs the builder `delay_damages_per_gpu_day`, at most `delay_damages_cap` of
    the cost. `kw_per_rack` and `liquid_cooled` say how hard the machines are to place elsewhere (see Liquidation).
    """

    name: str
    gpus: float
    lease: Lease | None = None
    rent: str | float | None = None
    generation: str = ""
    site: str = ""
    basis: float = 1.0
    utilisation: str | float = 1.0
    reserve_price: float | None = None
    switch_off: bool = True
    releasing_gap_days: int = 0
    in_service: dt.date | None = None  # None: closing
    ramp_days: int = 0
    delay_days: int = 0
    ordered: dt.date | None = None
    delay_damages_per_gpu_day: float = 0.0
    delay_damages_cap: float = 1.0
    failure_rate: float = 0.0
    unrepairable: float = 0.0
    repair_days: int = 0
    repair_cost: float = 0.0
    kw_per_gpu: float = 0.0
    kw_per_rack: float = 0.0
    liquid_cooled: bool = False
    pue: float = 1.0
    power_price: str | float = 0.0  # per kWh
    hosting_per_kw_month: float = 0.0
    maintenance_per_gpu_month: float = 0.0
    insurance: float = 0.0
    property_tax: float = 0.0
    cost_inflation: float = 0.0
    cost_per_gpu: float = 0.0
    life_years: float = 6.0
    appraisal: tuple[float, ...] = (1.0, 0.78, 0.60, 0.46, 0.35)
