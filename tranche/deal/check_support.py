"""What must hold between the fields of guarantees, hedges and ledgers."""

from __future__ import annotations

from collections.abc import Iterator

from tranche.errors import Place, Problem

from .guarantee import Guarantee
from .hedge import Cap, Hedge, Swap
from .ledger import Ledger


def support_problems(
    guarantees: tuple[Guarantee, ...], hedges: tuple[Hedge, ...], ledgers: tuple[Ledger, ...]
) -> Iterator[Problem]:
    """Every problem between the fields of one of them, with its path in the deal."""
    for guarantee in guarantees:
        days = [day for day, _ in guarantee.steps]
        if len(set(days)) < len(days):
            yield _problem(f"guarantees.{guarantee.name}.steps", "two steps begin on one date", "keep one")
    for hedge in hedges:
        yield from _hedge(hedge)
    seen: dict[tuple[object, str], str] = {}
    for ledger in ledgers:
        key = (ledger.losses.tree, ledger.tranche)
        if key in seen:
            what = f"{seen[key]} takes the same losses for {ledger.tranche} already"
            yield _problem(f"ledgers.{ledger.name}.tranche", what, "one ledger for each tranche")
        seen[key] = ledger.name


def _hedge(hedge: Hedge) -> Iterator[Problem]:
    path = f"hedges.{hedge.name}"
    if hedge.start is not None and hedge.end is not None and hedge.start >= hedge.end:
        yield _problem(f"{path}.end", f"it ends on {hedge.end}, before it begins on {hedge.start}", "swap them")
    terms = hedge.termination
    if terms is not None and terms.when is None and terms.counterparty is None:
        yield _problem(f"{path}.termination", "there is no event", "add `when` or `counterparty`, a condition")
    if terms is not None and terms.value is None and isinstance(hedge, Cap):
        fix = "state what the cap is worth: the curve knows no volatility"
        yield _problem(f"{path}.termination.value", "is missing", fix)
    if isinstance(hedge, Swap) and hedge.pay == hedge.receive and hedge.pay_day_count == hedge.receive_day_count:
        yield _problem(f"{path}.receive", "both legs are the same", "pay one rate and receive another")


def _problem(path: str, what: str, fix: str) -> Problem:
    return Problem(what, fix, Place(path))
