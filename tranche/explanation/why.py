"""Why an instruction moved what it moved: words from its operands. One function for each kind of line."""

from __future__ import annotations

import enum
import math
from collections.abc import Callable

import attrs

from .observer import Event, Operands
from .words import money


class Reason(enum.StrEnum):
    """What kept a step from moving more."""

    NOTHING = "nothing"
    CASH = "cash"  # there was no more
    LIMIT = "limit"  # of the step
    CONDITION = "condition"  # of the step, which did not hold
    DATE = "date"  # the same, where the date alone decides, or the condition skipped the step
    TERMS = "terms"  # of what is drawn


CONDITIONS = frozenset({Reason.CONDITION, Reason.DATE})


@attrs.frozen
class Said:
    """A reason, and the words for it."""

    words: str
    reason: Reason = Reason.NOTHING


NOT_MET = Said("condition not met", Reason.CONDITION)
NOT_TODAY = Said("condition not met on this date", Reason.DATE)
NOT_NEEDED = Said("not needed: cash covers what is due")
EMPTIED = "emptied, and cash still lacks something"


def paying(event: Event) -> Said:
    """A due of a debt or a fee, from `cash`."""
    due, left = event.before["due"], event.after["due"]
    balance = event.before.get("balance", math.inf)
    if due <= 0:
        return Said("nothing due")
    if left <= event.dust:
        return Said("paid in full")
    if not event.constraint.met:
        return NOT_MET
    if event.amount > 0 and event.amount >= balance - event.dust:
        return Said("repaid in full: no more is owed than that")
    return _held_back(event) or _short_of_cash(event)


def sweeping(event: Event) -> Said:
    balance = event.before["balance"]
    if balance <= event.dust:
        return Said("nothing left to repay")
    if not event.constraint.met:
        return NOT_MET
    if event.amount >= balance - event.dust:
        return Said("repaid in full")
    return _held_back(event) or _rest(event)


def distributing(event: Event) -> Said:
    if not event.constraint.met:
        return NOT_MET
    return _held_back(event) or _rest(event)


def funding(event: Event) -> Said:
    """An account up to its target, from `cash`."""
    target, held = event.before["target"], event.before["account"]
    if held >= target - event.dust:
        return Said(f"at its target of {money(target)}")
    if not event.constraint.met:
        return NOT_MET
    if event.amount >= target - held - event.dust:
        return Said(f"filled to its target of {money(target)}")
    held_back = _held_back(event) or _short_of_cash(event)
    return attrs.evolve(held_back, words=f"{held_back.words}; its target is {money(target)}")


def releasing(event: Event) -> Said:
    """An account's excess over its target, back to `cash`."""
    target, held = event.before["target"], event.before["account"]
    if held <= target + event.dust:
        return Said("empty" if held <= event.dust else f"nothing above its target of {money(target)}")
    if not event.constraint.met:
        return NOT_MET
    return _held_back(event) or Said(f"above its target of {money(target)}")


def drawing(event: Event) -> Said:
    """An account covers what `cash` lacks of a need, or is emptied."""
    need, held = event.before["need"], giving(event.before)
    lacking = need - event.before["cash"]
    if not event.constraint.met:
        return NOT_MET
    if lacking <= event.dust:
        return NOT_NEEDED
    if held <= event.dust:
        return Said("nothing left to draw" if "ceiling" in event.before else "the account is empty", Reason.CASH)
    if event.amount >= lacking - event.dust:
        return Said("covers what cash lacks")
    return _held_back(event) or Said("emptied" if math.isinf(need) else EMPTIED, Reason.CASH)


def giving(before: Operands) -> float:
    """What a draw can take: what an account holds, or what is left below a ceiling, which may have come down since."""
    return max(0.0, before["ceiling"] - before["drawn"]) if "ceiling" in before else before["account"]


def moving(event: Event) -> Said:
    if not event.constraint.met:
        return NOT_MET
    return _held_back(event) or Said("nothing there to move" if event.amount <= event.dust else "all of it")


def written_down(event: Event) -> Said:
    return _writing(event, "taken off the balance")


def written_up(event: Event) -> Said:
    return _writing(event, "owed again")


def _writing(event: Event, said: str) -> Said:
    if not event.constraint.met:
        return NOT_MET
    return Said(f"{said}; no money moves" if event.amount > event.dust else "nothing to write")


def received(event: Event) -> Said:
    return Said("received" if event.amount > event.dust else "nothing received")


def _available(event: Event) -> float:
    for name in ("source", "cash"):
        if name in event.before:
            return event.before[name]
    return math.inf


def _held_back(event: Event) -> Said | None:
    """The limit that bit, if one did."""
    limit, constraint = event.before.get("limit", math.inf), event.constraint
    held = giving(event.before) if "need" in event.before else _available(event)
    may_use = f"limited: the step may use {money(constraint.pot_limit or 0.0)}"
    if constraint.part and event.amount >= limit:
        if constraint.pot_limit is not None:
            return Said(f"{may_use}, which its targets share pro rata", Reason.LIMIT)
        return Said("not enough for all: its pro-rata part", Reason.CASH)
    if event.amount >= limit and limit < held:
        return Said(f"limited to {money(limit)}", Reason.LIMIT)
    if constraint.pot_limit is not None and event.amount >= _available(event):
        return Said(may_use, Reason.LIMIT)
    return None


def _short_of_cash(event: Event) -> Said:
    return Said("no cash left" if event.amount <= event.dust else "not enough cash", Reason.CASH)


def _rest(event: Event) -> Said:
    """What takes all that is there."""
    return Said("no cash left" if event.amount <= event.dust else "all the cash that is left", Reason.CASH)


def _always(words: str) -> Callable[[Event], Said]:
    return lambda event: Said(words)


WHY: dict[str, Callable[[Event], Said]] = {
    "pay": paying,
    "sweep": sweeping,
    "distribute": distributing,
    "fund": funding,
    "release": releasing,
    "draw": drawing,
    "transfer": moving,
    "spend": _always("what the step took from the account"),
    "take in": _always("what came into the account"),
    "receive": received,
    "redeem": _always("paid in for the call"),
    "earn": _always("what the machines earned"),
    "let": _always("what hosting, power that was sold and standby brought"),
    "cost": _always("what it took to run them"),
    "capitalise": _always("unpaid interest is added to the balance"),
    "in kind": _always("interest paid in kind is added to the balance"),
    "realise": _always("what was sold of the collateral brought"),
    "write down": written_down,
    "write up": written_up,
    "convert": _always("converted: the value of the shares"),
    "lend": _always("drawn, and spent outside the deal"),
    "debit": _always("losses of the period"),
    "lose": _always("losses that no ledger has room for"),
    "unpaid": _always("unpaid at the close"),
    "uncovered": _always("operating cost that income does not cover"),
}
