"""Cash in is cash out, in total and in every period."""

from __future__ import annotations

import numpy as np

from tranche.reference import exact
from tranche.results import residuals
from tranche.testing.broken import BrokenInvariant
from tranche.testing.observed import Observed

ROUNDING = 1e-9  # of the cash that came in on the path, in floats


def cash_conserved(seen: Observed) -> None:
    """Over the life of each path, what came in and what the accounts held at closing are what was paid and what is left
    (to 1e-9 of it), and the audit of the results says so. Raises BrokenInvariant."""
    named = list(zip(seen.program.records, seen.results.kept.T, strict=True))
    opening = np.full(seen.paths, seen.program.cash_at_closing)
    came_in = sum((total for record, total in named if record.side > 0), opening)
    went_out = sum((total for record, total in named if record.side < 0), np.zeros(seen.paths))
    left = sum(dict((record.name, total) for record, total in named)[f"{name}.balance"] for name in accounts(seen))
    residual = np.abs(came_in - went_out - left)
    for path in np.flatnonzero(residual > ROUNDING * np.maximum(came_in, 1.0)):
        said = f"{came_in[path]:.17g} came in, {residual[path]:.17g} is neither paid nor held"
        raise BrokenInvariant("cash in = cash out", seen.name, said, int(path))
    if seen.results.audit.absolute > residual.max() + ROUNDING * came_in.max():
        said = f"the audit says {seen.results.audit.absolute:.17g}, the flows {residual.max():.17g}"
        raise BrokenInvariant("cash in = cash out", seen.name, said, seen.results.audit.path)


def exact_conservation(seen: Observed) -> None:
    """In exact arithmetic the residual of every path and period is 0, to the last digit. Raises BrokenInvariant."""
    for path, result in enumerate(seen.exact_paths):
        for t, residual in enumerate(residuals(seen.program, result, exact)):
            if residual != 0:
                said = f"in exact arithmetic {float(residual):.17g} is neither paid nor held"
                raise BrokenInvariant("cash in = cash out", seen.name, said, path, t + 1)


def accounts(seen: Observed) -> list[str]:
    """The accounts of the deal, the collection account among them."""
    return ["cash", *(account.name for account in seen.deal.accounts)]
