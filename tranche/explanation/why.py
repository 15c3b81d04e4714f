"""Why an instruction moved what it moved: words from its operands. One function for each kind of line."""

from __future__ import annotations

import math
from collections.abc import Callable

from .observer import Event, Operands
from .words import money

NOT_MET = "condition not met"
NOT_TODAY = "condition not met on this date"
NOT_NEEDED = "not needed: cash covers what is due"


def paying(event: Event) -> str:
    """A due of a debt or a fee, from `cash`."""
    due, left = event.before["due"], event.after["due"]
    balance = event.before.get("balance", math.inf)
    if due <= 0:
        return "nothing due"
    if left <= event.dust:
        return "paid in full"
    if not event.setting.met:
        return NOT_MET
    if event.amount > 0 and event.amount >= balance - event.dust:
        return "repaid in full: no more is owed than that"
    return _held_back(event) or _short_of_cash(event)


def sweeping(event: Event) -> str:
    balance = event.before["balance"]
    if balance <= event.dust:
        return "nothing left to repay"
    if not event.setting.met:
        return NOT_MET
    if event.amount >= balance - event.dust:
        return "repaid in full"
    return _held_back(event) or ("no cash left" if event.amount <= event.dust else "all the cash that is left")


def distributing(event: Event) -> str:
    if not event.setting.met:
        return NOT_MET
    return _held_back(event) or ("no cash left" if event.amount <= event.dust else "all the cash that is left")


def funding(event: Event) -> str:
    """An account up to its target, from `cash`."""
    target, held = event.before["target"], event.before["account"]
    if held >= target - event.dust:
        return f"at its target of {money(target)}"
    if not event.setting.met:
        return NOT_MET
    if event.amount >= target - held - event.dust:
        return f"filled to its target of {money(target)}"
    return (_held_back(event) or _short_of_cash(event)) + f"; its target is {money(target)}"


def releasing(event: Event) -> str:
    """An account's excess over its target, back to `cash`."""
    target, held = event.before["target"], event.before["account"]
    if held <= target + event.dust:
        return "empty" if held <= event.dust else f"nothing above its target of {money(target)}"
    if not event.setting.met:
        return NOT_MET
    return _held_back(event) or f"above its target of {money(target)}"


def drawing(event: Event) -> str:
    """An account covers what `cash` lacks of a need, or is emptied."""
    need, held = event.before["need"], giving(event.before)
    lacking = need - event.before["cash"]
    if not event.setting.met:
        return NOT_MET
    if lacking <= event.dust:
        return NOT_NEEDED
    if held <= event.dust:
        return "nothing left to draw" if "ceiling" in event.before else "the account is empty"
    if event.amount >= lacking - event.dust:
        return "covers what cash lacks"
    return _held_back(event) or ("emptied" if math.isinf(need) else "emptied, and cash still lacks something")


def giving(before: Operands) -> float:
    """What a draw can take: what an account holds, or what is left below a ceiling, which may have come down since."""
    return max(0.0, before["ceiling"] - before["drawn"]) if "ceiling" in before else before["account"]


def moving(event: Event) -> str:
    if not event.setting.met:
        return NOT_MET
    return _held_back(event) or ("nothing there to move" if event.amount <= event.dust else "all of it")


def written_down(event: Event) -> str:
    return _writing(event, "taken off the balance")


def written_up(event: Event) -> str:
    return _writing(event, "owed again")


def _writing(event: Event, said: str) -> str:
    if not event.setting.met:
        return NOT_MET
    return f"{said}; no money moves" if event.amount > event.dust else "nothing to write"


def received(event: Event) -> str:
    return "received" if event.amount > event.dust else "nothing received"


def capitalised(event: Event) -> str:
    return "unpaid interest is added to the balance"


def in_kind(event: Event) -> str:
    return "interest paid in kind is added to the balance"


def unpaid(event: Event) -> str:
    return "unpaid at the close"


def uncovered(event: Event) -> str:
    return "operating cost that income does not cover"


def _available(event: Event) -> float:
    for name in ("source", "cash"):
        if name in event.before:
            return event.before[name]
    return math.inf


def _held_back(event: Event) -> str:
    """Words when a limit bit; empty when it did not."""
    limit, setting = event.before.get("limit", math.inf), event.setting
    held = giving(event.before) if "need" in event.before else _available(event)
    if setting.part and event.amount >= limit:
        return "not enough for all: its pro-rata part"
    if event.amount >= limit and limit < held:
        return f"limited to {money(limit)}"
    if setting.pot_limit is not None and event.amount >= _available(event):
        return f"limited: the step may use {money(setting.pot_limit)}"
    return ""


def _short_of_cash(event: Event) -> str:
    return "no cash left" if event.amount <= event.dust else "not enough cash"


WHY: dict[str, Callable[[Event], str]] = {
    "pay": paying,
    "sweep": sweeping,
    "distribute": distributing,
    "fund": funding,
    "release": releasing,
    "draw": drawing,
    "transfer": moving,
    "spend": lambda event: "what the step took from the account",
    "take in": lambda event: "what came into the account",
    "receive": received,
    "redeem": lambda event: "paid in for the call",
    "earn": lambda event: "what the machines earned",
    "cost": lambda event: "what it took to run them",
    "capitalise": capitalised,
    "in kind": in_kind,
    "realise": lambda event: "what was sold of the collateral brought",
    "write down": written_down,
    "write up": written_up,
    "convert": lambda event: "converted: the value of the shares",
    "lend": lambda event: "drawn, and spent outside the deal",
    "debit": lambda event: "losses of the period",
    "lose": lambda event: "losses that no ledger has room for",
    "unpaid": unpaid,
    "uncovered": uncovered,
}
