"""A waterfall step in words: what it does in one line, and the terms that change it."""

from __future__ import annotations

from collections.abc import Iterable

from tranche.deal import Step

from .wording import KEYS, details


def modifiers(step: Step) -> tuple[tuple[str, str], ...]:
    """The `details` of a step beside its verb and where the money goes."""
    return details(step, without=("verb", "targets", "group", "source", "to", "note"))


def words(step: Step, said: Iterable[tuple[str, str]]) -> str:
    """The step, of which `said` are the modifiers, in one line, as a report or a disassembly shows it."""
    joined = {"sequential": ", then ", "pro_rata": " and "}[step.group].join(step.targets)
    text = f"transfer to {joined}" if step.verb == "transfer" else f"{step.verb} {joined}"
    if step.group == "pro_rata" and len(step.targets) > 1:
        text += " pro rata"
    if step.cover:
        text += f" for {', '.join(step.cover)}"
    if step.source != "cash":
        text += f" from {step.source}"
    if step.to != "cash" and step.verb != "transfer":
        text += f" to {step.to}"
    for key, term in said:
        if key != KEYS["cover"]:
            text += _MODIFIERS.get(key, ", {key} {said}").format(key=key, said=term, purse=_purse(step))
    return text


_MODIFIERS = {
    "limit": ", at most {said}",
    "share": ", {said} of {purse}",
    "when": ", when {said}",
    "after": ", from {said}",
    "until": ", until {said}",
    "short": ", short: {said}",
}


def _purse(step: Step) -> str:
    """What a step's share is a share of: the account that it takes from."""
    if step.verb in ("draw", "release"):
        return "it" if len(step.targets) == 1 else "each"
    return "the cash" if step.source == "cash" else step.source
