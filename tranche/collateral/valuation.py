"""What a machine is worth to somebody who keeps it: rent less cost over its remaining life."""

from __future__ import annotations

import attrs


@attrs.frozen(kw_only=True)
class Valuation:
    """The economic value of the machines owned, on each path at each payment date.

    Rent of the lease and then of the market, less costs, by the day until `life_years` after service began (to the end
    of the lease where that is later), discounted at `discount` a year. The market's rent is the path's own of that date
    and changes by `rent_trend` a year from it; failures, gap, basis and the utilisation of that date are the cohort's.
    After the lease the owner may give up at a quarter, half, three quarters or the end of the time that is left,
    whichever is worth most, or at once. Never below zero. A prepayment is not counted again, a renewal not foreseen.
    """

    discount: float
    rent_trend: float
    life_years: float
