"""What equity may be paid, and when."""

from __future__ import annotations

import numpy as np

from tranche.collateral.terms import Collections
from tranche.deal import Residual
from tranche.testing.broken import BrokenInvariant
from tranche.testing.observed import Observed, observe_rows

from .interest import ROUNDING, waits_for_interest

LESS = (0.95, 0.8, 0.65, 0.5, 0.25)  # of a date's cash


def residual_waits(seen: Observed) -> None:
    """No residual is paid on a date on which interest of a debt that ranks above it stays unpaid or is capitalised.
    (A debt whose unpaid interest is cancelled has waived it.) A deal that means to pay equity all the same says so:
    `accept: {invariants.residual_waits: why}`. Raises BrokenInvariant."""
    order = seen.deal.ranks
    for residual in (t.name for t in seen.deal.tranches if isinstance(t, Residual)):
        for debt in (t.name for t in seen.deal.debts_by_rank if order[t.name] < order[residual]):
            rule = "no residual before a debt's interest"
            waits_for_interest(seen, rule, residual, f"{residual}.distribution", debt)


def distributions_rise_with_cash(seen: Observed) -> None:
    """Where one date brings less cash, and no other date does, no residual gets more on that date: a trap or a trigger
    that works the wrong way round pays equity when coverage fails. Looks at every date of every path with each of LESS,
    in deals on given collections. Raises BrokenInvariant."""
    if not isinstance(seen.deal.collateral, Collections):
        return
    columns = [k for k, name in enumerate(seen.program.inputs) if name.startswith("collections.")]
    periods = seen.program.periods
    cases = [(t, share) for share in LESS for t in range(periods)]
    residuals = [f"{t.name}.distribution" for t in seen.deal.tranches if isinstance(t, Residual)]
    for path in range(seen.paths):
        rows = np.repeat(seen.inputs.rows(path, 1), len(cases), axis=0)
        dust = ROUNDING * rows[0][:, columns].sum()
        for k, (t, share) in enumerate(cases):
            rows[k, t, columns] *= share
        poorer = observe_rows(seen.deal, rows, seen.program)
        dates = [t for t, _ in cases]
        for name in residuals:
            before, after = seen.flow(name)[path, dates], poorer.flow(name)[range(len(cases)), dates]
            for k in np.flatnonzero(after > before + dust)[:1]:
                t, share = cases[k]
                said = f"{name} is {before[k]:.17g}, and {after[k]:.17g} with {share:.0%} of the cash of that date"
                raise BrokenInvariant("less cash, no more for the residual", seen.name, said, path, t + 1)
