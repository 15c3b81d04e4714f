"""Runs one path twice, in the kernel for the figures and in the slow twin for the reasons."""

from __future__ import annotations

from tranche import engine
from tranche.compiler import dates_of, on_payment_dates
from tranche.inputs import CollateralCash, DealOrPath, MarketOrPath, as_deal, prepare
from tranche.program import Op, Program
from tranche.reduction import OWED
from tranche.reference import Number, run_path

from .alternatives import Alternatives
from .availability import Availability
from .explanation import Explanation
from .extensions import asked, askings
from .lines import Day, lines_of, readings_of
from .observer import Event, Observer, dust
from .options import calls_of, options
from .setting import Setting, setting_of
from .stores import by_store
from .terminations import ended, endings, terminated
from .trace import Trace


def explain(
    deal: DealOrPath,
    path: int = 17,
    seed: int = 0,
    collections: CollateralCash | None = None,
    market: MarketOrPath | None = None,
) -> Explanation:
    """Why a path went as it did: each date, each step, what was available, due, paid and short, and why.

    The path is the same that `run` simulates under this number and seed. Raises DealError, DataError and UsageError.
    """
    found = as_deal(deal, market)
    inputs = prepare(found, seed=seed, collections=collections, fuse=False)
    return explain_inputs(inputs, path, seed, setting_of(on_payment_dates(found, dates_of(found))))


def explain_inputs(inputs: engine.Scenario, path: int, seed: int = 0, setting: Setting | None = None) -> Explanation:
    """The same for one path of a scenario whose Program is not fused."""
    program = inputs.program
    results = engine.run_program(inputs, 1, first_path=path, threads=1, seed=seed)
    rows = inputs.rows(path, 1)[0]
    known, trace = setting or Setting(), Trace(program)
    decided, endings_, asks = options(program, trace), endings(program, trace), askings(program, trace)
    available = Availability(program, trace, known)
    reads = [available.reads, *(one.reads for one in decided), *(one.reads for one in endings_)]
    observer = Observer(program, frozenset[int]().union(*reads, *asks.values()))
    twin = run_path(program, rows, watch=observer)
    days = []
    for t in range(program.periods):
        lines, readings = lines_of(program, observer, t, available), readings_of(program, observer, t)
        over = ended(endings_, observer.seen, t)
        days.append(
            Day(
                number=t + 1,
                date=program.dates[t + 1],
                status=_status(program, twin.movements[t]),
                inputs=dict(zip(program.inputs, (float(x) for x in rows[t]), strict=True)),
                balances=_levels(program, twin.movements[t], "balance"),
                owed=_owed(program, twin.movements[t]),
                lines=by_store(program, terminated(lines, over, dust(program))),
                readings=readings,
                coins=_coins(program, twin.movements[t]),
                calls=calls_of(decided, observer.seen[t]),
                left=_left(program, observer.events[t]),
                sold=_sold(program, twin.movements[t]),
                extensions=asked(asks, observer.seen[t]),
                ended=over,
            )
        )
    numbers = Alternatives(program, inputs, path, inputs.paths)
    return Explanation(program, path, seed, tuple(days), results, numbers, known)


def _owed(program: Program, moved: list[Number]) -> dict[str, float]:
    """What every debt is owed at the close of a date, added up as a run adds up its loss."""
    levels = [_levels(program, moved, field) for field in OWED]
    return {debt.name: sum(level.get(debt.name, 0.0) for level in levels) for debt in program.debts}


def _levels(program: Program, moved: list[Number], field: str) -> dict[str, float]:
    """The levels of one field at the close of a date, by their owners: debts, accounts."""
    return {
        record.owner: float(moved[k])
        for k, record in enumerate(program.records)
        if record.field == field and not record.flow
    }


COINS = ("coins", "pledged", "mined", "sold", "posted")


def _coins(program: Program, moved: list[Number]) -> dict[str, float]:
    """Of every treasury, the coins that are there and pledged at the close of a date, and those mined, sold for the
    collections and posted on it."""
    treasuries = {claim.name for claim in program.claims if claim.kind == "treasury"}
    return {
        record.name: float(moved[k])
        for k, record in enumerate(program.records)
        if record.owner in treasuries and record.field in COINS
    }


def _left(program: Program, events: list[Event]) -> dict[str, float]:
    """What the close of a date found unpaid, by the registers that hold it."""
    found: dict[str, float] = {}
    for event in events:
        one = program.code[event.instruction]
        if one.op is Op.SHORTFALL:
            found |= {program.registers[one.operands[side]].name: event.before[side] for side in "ab"}
    return found


def _sold(program: Program, moved: list[Number]) -> float:
    """Machines of a fleet that were sold on a date."""
    return sum(float(moved[k]) for k, record in enumerate(program.records) if record.name == "fleet.sold")


def _status(program: Program, moved: list[Number]) -> str:
    """The gravest status of the date: as the program records it or, where it does so for a default alone, in lock-up
    when a test fails its lock-up level."""
    named = {record.name: moved[k] for k, record in enumerate(program.records)}
    for name in ("default", "early_amortisation", "lock_up", "revolving"):
        if named.get(f"status.{name}", 0) != 0:
            return name.replace("lock_up", "lock-up").replace("_", " ")
    recorded = any(record.owner == "status" and record.field != "default" for record in program.records)
    lock_up = any(record.field == "lock_up" and moved[k] != 0 for k, record in enumerate(program.records))
    return "lock-up" if lock_up and not recorded else "performing"
