"""What waits until the interest of a debt is paid."""

from __future__ import annotations

import numpy as np

from tranche.testing.broken import BrokenInvariant
from tranche.testing.observed import Observed

ROUNDING = 1e-9  # of the path's cash


def waits_for_interest(seen: Observed, rule: str, name: str, record: str, debt: str) -> None:
    """Nothing of `record`, which messages call `name`, is paid on a date on which interest of the debt stays unpaid or
    is capitalised. (A debt whose unpaid interest is cancelled has waived it.)"""
    paid = seen.flow(record)
    lacking = seen.flow(f"{debt}.arrears") + seen.flow(f"{debt}.deferred")
    dust = ROUNDING * np.maximum(seen.flow("collateral.collections"), 1.0)
    wrong = np.argwhere((paid > dust) & (lacking > dust))
    if wrong.size:
        path, t = (int(x) for x in wrong[0])
        said = f"{name} is paid {paid[path, t]:.17g} while {lacking[path, t]:.17g} interest of {debt} is not"
        raise BrokenInvariant(rule, seen.name, said, path, t + 1)
