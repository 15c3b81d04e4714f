"""What a diagram of a Program shows: a band for the calls and one for each waterfall, an arrow for each movement."""

from __future__ import annotations

import attrs

from tranche.program import Program, Step

from .phrases import SHORT, account, kinds, modifier

LISTS = {
    "calls": "Who is redeemed early",
    "revolving": "Waterfall while revolving",
    "performing": "Waterfall while performing",
    "lock_up": "Waterfall in lock-up",
    "early_amortisation": "Waterfall in early amortisation",
    "enforcement": "Waterfall in enforcement (after a default)",
}


@attrs.frozen
class Arrow:
    """One movement of a step: cash from `source` to `to`, names of accounts or classes. `what`: interest, principal,
    prepayment, fee, residual, top-up, draw, release, transfer, redemption; `kind`: the kind of the class that is not
    the account paid from (debt, fee, residual, account, …)."""

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
    """The waterfall of one status, or the calls (`calls`), which come before the waterfall of a date."""

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
    """What a step stands in: the waterfall of a status, or `calls`; empty for a step of another stage."""
    return "calls" if step.verb == "call" else step.status


def title_of(listed: str) -> str:
    """The heading of a list (see `list_of`)."""
    return LISTS.get(listed, f"Waterfall: {listed.replace('_', ' ')}")


def picture(program: Program) -> Picture:
    """Everything that the calls and the waterfalls of a Program move."""
    lists: dict[str, list[Step]] = {}
    for step in program.steps:
        status = list_of(step)
        if status:
            lists.setdefault(status, []).append(step)
    bands = []
    for status, steps in lists.items():
        rows = tuple(
            Row(number, step.path, step.verb, arrows(program, step), _notes(program, step))
            for number, step in enumerate(steps, start=1)
        )
        bands.append(Band(status, title_of(status), rows))
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
    if step.verb == "call":
        sold = step.path == "clean_up"
        return (Arrow("buyer" if sold else "sponsor", step.to, "collateral" if sold else "redemption", "other"),)
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
    notes = [] if arrows(program, step) and step.verb != "call" else [", ".join(step.targets)]
    if step.verb == "call":
        notes = [f"redeems {notes[0]}" + (" at par" if step.path == "clean_up" else "")]
    if step.group == "pro_rata":
        notes.append("pro rata")
    for key, words in step.details:
        if key == "for":
            notes.append(f"for {words}")
        elif key.endswith(".target"):
            notes.append(f"target: {words}" if len(step.targets) == 1 else f"target of {key[:-7]}: {words}")
        elif key == "short":
            notes.append(SHORT.get(words, words))
        elif key == "purchase_price":
            notes.append(f"for a price of {words}")
        else:
            purse = "it" if step.verb in ("draw", "release") else account(step.source)
            notes.append(modifier(key, words, purse))
    return tuple(notes)
