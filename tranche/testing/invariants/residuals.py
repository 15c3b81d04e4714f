"""What equity may be paid, and when."""

from __future__ import annotations

import numpy as np

from tranche.collateral.terms import Collections
from tranche.deal import Debt, Residual
from tranche.testing.broken import BrokenInvariant
from tranche.testing.observed import Observed, observe_rows

ROUNDING = 1e-9  # of the path's cash


def residual_waits(seen: Observed) -> None:
    """No residual is paid on a date on which interest of a debt that ranks above it stays unpaid or is capitalised.
    (A debt whose unpaid interest is cancelled has waived it.) A deal that means to pay equity all the same exempts
    itself: `expect: {exempt: [residual_waits]}`."""
    order = {tranche.name: tranche.rank or k for k, tranche in enumerate(seen.deal.tranches, start=1)}
    for residual in (t.name for t in seen.deal.tranches if isinstance(t, Residual)):
        paid = seen.flow(f"{residual}.distribution")
        for debt in (t.name for t in seen.deal.tranches if isinstance(t, Debt) and order[t.name] < order[residual]):
            lacking = seen.flow(f"{debt}.arrears") + seen.flow(f"{debt}.deferred")
            dust = ROUNDING * np.maximum(seen.flow("collateral.collections"), 1.0)
            wrong = np.argwhere((paid > dust) & (lacking > dust))
            if wrong.size:
                path, t = (int(x) for x in wrong[0])
                said = f"{residual} is paid {paid[path, t]:.17g} while {lacking[path, t]:.17g} interest of {debt} is not"
                raise BrokenInvariant("no residual before a debt's interest", seen.name, said, path, t + 1)


def distributions_rise_with_cash(seen: Observed) -> None:
    """Where the cash of one date is halved, and that of no other, no residual gets more on that date: a trap or a
    trigger that works the wrong way round pays equity when coverage fails. Looks at every date of every path, in deals
    on given collections."""
    if not isinstance(seen.deal.collateral, Collections):
        return
    columns = [k for k, name in enumerate(seen.program.inputs) if name.startswith("collections.")]
    periods = seen.program.periods
    residuals = [f"{t.name}.distribution" for t in seen.deal.tranches if isinstance(t, Residual)]
    for path in range(seen.paths):
        rows = np.repeat(seen.inputs.rows(path, 1), periods, axis=0)
        for t in range(periods):
            rows[t, t, columns] *= 0.5
        poorer = observe_rows(seen.deal, rows)
        for name in residuals:
            before, after = seen.flow(name)[path], np.diagonal(poorer.flow(name))
            wrong = np.flatnonzero(after > before + ROUNDING * rows[:, :, columns].sum(axis=(1, 2)))
            if wrong.size:
                t = int(wrong[0])
                said = f"{name} is {before[t]:.17g}, and {after[t]:.17g} with half the cash of that date"
                raise BrokenInvariant("less cash, no more for the residual", seen.name, said, path, t + 1)
