"""Enforcement respects the ranks, and default is for good."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tranche.collateral.terms import Miner
from tranche.deal import Debt, Residual
from tranche.testing.broken import BrokenInvariant
from tranche.testing.observed import Observed

PAID = ("interest", "principal", "prepaid", "distribution")


def seniority_respected(seen: Observed) -> None:
    """Once in default, on the default enforcement list, no junior is paid on a date on whose close a senior is still
    owed interest or principal. What a junior's lender sells of the coins that are pledged to that junior alone is its
    own. Says nothing of a deal that writes its own enforcement list."""
    if seen.deal.waterfall.enforcement:
        return
    order = {tranche.name: tranche.rank or k for k, tranche in enumerate(seen.deal.tranches, start=1)}
    debts = sorted((t.name for t in seen.deal.tranches if isinstance(t, Debt)), key=lambda name: order[name])
    residuals = [tranche.name for tranche in seen.deal.tranches if isinstance(tranche, Residual)]
    defaulted = seen.flow("status.default") > 0
    for senior in debts:
        owed = seen.flow(f"{senior}.balance") + seen.flow(f"{senior}.shortfall")
        for junior in (*(name for name in debts if order[name] > order[senior]), *residuals):
            paid = np.sum([seen.flow(f"{junior}.{field}") for field in PAID], axis=0)
            paid = paid - np.minimum(paid, _own_security(seen, junior))
            wrong = np.argwhere(defaulted & (paid > 0) & (owed > 0))
            if wrong.size:
                path, t = (int(x) for x in wrong[0])
                said = f"{junior} is paid {paid[path, t]:.17g} while {senior} is owed {owed[path, t]:.17g}"
                raise BrokenInvariant("no junior before a senior under enforcement", seen.name, said, path, t + 1)


def _own_security(seen: Observed, debt: str) -> NDArray[np.float64]:
    """What the lender of a debt has sold of the coins pledged to it [paths, T]."""
    collateral = seen.deal.collateral
    held = collateral.treasury if isinstance(collateral, Miner) else ()
    own = [one.name for one in held if one.pledge is not None and one.pledge.to == debt]
    sold = np.zeros(seen.flows.shape[:2])
    for name in own:
        sold += seen.flow(f"{name}.foreclosed")
    return sold


def default_is_final(seen: Observed) -> None:
    """The status never goes back from default."""
    defaulted = seen.flow("status.default")
    back = np.argwhere(np.diff(defaulted, axis=1) < 0)
    if back.size:
        path, t = (int(x) for x in back[0])
        raise BrokenInvariant("default is final", seen.name, "the deal leaves default", path, t + 2)
