"""Cash in is cash out, in total and in every period."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from tranche.results import OUTFLOWS
from tranche.testing.broken import BrokenInvariant
from tranche.testing.observed import Observed

ROUNDING = 1e-9  # of the cash that came in on the path, in floats


def cash_conserved(seen: Observed) -> None:
    """Over the life of each path, collections and what the accounts held at closing are what was paid and what is left
    (to 1e-9 of it), and the audit of the results says so."""
    totals = {record.name: seen.results.totals[:, k] for k, record in enumerate(seen.program.records)}
    came_in = totals["collateral.collections"] + sum(account.initial for account in seen.deal.accounts)
    went_out = sum(totals[name] for name in outflows(seen) if name in totals)
    left = sum(totals[f"{name}.balance"] for name in accounts(seen))
    residual = np.abs(came_in - went_out - left)
    for path in np.flatnonzero(residual > ROUNDING * np.maximum(came_in, 1.0)):
        said = f"{came_in[path]:.17g} came in, {residual[path]:.17g} is neither paid nor held"
        raise BrokenInvariant("cash in = cash out", seen.name, said, int(path))
    if seen.results.audit.absolute > residual.max() + ROUNDING * came_in.max():
        said = f"the audit says {seen.results.audit.absolute:.17g}, the flows {residual.max():.17g}"
        raise BrokenInvariant("cash in = cash out", seen.name, said, seen.results.audit.path)


def exact_conservation(seen: Observed) -> None:
    """In exact arithmetic the residual of every path and period is 0, to the last digit."""
    names = [record.name for record in seen.program.records]
    paid = [k for k, name in enumerate(names) if name in outflows(seen)]
    held = [names.index(f"{name}.balance") for name in accounts(seen)]
    received = names.index("collateral.collections")
    for path, result in enumerate(seen.exact_paths):
        before = sum((Fraction(account.initial) for account in seen.deal.accounts), Fraction(0))
        for t, moved in enumerate(result.movements):
            after = sum(moved[k] for k in held)
            residual = before + moved[received] - sum(moved[k] for k in paid) - after
            if residual != 0:
                said = f"in exact arithmetic {float(residual):.17g} is neither paid nor held"
                raise BrokenInvariant("cash in = cash out", seen.name, said, path, t + 1)
            before = after


def outflows(seen: Observed) -> set[str]:
    """The records that take money out of the deal."""
    return {f"{claim.name}.{field}" for claim in seen.program.claims for field in OUTFLOWS.get(claim.kind, ())}


def accounts(seen: Observed) -> list[str]:
    """The accounts of the deal, the collection account among them."""
    return ["cash", *(account.name for account in seen.deal.accounts)]
