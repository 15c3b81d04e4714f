"""What became of the market on a path: tenants that defaulted, a debt market that shut, new chips, levels of prices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tranche.program import Program

from .lines import Day
from .setting import Setting
from .words import count, level, listed, percent

EVENTS = {"tenant": "defaulted", "tenants": "defaulted", "release": "now"}  # kinds, and the column that repeats them
MOST_SPANS = 3


def defaults(program: Program, days: Sequence[Day], setting: Setting) -> Iterator[str]:
    """The tenants that defaulted, each with what was let to it."""
    for name in _of_kind(program, setting, "tenant"):
        gone = next((day for day in days if day.inputs[f"market.{name}"] < 0.5), None)
        if gone is not None:
            let = setting.let.get(name, 0.0)
            of = f", to which {percent(let)} of the machines were let," if let > 0 else ""
            yield f"The tenant {name}{of} defaulted by {gone.date}."


def factors(program: Program, days: Sequence[Day], setting: Setting) -> Iterator[str]:
    """What else the market did, in the order of its factors."""
    told = {f"market.{name}.{EVENTS[kind]}" for name, kind in setting.kinds.items() if kind in EVENTS}
    for name in program.inputs:
        if not name.startswith("market.") or name in told:
            continue
        factor, path = name.removeprefix("market."), [day.inputs[name] for day in days]
        match setting.kinds.get(factor, ""):
            case "tenant":
                pass  # see `defaults`, and below
            case "tenants":
                yield _pool(factor, days, path)
            case "refinancing":
                yield _refinancing(factor, days, path)
            case "release":
                yield _release(factor, days, path)
            case _ if factor == "stress" and set(path) <= {0.0, 1.0}:
                yield f"The market was in its state of stress {_when(days, [value > 0.5 for value in path])}."
            case _:
                low = min(range(len(path)), key=path.__getitem__)
                yield (
                    f"{name}: {level(path[0])} on {days[0].date}, {level(path[-1])} on {days[-1].date}, "
                    f"lowest {level(path[low])} on {days[low].date}."
                )
    paying = [name for name in _of_kind(program, setting, "tenant") if days[-1].inputs[f"market.{name}"] > 0.5]
    if paying:
        yield f"The tenant{'s' * (len(paying) > 1)} {listed(paying)} did not default."


def _of_kind(program: Program, setting: Setting, kind: str) -> list[str]:
    return [name for name, own in setting.kinds.items() if own == kind and f"market.{name}" in program.inputs]


def _pool(name: str, days: Sequence[Day], alive: Sequence[float]) -> str:
    first = next((day for day, share in zip(days, alive, strict=True) if share < 1), None)
    if first is None:
        return f"None of the tenants {name} defaulted."
    return f"{percent(1 - alive[-1])} of the tenants {name} defaulted, the first by {first.date}."


def _refinancing(name: str, days: Sequence[Day], path: Sequence[float]) -> str:
    shut = [value < 0.5 for value in path]
    if not any(shut):
        return f"The refinancing market {name} was open on every date."
    return f"The refinancing market {name} was shut {_when(days, shut)}."


def _release(name: str, days: Sequence[Day], path: Sequence[float]) -> str:
    first = next((day for day, number in zip(days, path, strict=True) if number > 0), None)
    if first is None:
        return f"New chips: {name} was not released up to {days[-1].date}."
    if path[-1] > 1:
        return f"New chips: {count(round(path[-1]), 'release')} of {name}, the first by {first.date}."
    return f"New chips: {name} was released by {first.date}."


def _when(days: Sequence[Day], on: Sequence[bool]) -> str:
    """The dates on which something was so: `until 2026-03-30 and from 2028-03-30 to 2028-09-29`."""
    spans: list[list[Day]] = []
    for day, now in zip(days, on, strict=True):
        if now and spans and spans[-1][-1].number == day.number - 1:
            spans[-1].append(day)
        elif now:
            spans.append([day])
    if not spans:
        return "on no date"
    if len(spans) > MOST_SPANS:
        return f"on {count(sum(on), 'date')}, first on {spans[0][0].date}, last on {spans[-1][-1].date}"
    return listed([_span(span, days) for span in spans])


def _span(span: Sequence[Day], days: Sequence[Day]) -> str:
    first, last = span[0], span[-1]
    if len(span) == len(days):
        return "on every date"
    if first is days[0] and len(span) > 1:
        return f"until {last.date}"
    if last is days[-1] and len(span) > 1:
        return f"from {first.date} on"
    return f"on {first.date}" if first is last else f"from {first.date} to {last.date}"
