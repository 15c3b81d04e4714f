"""What a diagram of a Program shows: a band for each waterfall, an arrow for each movement of a step."""

from __future__ import annotations

import re

import attrs

from tranche.program import Program, Step

from .phrases import MODIFIERS, SHORT, account, kinds

LISTS = {
    "revolving": "Waterfall while revolving",
    "performing": "Waterfall while performing",
    "lock_up": "Waterfall in lock-up",
    "early_amortisation": "Waterfall in early amortisation",
    "enforcement": "Waterfall in enforcement (after a default)",
}


@attrs.frozen
class Arrow:
    """One movement of a step: cash from `source` to `to`, names of accounts or classes. `what`: interest, principal,
    prepayment, fee, residual, top-up, draw, release, transfer; `kind`: the kind of the class that is not the account
    paid from (debt, fee, residual, account, …)."""

    source: str
    to: str
    what: str
    kind: str


@attrs.frozen
class Row:
    """One step of a band: its number, its words, its movements, and the conditions under which it runs."""

    number: int
    path: str
    verb: str
    arrows: tuple[Arrow, ...]
    notes: tuple[str, ...] = ()


@attrs.frozen
class Band:
    """The waterfall of one status."""

    status: str
    title: str
    rows: tuple[Row, ...]


@attrs.frozen
class Picture:
    """A deal as a diagram: `bands` in the order of the Program."""

    title: str
    subtitle: tuple[str, ...]
    bands: tuple[Band, ...]


def list_of(step: Step) -> str:
    """The status whose waterfall a step belongs to; empty for a step of another stage."""
    match = re.match(r"waterfall\.(\w+)\[", step.path)
    return match[1] if match else ""


def picture(program: Program) -> Picture:
    """Everything that the waterfalls of a Program move."""
    statuses = dict.fromkeys(status for step in program.steps if (status := list_of(step)))
    bands = []
    for status in statuses:
        steps = [step for step in program.steps if list_of(step) == status]
        rows = tuple(
            Row(number, step.path, step.verb, arrows(program, step), _notes(program, step))
            for number, step in enumerate(steps, start=1)
        )
        bands.append(Band(status, LISTS.get(status, f"Waterfall: {status.replace('_', ' ')}"), rows))
    span = f"{program.periods} payment dates"
    if program.dates:
        span += f", {program.dates[1]} to {program.dates[-1]}"
    return Picture(program.name, (span, f"made from the compiled deal {program.hash[:16]}"), tuple(bands))


def arrows(program: Program, step: Step) -> tuple[Arrow, ...]:
    """The movements of one step, in order."""
    if step.verb in ("write_down", "write_up"):
        return ()  # no cash moves
    if step.verb == "transfer":
        return (Arrow(step.source, step.to, "transfer", "account"),)
    known = kinds(program)
    found = []
    for target in step.targets:
        owner, _, part = target.rpartition(".")
        owner = owner or target
        kind = known.get(owner, "other")
        if step.verb in ("draw", "release"):
            found.append(Arrow(owner, step.to, step.verb, kind))
        else:
            found.append(Arrow(step.source, owner, _what(step.verb, part if "." in target else "", kind), kind))
    return tuple(found)


def _what(verb: str, part: str, kind: str) -> str:
    if verb == "pay":
        return part.replace("_", " ") or {"fee": "fee", "residual": "all that is left"}.get(kind, kind)
    known = {"sweep": "prepayment", "fund": "top-up", "settle": "net amount", "repay": "repayment"}
    return known.get(verb, verb.replace("_", " "))


def _notes(program: Program, step: Step) -> tuple[str, ...]:
    notes = [] if arrows(program, step) else [", ".join(step.targets)]
    if step.group == "pro_rata":
        notes.append("pro rata")
    for key, words in step.details:
        if key == "for":
            notes.append(f"for {words}")
        elif key.endswith(".target"):
            notes.append(f"target: {words}" if len(step.targets) == 1 else f"target of {key[:-7]}: {words}")
        elif key == "short":
            notes.append(SHORT.get(words, words))
        else:
            phrase = MODIFIERS.get(key, key.replace("_", " ") + " {0}")
            notes.append(phrase.format(words, purse="it" if step.verb in ("draw", "release") else account(step.source)))
    return tuple(notes)
