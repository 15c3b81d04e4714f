"""Lines of an explanation: what a step had, owed, paid and left short, and why."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping

import attrs

from tranche.description.terms import AMOUNT, unit_of
from tranche.program import Op, Program, Record, Step, ratio_of
from tranche.records import LEVEL_WORDS

from .availability import Availability
from .observer import Event, Observer
from .options import Call
from .why import NOT_MET, NOT_TODAY, WHY, Reason, Said, giving
from .words import infinite, money, ratio, share

# record field → what is done; funds and draws are told apart by their operands. Every flow that a program can record
# stands here, in FLAGS, in LEVEL_WORDS or in SILENT.
VERBS = {
    "collections": "receive",
    "interest": "pay",
    "principal": "pay",
    "paid": "pay",
    "excess": "pay",
    "fee": "pay",
    "commitment_fee": "pay",
    "cap_shortfall": "pay",
    "credited": "pay",
    "termination": "pay",
    "termination_subordinated": "pay",
    "received": "receive",
    "earned": "receive",
    "termination_received": "receive",
    "foreclosed": "receive",
    "advanced": "draw",
    "called": "draw",
    "repaid": "sweep",
    "reimbursed": "sweep",
    "prepaid": "sweep",
    "distribution": "distribute",
    "funded": "fund",
    "drawn": "draw",
    "deferred": "capitalise",
    "shortfall": "unpaid",
    "unfunded": "uncovered",
    "revenue": "earn",
    "income": "let",
    "opex": "cost",
    "equity_cure": "receive",
    "call_premium": "pay",
    "refinanced": "redeem",
    "clean_up": "redeem",
    "written_down": "write down",
    "written_up": "write up",
    "converted": "convert",
    "drawn_outside": "lend",
    "debited": "debit",
    "unallocated": "lose",
    "proceeds": "realise",
}
# record fields of treasuries that are 1 or 0, and what 1 means
FLAGS = {"called": "a margin call: the loan is at or above the call level", "liquidated": "the lender sells coins"}
# numbers of machines and coins
SILENT = frozenset({"mined", "sold", "posted", "released"})
# shown only where they move something
_ASIDE = frozenset({"let", "convert", "lend", "debit", "lose", "in kind", "realise"})
# of what moves at once, and was neither there before nor due
MOVED = frozenset({"spend", "take in", "earn", "let", "cost", "write down", "write up", "convert", "lend", "debit",
                   "lose", "realise"})  # fmt: skip
QUIET = frozenset({"capitalise", "earn", "cost", "spend", "take in", "redeem", "unpaid", "uncovered"}) | _ASIDE


@attrs.frozen
class Line:
    """One payment of one step on one date, in the deal's currency; NaN where a column says nothing.

    `record` names what was paid (`senior.interest`); `available`: cash in the account it is paid from, before;
    `due`: what was owed, or missing to an account's target, or lacking to a draw; `short`: what of it stays open.
    A test's numerator and denominator stand in `available` and `due`. `why` in words, and the `reason` that kept the
    step from moving more.
    """

    step: str
    text: str
    record: str
    verb: str
    available: float
    due: float
    paid: float
    short: float
    why: str
    reason: Reason = Reason.NOTHING

    @property
    def owner(self) -> str:
        """The class of the deal whose record it is."""
        return self.record.rpartition(".")[0]


@attrs.frozen
class Reading:
    """A coverage test against one of its levels, which `field` names as its record does. `ratio` is infinite where
    nothing is due, `level` before its first test date minus infinity."""

    test: str
    field: str
    ratio: float
    level: float
    failed: bool
    breach: str = "below"  # the side of the level on which it fails
    unit: str = "x"  # see `description.terms.unit_of`

    def leads_to(self, status: str) -> bool:
        """Whether failing this level puts the deal into the status."""
        return self.failed and self.field == status.replace("-", "_").replace(" ", "_")

    @property
    def level_name(self) -> str:
        return LEVEL_WORDS[self.field]

    def show(self, value: float) -> str:
        """A level, or what is compared with it, in its own unit."""
        if not math.isfinite(value):
            return infinite(value)
        return {AMOUNT: money, "%": share}.get(self.unit, ratio)(value)

    @property
    def words(self) -> str:
        if math.isinf(self.level):
            return "not tested yet"
        if math.isinf(self.ratio) and not self.failed:
            return "passed: nothing is due"
        verdict = f"failed: {self.breach}" if self.failed else f"passed: not {self.breach}"
        return f"{self.show(self.ratio)} {verdict} its {self.level_name} of {self.show(self.level)}"


@attrs.frozen
class Day:
    """Everything that happened on one payment date."""

    number: int  # 1 … T
    date: dt.date
    status: str
    inputs: dict[str, float]
    balances: dict[str, float]
    owed: dict[str, float]  # what every debt is owed at the close: the records of `reduction.OWED`
    lines: tuple[Line, ...]
    readings: tuple[Reading, ...]
    coins: dict[str, float] = attrs.field(factory=dict)  # records of treasuries that are numbers of coins
    calls: tuple[Call, ...] = ()  # of each call of the deal, how it stood
    left: Mapping[str, float] = attrs.field(factory=dict)  # of debts: interest, principal unpaid at the close, by name
    sold: float = 0.0  # machines of a fleet
    extensions: Mapping[str, Mapping[int, bool]] = attrs.field(factory=dict)  # of a debt, by number: whether taken
    ended: Mapping[str, float] = attrs.field(factory=dict)  # hedges, and what the deal owed for their termination

    def before(self, line: Line) -> tuple[Line, ...]:
        """The lines that ran before one of them."""
        return self.lines[: self._place(line)]

    def after(self, line: Line) -> tuple[Line, ...]:
        """The lines that ran after one of them."""
        return self.lines[self._place(line) + 1 :]

    def _place(self, line: Line) -> int:
        return next(k for k, one in enumerate(self.lines) if one is line)


def lines_of(program: Program, observer: Observer, t: int, availability: Availability) -> tuple[Line, ...]:
    """The lines of date t, in the order in which the program's steps ran; steps of other waterfalls are left out."""
    found: list[Line] = []
    for step in program.steps:
        if not observer.ran[t].isdisjoint(range(step.first, step.last)):
            found += _step(program, observer, t, step, availability)
    return tuple(found)


