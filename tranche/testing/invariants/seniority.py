"""Enforcement respects the ranks, and default is for good."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tranche.collateral.terms import Miner
from tranche.deal import Debt, Residual
from tranche.testing.broken import BrokenInvariant
from tranche.testing.observed import Observed

REPAID = ("principal", "prepaid")


def seniority_respected(seen: Observed) -> None:
    """Once in default, on the default enforcement list, no junior is paid on a date on whose close a senior is still
    owed interest or principal. What coins pledged to a junior brought on that date may repay that junior's principal:
    it excuses neither its interest nor a payment beyond. Says nothing of a deal that writes its own enforcement list.
    Raises BrokenInvariant."""
    if seen.deal.waterfall.enforcement:
        return
    order = seen.deal.ranks
    debts = [debt.name for debt in seen.deal.debts_by_rank]
    residuals = [tranche.name for tranche in seen.deal.tranches if isinstance(tranche, Residual)]
    defaulted = seen.flow("status.default") > 0
    for senior in debts:
        owed = seen.flow(f"{senior}.balance") + seen.flow(f"{senior}.shortfall")
        for junior in (*(name for name in debts if order[name] > order[senior]), *residuals):
            paid = seen.flow(f"{junior}.distribution") if junior in residuals else _beyond_its_coins(seen, junior)
            wrong = np.argwhere(defaulted & (paid > 0) & (owed > 0))
            if wrong.size:
                path, t = (int(x) for x in wrong[0])
                said = f"{junior} is paid {paid[path, t]:.17g} while {senior} is owed {owed[path, t]:.17g}"
                raise BrokenInvariant("no junior before a senior under enforcement", seen.name, said, path, t + 1)


def _beyond_its_coins(seen: Observed, name: str) -> NDArray[np.float64]:
    """What a debt is paid [paths, T], without the principal that coins pledged to it repaid: no more than they brought
    on the date, and no more than it was owed before."""
    brought, owed = _brought(seen, name), _owed_before(seen, name)
    paid = seen.flow(f"{name}.interest").copy()
    for field in REPAID:  # the lender applies them in this order
        repaid = seen.flow(f"{name}.{field}")
        own = np.minimum(repaid, np.minimum(brought, owed))
        brought, owed = brought - own, owed - own
        paid += repaid - own
    return paid


def _brought(seen: Observed, debt: str) -> NDArray[np.float64]:
    """What the coins that are pledged to a debt brought its lender [paths, T]."""
    collateral = seen.deal.collateral
    held = collateral.treasury if isinstance(collateral, Miner) else ()
    found = np.zeros(seen.flows.shape[:2])
    for one in held:
        if one.pledge is not None and one.pledge.to == debt:
            found += seen.flow(f"{one.name}.foreclosed")
    return found


def _owed_before(seen: Observed, name: str) -> NDArray[np.float64]:
    """A debt's balance at the close before, at first what is lent at closing, and what the date draws [paths, T]."""
    found = seen.flow(f"{name}.balance").copy()
    found[:, 1:] = found[:, :-1]
    found[:, 0] = next(_lent(one) for one in seen.deal.tranches if isinstance(one, Debt) and one.name == name)
    for field in ("drawn", "drawn_outside"):
        found += seen.flow(f"{name}.{field}")
    return found


def _lent(debt: Debt) -> float:
    """At closing."""
    return debt.notional if debt.draws is None else debt.draws.initial


def default_is_final(seen: Observed) -> None:
    """The status never goes back from default. Raises BrokenInvariant."""
    defaulted = seen.flow("status.default")
    back = np.argwhere(np.diff(defaulted, axis=1) < 0)
    if back.size:
        path, t = (int(x) for x in back[0])
        raise BrokenInvariant("default is final", seen.name, "the deal leaves default", path, t + 2)
