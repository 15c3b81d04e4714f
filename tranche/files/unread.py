"""What else is wrong with a file that is no deal: names and formulas are checked in what could be read of it, so that
a misspelt key and an unknown tranche are told in one go."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Set
from typing import Any

from cattrs.errors import BaseValidationError

from tranche.collateral.terms import Collections
from tranche.deal import Account, Coupon, Deal, Debt, Fee, Residual, Source, parse_formula
from tranche.errors import DealError, Invalid, Problem
from tranche.market.terms import Market

# what else a section brings names for, beside its own keys, and what stands for it when it cannot be read
BRINGS: dict[str, tuple[Any, frozenset[str]]] = {
    "collateral": (Collections(), frozenset({"fleet", "miner", "collateral", "collections"})),
    "market": (Market(), frozenset({"market", "rates"})),
}
SIMPLEST: dict[str, Callable[[str], Any]] = {
    "tranches": lambda name: Debt(name=name, notional=1.0, coupon=Coupon(spread=0.0)),
    "fees": lambda name: Fee(name=name, amount=parse_formula("0")),
    "accounts": lambda name: Account(name=name),
}
STEP = re.compile(r"waterfall(?:\.(\w+))?\[(\d+)\]")


def further_problems(
    fields: dict[str, Any],
    source: Source,
    values: dict[str, Any],
    told: list[Problem],
    read_steps: Callable[[Any], Any],
) -> Iterator[Problem]:
    """Problems of the compiler's checks, in a deal of the `fields` that could be read; `told` is what is wrong with the
    rest, `values` the file's. Nothing is said about what could not be read, nor about anything that names it.
    `read_steps`: plain values → Waterfalls."""
    from tranche.compiler import dates_of, on_payment_dates
    from tranche.compiler.check import problems

    paths = [problem.place.path for problem in told]
    names = {name for path in paths if (name := _name(path, values))}
    sections = {path.partition(".")[0].partition("[")[0] for path in paths}
    silent, replaced = names | sections, False
    if "schedule" in sections or fields.get("schedule") is None:
        return
    for section, (other, words) in BRINGS.items():
        if section in sections or (section == "collateral" and fields.get(section) is None):
            fields, replaced = {**fields, section: other}, True
            silent |= words | set(_keys(values.get(section)))
    try:
        kept = {key: _mended(key, value, names, values) for key, value in fields.items() if value is not None}
        if "waterfall" not in kept:
            kept["waterfall"] = _waterfall(values.get("waterfall"), paths, kept["tranches"], read_steps)
        if kept["waterfall"] is None:
            return
        deal = Deal(**({"name": "unnamed"} | kept), source=source)
        dates = dates_of(deal)
        found = problems(on_payment_dates(deal, dates), dates)
    except (Invalid, BaseValidationError, DealError):  # too little of a deal is left, or a name is none
        return
    unread = [path for path in (_part(path) for path in paths) if path]
    for problem in found:
        if replaced and not problem.what.startswith("unknown "):
            continue  # it may be about what stands for the section
        at = problem.place.path
        if not any(at == path or at.startswith((f"{path}.", f"{path}[")) for path in unread) and not any(
            re.search(rf"(?<![\w.]){re.escape(name)}(?![\w])", problem.what) for name in silent
        ):
            yield problem


def _name(path: str, values: dict[str, Any]) -> str:
    """The name of the item of a section that `path` lies in: `tranches.senior.coupon` → senior."""
    section, _, rest = path.partition(".")
    name = rest.partition(".")[0].partition("[")[0]
    return name if isinstance(values.get(section), dict) and section not in ("waterfall", "status", "expect") else ""


def _keys(raw: Any) -> Iterator[str]:
    """Every key in plain values, however deep."""
    if isinstance(raw, dict):
        yield from map(str, raw)
    for item in raw.values() if isinstance(raw, dict) else raw if isinstance(raw, list) else ():
        yield from _keys(item)


def _part(path: str) -> str:
    """The smallest part that is left unread when something at `path` is wrong: a step, an item, a section."""
    step = STEP.match(path)
    if step is not None:
        return f"waterfall.{step[1] or 'performing'}[{step[2]}]"
    return ".".join(path.split(".")[:2])


def _mended(section: str, value: Any, names: Set[str], values: dict[str, Any]) -> Any:
    """The items of a section; where one is wrong the simplest of its kind, which has its name, or nothing."""
    if not isinstance(value, tuple):
        return value
    good = tuple(item for item in value if getattr(item, "name", None) not in names)
    simplest, raw = SIMPLEST.get(section), values.get(section)
    if simplest is None or not isinstance(raw, dict):
        return good
    return (*good, *(simplest(name) for name in raw if name in names))


def _waterfall(raw: Any, paths: list[str], tranches: tuple[Any, ...], read_steps: Callable[[Any], Any]) -> Any:
    """The lists, with another step in the place of each that is wrong."""
    if not tranches:
        return None
    first = tranches[0]
    other = {"pay": first.name if isinstance(first, Residual) else f"{first.name}.interest"}
    lists = raw if isinstance(raw, dict) else {"performing": raw}
    wrong = {(step[1] or "performing", int(step[2])) for path in paths if (step := STEP.match(path))}
    mended = {
        status: [other if (status, k) in wrong else step for k, step in enumerate(steps)]
        for status, steps in lists.items()
        if isinstance(steps, list)
    }
    return read_steps(mended)