def readings_of(program: Program, observer: Observer, t: int) -> tuple[Reading, ...]:
    """Every level of every coverage test on date t."""
    found = []
    for event in observer.events[t]:
        if program.code[event.instruction].is_test:
            found.append(_reading(program, _record(program, event.instruction), event))
    return tuple(found)


def _step(program: Program, observer: Observer, t: int, step: Step, availability: Availability) -> list[Line]:
    events = {event.instruction: event for event in observer.events[t]}
    found = []
    for k in range(step.first, step.last):
        if program.code[k].record < 0:
            continue
        record = _record(program, k)
        if k in events:
            refused = availability.why(step, record.owner, events[k], program.dates[t + 1], observer.seen[t])
            line = _line(program, step, record, events[k], refused)
        else:
            line = _skipped(program, step, record, k)
        if line is not None:
            found.append(line)
    return found


def _line(program: Program, step: Step, record: Record, event: Event, refused: Said | None) -> Line | None:
    if program.code[event.instruction].is_test:
        reading = _reading(program, record, event)
        nothing = math.nan
        return Line(step.path, step.text, record.name, "test", event.before["numerator"], event.before["denominator"],
                    nothing, nothing, reading.words)  # fmt: skip
    if _is_flag(record, frozenset(event.before)):
        return _flag(step, record) if event.amount != 0 else None
    if record.field not in VERBS or not record.flow:
        return None
    verb = _verb(record, frozenset(event.before))
    if _swept_due(step, record):
        verb = "sweep"
    if verb == "capitalise" and _in_kind(program, record, event):
        verb = "in kind"
    if (verb in QUIET or _swept_due(step, record) or _is_sale(step, record)) and event.amount == 0:
        return None
    available, due, paid, short = _amounts(verb, event)
    said = refused or WHY[verb](event)
    return Line(step.path, step.text, record.name, verb, available, due, paid, short, said.words, said.reason)


