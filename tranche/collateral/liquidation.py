"""The sale of a fleet after acceleration, into a market with depth."""

from __future__ import annotations

import datetime as dt

import attrs

SHAPES = ("square_root", "linear")
ECONOMIC, APPRAISED = "economic", "appraised"  # words for a price that is no market factor


@attrs.frozen(kw_only=True)
class Impact:
    """Selling `depth` machines in a month lowers the price by `discount`; other quantities by its square root or in
    proportion: discount · (q / depth)^½ or discount · q / depth, at most `most`."""

    shape: str
    discount: float
    most: float = 0.9


@attrs.frozen(kw_only=True)
class Outlet:
    """The market for used machines of one generation.

    `depth`: machines that buyers absorb in a month, whatever the size of the fleet; the agent sells `pace` times that.
    `price` of a machine: the name of a market factor, `economic` (what it is worth to keep: Valuation) or `appraised`.
    `superseded`: (date of a successor's release, share of the value that it takes), one after the other.
    """

    depth: float
    impact: Impact
    price: str
    pace: float = 1.0
    superseded: tuple[tuple[dt.date, float], ...] = ()


@attrs.frozen(kw_only=True)
class Liquidation:
    """What the agent does once the deal is in default (from the date after; a default is for good).

    After `delay_days` it sells: of each generation min(owned, pace · depth · months) a period (a month is 30.4375
    days), on the last payment date all that is left in one lot. A machine brings price × (1 − every `superseded` share
    so far) × (1 − stranding) × (1 − impact of the quantity a month) × (1 − `cost`). Stranding: `liquid_cooled_haircut`
    on liquid-cooled machines and, after it, `dense_haircut` on those above `dense_above` kW a rack: few sites can take
    them.

    From its start the fleet earns no rent and pays no power, upkeep and staff (with `earns_until_sold` it goes on
    until sold); hosting and the like go on until the sale, and `storage_per_gpu_month` comes on top. What is sold in a
    period is sold evenly over the days after the delay, and so is held for half of them; the last lot goes on the last
    day. Below `credit_bid` of its appraised value a machine is not sold: the lenders keep it and try again in the next
    period, but for the last date.

    The same rules give the values beside the book: *orderly*, all machines sold over `orderly_months`, and *forced*,
    over `forced_months`, each at the impact of that quantity a month. Of a cohort that is still being delivered, what
    is sold takes its share of the rest along.

    `generations`: the outlet of each; the outlet "" is for all that have none of their own.
    """

    generations: tuple[tuple[str, Outlet], ...]
    delay_days: int = 0
    cost: float = 0.0
    storage_per_gpu_month: float = 0.0
    earns_until_sold: bool = False
    liquid_cooled_haircut: float = 0.0
    dense_haircut: float = 0.0
    dense_above: float = 40.0
    credit_bid: float = 0.0
    orderly_months: float = 6.0
    forced_months: float = 1.0

    def outlet(self, generation: str) -> Outlet | None:
        """Where machines of a generation are sold."""
        known = dict(self.generations)
        return known.get(generation, known.get(""))
