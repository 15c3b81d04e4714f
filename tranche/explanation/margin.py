"""What lenders on pledged coins did on a path: margin calls, what was posted, what they sold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from tranche.program import Program

from .lines import Day, Reading
from .observer import dust
from .setting import Setting
from .sums import balance_before, cash
from .words import count, level, percent

TREASURIES = "collateral.miner.treasury"
MOST = 4  # dates that are told for each treasury
FLAGS = ("called", "liquidated")


@attrs.frozen
class Sale:
    """What pledged coins that a lender sold brought, and how much of it repaid the debt."""

    brought: float = 0.0
    repaid: float = 0.0


@attrs.frozen
class Looked:
    """One treasury on one date on which its lender did something. `margin`: the sale of what a call left short, or at
    once; `default`: that of everything; `free`: brought by free coins that were sold because of a default."""

    day: Day
    flags: frozenset[str]
    margin: Sale
    default: Sale
    free: float

    @property
    def brought(self) -> float:
        return self.margin.brought + self.default.brought


def margin(program: Program, days: Sequence[Day], setting: Setting) -> Iterator[str]:
    """Sentences on every treasury of which coins are pledged, in the order of the dates."""
    debts = {step.path.split(".")[-2]: dict(step.details)["to"] for step in program.steps
             if step.path.startswith(f"{TREASURIES}.") and step.path.endswith(".pledge")}  # fmt: skip
    for name, debt in debts.items():
        looked = [one for day in days if (one := _look(program, name, debt, day)) is not None]
        for one in looked[:MOST]:
            yield f"{one.day.date}: {_told(program, days, setting, name, debt, one)}."
        if len(looked) > MOST:
            more = f"{count(len(looked) - MOST, 'more date')}, last on {looked[-1].day.date}"
            brought = sum(one.brought for one in looked[MOST:])
            sold = f"; coins sold on them brought {cash(program, brought)}" if brought > dust(program) else ""
            yield f"There were margin calls on {debt}, or sales of coins pledged to it, on {more}{sold}."


def bare(program: Program, day: Day, reading: Reading) -> str:
    """Words for a test of pledged coins that fails because there are none left; empty for all others."""
    step = program.step(f"tests.{reading.test}")
    over = dict(step.details).get("numerator", "") if step is not None else ""
    name, _, field = over.rpartition(".")
    nothing = field == "pledged_value" and day.coins.get(f"{name}.pledged", 1.0) <= 0 and reading.ratio == 0
    return ": nothing is pledged any more" if nothing else ""


def _look(program: Program, name: str, debt: str, day: Day) -> Looked | None:
    own, all_ = f"{TREASURIES}.{name}.pledge", TREASURIES
    flags = {field for line in day.lines for field in FLAGS if line.step == own and line.record == f"{name}.{field}"}
    free = _paid(day, all_, f"{name}.drawn")
    margin, default = (
        Sale(_paid(day, step, f"{name}.foreclosed"), _paid(day, step, f"{debt}.prepaid", f"{debt}.principal"))
        for step in (own, all_)
    )
    if not flags and max(free, margin.brought, default.brought) <= dust(program):
        return None
    return Looked(day, frozenset(flags), margin, default, free)


def _paid(day: Day, step: str, *records: str) -> float:
    """What a step moved on a date under some records."""
    return sum(line.paid for line in day.lines if line.step == step and line.record in records and line.verb != "flag")


def _told(program: Program, days: Sequence[Day], setting: Setting, name: str, debt: str, one: Looked) -> str:
    terms = setting.treasuries[name].pledge if name in setting.treasuries else None
    before, least = _pledged(days, setting, name, one.day), dust(program)
    owed = balance_before(program, days, one.day, debt)
    price = one.day.inputs.get(f"market.{setting.treasuries[name].price}", 0.0) if terms is not None else 0.0
    parts = []
    if one.flags:
        worth = before * price
        at = f" at {percent(owed / worth)} of the value of the coins pledged by {name}" if worth else ""
        if terms is not None and before <= 0:
            parts.append(f"{debt} stood against no coins pledged by {name}")
        else:
            parts.append(f"{debt} stood{at}" if at else f"{debt} stood too high against the coins pledged by {name}")
            if terms is not None and at:
                limit = f"call from {percent(terms.call)}" if "called" in one.flags else ""
                parts[-1] += f" ({limit or f'sale from {percent(terms.liquidation)}'} on)"
    if "called" in one.flags:
        posted = one.day.coins.get(f"{name}.posted", 0.0)
        asked = max(0.0, owed / (price * terms.restore) - before) if terms is not None and price else posted
        parts.append(_posting(posted, asked, percent(terms.restore) if terms is not None else ""))
    if one.margin.brought > least:
        restored = f"that restored {percent(terms.restore)}" if terms is not None else "the rest stays pledged"
        parts.append(_sold(program, name, debt, one, one.margin, restored))
    if one.default.brought > least:
        parts.append(f"in default {_sold(program, name, debt, one, one.default, 'the rest stays pledged')}")
    if one.free > least:
        parts.append(f"because of the default free coins of {name} were sold for {cash(program, one.free)}")
    return "; ".join(parts)


def _sold(program: Program, name: str, debt: str, one: Looked, sale: Sale, otherwise: str) -> str:
    """A sale by the lender; `otherwise`: what is left where something is."""
    last = sale is one.default or one.default.brought <= dust(program)
    gone = last and one.day.coins.get(f"{name}.pledged", 0.0) <= 0
    of = "all of which" if sale.brought - sale.repaid <= dust(program) else f"of which {cash(program, sale.repaid)}"
    left = "nothing is pledged any more" if gone else otherwise
    return f"the lender sold pledged coins for {cash(program, sale.brought)}, {of} repaid {debt}; {left}"


def _posting(posted: float, asked: float, restore: str) -> str:
    back = f", back to {restore}" if restore else ""
    if posted >= asked * (1 - 1e-9):
        return f"margin call: {level(posted)} coins were posted{back}"
    got = f"{level(posted)} were posted, all that were free" if posted > 0 else "none were free"
    return f"margin call for {level(asked)} coins{back}: {got}"


def _pledged(days: Sequence[Day], setting: Setting, name: str, day: Day) -> float:
    """Coins pledged before a date."""
    if day.number > 1:
        return days[day.number - 2].coins.get(f"{name}.pledged", 0.0)
    terms = setting.treasuries[name].pledge if name in setting.treasuries else None
    return terms.coins if terms is not None else 0.0
