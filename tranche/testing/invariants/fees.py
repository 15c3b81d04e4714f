"""What a fee may be paid in its senior place, and when the rest of it."""

from __future__ import annotations

import numpy as np

from tranche.deal.formula import Number
from tranche.terms.dates import FREQUENCIES
from tranche.testing.broken import BrokenInvariant
from tranche.testing.observed import Observed

from .interest import waits_for_interest

ROUNDING = 1e-9  # of the cap


def fees_within_caps(seen: Observed) -> None:
    """A capped fee is paid no more in its senior place than its cap, on a date or on the dates of any year. Looks at
    caps that are one number; what is paid as `NAME.excess` is beside it. Raises BrokenInvariant."""
    for fee in seen.deal.fees:
        if fee.cap is None or not isinstance(fee.cap.tree, Number):
            continue
        cap = fee.cap.tree.value
        senior = seen.flow(f"{fee.name}.paid") - seen.flow(f"{fee.name}.excess")
        dates = 12 // FREQUENCIES[seen.deal.schedule.frequency] if fee.cap_per == "year" else 1
        total = np.cumsum(senior, axis=1)
        total[:, dates:] -= total[:, :-dates].copy()
        wrong = np.argwhere(total > cap + ROUNDING * max(cap, 1.0))
        if wrong.size:
            path, t = (int(x) for x in wrong[0])
            paid = f"{fee.name} is paid {total[path, t]:.17g} in its senior place"
            said = f"{paid}; its cap a {fee.cap_per} is {cap:.17g}"
            raise BrokenInvariant("fees stay within their caps", seen.name, said, path, t + 1)


def excess_waits(seen: Observed) -> None:
    """What a cap takes out of a fee's senior place is not paid on a date on which interest of the most senior debt
    stays unpaid or is capitalised. A deal that means to pay it all the same says so:
    `accept: {invariants.excess_waits: why}`. Raises BrokenInvariant."""
    debts = seen.deal.debts_by_rank
    if not debts:
        return
    for fee in (fee.name for fee in seen.deal.fees if fee.cap is not None):
        rule = "no excess of a fee before the senior interest"
        waits_for_interest(seen, rule, f"{fee}.excess", f"{fee}.excess", debts[0].name)
