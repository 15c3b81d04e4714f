"""A mining site: machines of one efficiency on one power contract."""

from __future__ import annotations

import datetime as dt

import attrs

from .cohort import Cohort


@attrs.frozen(kw_only=True)
class PowerContract:
    """What power costs, and what it brings in when it is not used.

    `price` per kWh: a number or a market factor. `take_or_pay`: the share of the power that is paid for also when the
    machines are off. `resale`: the price per kWh (a number or a factor) at which the power can be sold back; the site
    then pays for all of it at `price` and sells it at `resale` on the dates on which that is worth most.
    `standby_per_kw_month`: paid to the site for being ready to curtail; `curtailed`: the share of the hours in which it
    is asked to, and neither mines nor takes power.
    """

    price: str | float
    take_or_pay: float = 0.0
    resale: str | float | None = None
    standby_per_kw_month: float = 0.0
    curtailed: float = 0.0


@attrs.frozen(kw_only=True)
class Hosting:
    """The conversion of a site to AI hosting.

    From `start` on `share` of the machines mines no more (they are owned still); `delay_days` later the power that they
    took (IT kW) is let at `rent_per_kw_month` (a number or a market factor) times `utilisation`, and costs
    `cost_per_kw_month` whether it is let or not. `capex_per_kw` falls due evenly over the delay: it is the site's
    `capex` in formulas, for a draw or a fee to pay, and no cost of the collections.
    """

    start: dt.date
    delay_days: int
    rent_per_kw_month: str | float
    share: float = 1.0
    utilisation: str | float = 1.0
    cost_per_kw_month: float = 0.0
    capex_per_kw: float = 0.0


@attrs.frozen(kw_only=True)
class Site:
    """Machines of `hashrate` PH/s that take `efficiency` J/TH (which is kW a PH/s). Per period, with h hours:

    Machines  in service from `in_service` (None: closing) evenly over `ramp_days`; `attrition` of them is lost a year.
    Mined     h · PH/s · `uptime` · (1 − curtailed) · hashprice / 24 · (1 − `pool_fee`), worth at the date's hashprice.
    Cost      power = the same hours · efficiency · `pue` · price, and `upkeep_per_ph_month` for the same hours: both
              saved where it is off, but for the take-or-pay share of the power. `fixed_per_month` is not saved. Upkeep
              and fixed cost grow by `cost_inflation` a year from closing.
    Off       With `switch_off` the machines mine only on the dates on which that leaves no less than the next best:
              to stand still, or to sell the power back.
    Value     `cost_per_ph` written off straight-line over `life_years` is the book value; `value_per_ph` (a number or a
              market factor) what machines trade at. Where it is given, the machines are sold in one lot on the date
              after a default, `forced_discount` below it, and the site earns and costs nothing from that date on.
    """

    name: str
    hashrate: float
    efficiency: float
    power: PowerContract
    uptime: float = 1.0
    pue: float = 1.0
    pool_fee: float = 0.0
    attrition: float = 0.0
    in_service: dt.date | None = None
    ramp_days: int = 0
    upkeep_per_ph_month: float = 0.0
    fixed_per_month: float = 0.0
    cost_inflation: float = 0.0
    switch_off: bool = True
    cost_per_ph: float = 0.0
    life_years: float = 4.0
    value_per_ph: str | float | None = None
    forced_discount: float = 0.0
    hosting: Hosting | None = None

    def machines(self) -> Cohort:
        """The site as a cohort of PH/s: what is in service, lost and written off when."""
        return Cohort(
            name=self.name,
            gpus=self.hashrate,
            in_service=self.in_service,
            ramp_days=self.ramp_days,
            failure_rate=self.attrition,
            unrepairable=1.0,
            cost_per_gpu=self.cost_per_ph,
            life_years=self.life_years,
            cost_inflation=self.cost_inflation,
        )
