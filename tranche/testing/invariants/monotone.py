"""More collections never hurt the senior."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from tranche.testing.broken import BrokenInvariant
from tranche.testing.observed import Observed, observe

ROUNDING = 1e-9  # of the notional


def more_cash_never_hurts_senior(seen: Observed, more: ArrayLike | Mapping[str, ArrayLike]) -> None:
    """`more`: collections of the same shape, nowhere lower. On every path and date the most senior debt then owes no
    more (balance) and lacks no more (shortfall) than before. Holds for sequential deals whose payments hang on no
    test, condition or formula of the cash: with triggers, more cash may well open a junior's door first.
    Raises BrokenInvariant."""
    debts = seen.deal.debts_by_rank
    if not debts:
        return
    senior = debts[0]
    richer = observe(seen.deal, more, paths=seen.paths, seed=seen.seed)
    for field in ("balance", "shortfall"):
        before, after = seen.flow(f"{senior.name}.{field}"), richer.flow(f"{senior.name}.{field}")
        worse = np.argwhere(after > before + ROUNDING * senior.notional)
        if worse.size:
            path, t = (int(x) for x in worse[0])
            said = f"{senior.name}.{field} rises from {before[path, t]:.17g} to {after[path, t]:.17g}"
            raise BrokenInvariant("more cash never hurts the senior", seen.name, said, path, t + 1)