def _skipped(program: Program, step: Step, record: Record, number: int) -> Line | None:
    names = frozenset(program.code[number].operands)
    if _is_flag(record, names) or _is_sale(step, record):
        return None
    if record.field not in VERBS or not record.flow or _verb(record, names) in QUIET or _swept_due(step, record):
        return None
    said = NOT_TODAY if {"when", "after", "until"} & dict(step.details).keys() else NOT_MET
    verb, nothing = _verb(record, names), math.nan
    return Line(step.path, step.text, record.name, verb, nothing, nothing, 0.0, nothing, said.words, said.reason)


def _in_kind(program: Program, record: Record, event: Event) -> bool:
    """Whether what is capitalised never fell due: interest in kind is kept apart from interest."""
    due = int(program.instructions[event.instruction]["r"][0])
    return program.registers[due].name == f"{record.owner}.pik"


def _is_flag(record: Record, operands: frozenset[str]) -> bool:
    """Whether a record counts dates: `called` is an amount of a guarantee, and a flag of a treasury."""
    return record.field in FLAGS and {"a", "b"} <= operands


def _flag(step: Step, record: Record) -> Line:
    nothing = math.nan
    said = FLAGS[record.field]
    return Line(step.path, step.text, record.name, "flag", nothing, nothing, nothing, nothing, said)


def _swept_due(step: Step, record: Record) -> bool:
    """Whether a line is the part of a sweep, or of a lender's sale of coins, that pays an instalment due."""
    return record.field == "principal" and (step.verb == "sweep" or not step.verb)


def _is_sale(step: Step, record: Record) -> bool:
    """Whether a line is what a lender's sale of coins brought, or repaid: on most dates there is none."""
    return not step.verb and record.field in ("foreclosed", "prepaid")


def _verb(record: Record, operands: frozenset[str]) -> str:
    verb = VERBS[record.field]
    if verb in ("draw", "fund") and {"a", "b"} <= operands:
        return "spend" if verb == "draw" else "take in"
    if verb in ("fund", "draw") and "amount" in operands:  # from outside the deal: interest earned, a lender, coins
        return "receive"
    if verb in ("fund", "draw") and {"source", "to"} <= operands:
        return "transfer"
    return "release" if verb == "draw" and "target" in operands else verb


def _amounts(verb: str, event: Event) -> tuple[float, float, float, float]:
    """(available, due, paid, short)."""
    before, moved, nothing = event.before, event.amount, math.nan
    match verb:
        case "pay":
            return before["cash"], before["due"], moved, event.after["due"]
        case "sweep" | "distribute":
            return before["cash"], nothing, moved, 0.0
        case "fund":
            due = max(0.0, before["target"] - before["account"])
            return before["cash"], due, moved, due - moved
        case "release":
            return before["account"], max(0.0, before["account"] - before["target"]), moved, 0.0
        case "draw":
            lacking = max(0.0, before["need"] - before["cash"])
            finite = math.isfinite(lacking)
            return giving(before), lacking if finite else nothing, moved, lacking - moved if finite else 0.0
        case "transfer":
            return before["source"], nothing, moved, 0.0
        case _ if verb in MOVED:
            return nothing, nothing, moved, 0.0
        case "receive" | "redeem":
            return before["cash"], moved, moved, 0.0
        case "capitalise" | "in kind":
            return nothing, before["due"], moved, event.after["due"]
    return nothing, moved, 0.0, moved  # unpaid or uncovered


def _record(program: Program, instruction: int) -> Record:
    return program.records[program.code[instruction].record]


def _reading(program: Program, record: Record, event: Event) -> Reading:
    numerator, denominator = event.before["numerator"], event.before["denominator"]
    above = program.code[event.instruction].op is Op.TEST_ABOVE
    value = ratio_of(numerator, denominator, above)
    level, failed = event.before["level"], event.amount != 0
    own = program.step(f"tests.{record.owner}")
    return Reading(record.owner, record.field, value, level, failed, "above" if above else "below",
                   unit_of(own) if own is not None else "x")  # fmt: skip
