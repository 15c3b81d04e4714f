"""A crypto miner: sites that mine, a treasury of what they mined, and GPUs beside them."""

from __future__ import annotations

import attrs

from .fleet import Fleet
from .site import Site
from .treasury import Treasury


@attrs.frozen(kw_only=True)
class Miner:
    """Sites and treasuries of one company, and the GPU `fleet` that it may own.

    `hashprice`: the market factor, currency per PH/s and day. `staff_per_month` grows by `staff_inflation` a year.

    collections = max(0, coins sold by policy + hosting + power sold + sale of machines + the fleet's net rent − costs);
    the part of the costs that nothing covers is `miner.unfunded` (paid by the sponsor, from outside the deal).

    Names in formulas, of the miner (`miner.…`) and of each site: revenue (what was mined, at the date's price whether
    sold or not), income (hosting, standby, power sold), opex, book, value, forced, proceeds (machines sold), capex; of
    a site also running (1 where it mines); of the miner also mined (coins), treasury (value of all coins), net (signed)
    and unfunded. Names of a fleet are those that it has alone, its `fleet.unfunded` what its own rent does not cover.
    """

    hashprice: str
    sites: tuple[Site, ...] = ()
    treasury: tuple[Treasury, ...] = ()
    staff_per_month: float = 0.0
    staff_inflation: float = 0.0
    fleet: Fleet | None = None

    @property
    def purse(self) -> Treasury | None:
        """The treasury that what is mined comes into."""
        return next((one for one in self.treasury if one.mined), None)
