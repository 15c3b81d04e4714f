"""The terms of a step outside the waterfalls in words, and what the levels of a test are stated in."""

from __future__ import annotations

from tranche.program import Step

AMOUNT = "amount"
_TOLD = ("numerator", "denominator", "unit")  # by the ratio, and by the levels


def terms_of(step: Step) -> tuple[str, str]:
    """(the ratio of a test, the other terms); empty where there are none."""
    details = dict(step.details)
    over, under = details.get("numerator", ""), details.get("denominator", "")
    ratio = over if under == "1" else f"{_operand(over)} / {_operand(under)}" if over and under else ""
    others = (f"{key.replace('_', ' ')} {words}" for key, words in step.details if key not in _TOLD)
    return ratio, "; ".join(others)


def unit_of(step: Step) -> str:
    """What the levels of a test are stated in: `%`, `x`, or AMOUNT (`value:` in a deal file)."""
    details = dict(step.details)
    return details.get("unit", AMOUNT if details.get("denominator") == "1" else "x")


def _operand(text: str) -> str:
    """A side of a ratio, in brackets unless it is a name or one call of a function."""
    if text.replace("_", "").replace(".", "").isalnum() or _is_call(text):
        return text
    return f"({text})"


def _is_call(text: str) -> bool:
    """Whether the first bracket, after a name, closes at the end."""
    name, bracket, rest = text.partition("(")
    if not bracket or not name.replace("_", "").isalnum():
        return False
    depth = 1
    for k, letter in enumerate(rest):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return k == len(rest) - 1
    return False
