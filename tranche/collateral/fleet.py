"""GPUs: cohorts by generation, let to tenants, then re-let at the market."""

from __future__ import annotations

import attrs

from .cohort import Cohort
from .liquidation import Liquidation
from .receivables import Receivables
from .tenant import Tenant
from .valuation import Valuation

ALONE = "fleet"  # the name of a fleet's only cohort, when the file writes its terms without a cohort around them


@attrs.frozen(kw_only=True)
class Fleet:
    """Cohorts, and what they have in common.

    collections = max(0, rents − costs) of the period; the part of the costs that nothing covers is `fleet.unfunded`.
    `staff_per_month`: cost of the fleet as a whole, growing by `staff_inflation` a year from closing. `valuation` gives
    the economic value, `liquidation` the orderly and the forced one, and the sale after a default.

    Without `receivables` contract rent is paid in its period.

    Names in formulas, of the fleet (`fleet.…`) and of each cohort (by its own name): book, appraised, economic,
    orderly, forced, revenue, opex, owned (machines), capex, sold (machines, in the period), proceeds, contracted
    (take-or-pay rent to come under leases in force); of the fleet also unfunded, complete (1 from the date on which all
    are in service) and liquidating (1 once the sale has begun).
    """

    cohorts: tuple[Cohort, ...]
    staff_per_month: float = 0.0
    tenants: tuple[Tenant, ...] = ()
    receivables: Receivables | None = None
    staff_inflation: float = 0.0
    valuation: Valuation | None = None
    liquidation: Liquidation | None = None

    def tenant(self, name: str | None) -> Tenant | None:
        """The tenant of that name."""
        return next((tenant for tenant in self.tenants if tenant.name == name), None)
