"""The check that no name needs itself to be worked out."""

from __future__ import annotations

from collections.abc import Iterator

from tranche.deal import Deal
from tranche.deal.formula import Formula
from tranche.errors import Problem

from .check_steps import problem
from .names import cure_formulas, formulas, used_names


def cycle_problems(deal: Deal) -> Iterator[Problem]:
    """Definitions, targets and tests that need each other. `prev(x)` reads the past and closes no circle."""
    graph = _graph(deal)
    done: set[str] = set()
    for start in graph:
        circle = _circle(graph, start, [], done)
        if circle:
            yield problem(
                deal,
                graph[circle[0]][0],
                "depends on itself: " + " → ".join([*circle, circle[0]]),
                "break the circle, for instance by reading prev(…)",
            )


def _graph(deal: Deal) -> dict[str, tuple[str, set[str]]]:
    """The path of each name that can stand in a circle, and the names that it needs on the date itself."""
    graph: dict[str, tuple[str, set[str]]] = {}
    for name, formula in deal.definitions.items():
        graph[name] = (f"definitions.{name}", _needs(formula))
    for account in deal.accounts:
        if account.target is not None:
            graph[f"{account.name}.target"] = (f"accounts.{account.name}.target", _needs(account.target))
    for test in deal.tests:
        path = f"tests.{test.name}.numerator"
        needs = _needs(test.numerator) | _needs(test.denominator)
        cures = {field: _needs(formula) for field, formula in cure_formulas(test)}
        known = {f"{test.name}.{field}": (path, needs) for field in ("breached", "shortfall", *test.levels)}
        graph |= {**known, test.name: (path, needs), f"{test.name}.cure": (path, cures.get("cure", needs))}
        if test.equity_cure is not None:
            needs = needs.union(*cures.values(), {f"{test.name}.cure"})
            graph[f"{test.name}.equity_cure"] = (f"tests.{test.name}.equity_cure", needs)
        graph[f"{test.name}.numerator"] = (path, _needs(test.numerator))
        graph[f"{test.name}.denominator"] = (f"tests.{test.name}.denominator", _needs(test.denominator))
    for fee in deal.fees:
        needs = set[str]().union(*map(_needs, fee.formulas.values()))
        for name in (fee.name, f"{fee.name}.excess"):
            graph[f"{name}.due"] = graph[f"{name}.unpaid"] = (f"fees.{fee.name}", needs)
    for section, name, fields in (
        *(("facilities", one.name, ("commitment", "undrawn")) for one in deal.facilities),
        *(("guarantees", one.name, ("limit", "undrawn")) for one in deal.guarantees),
    ):
        formula = next(found for path, found in formulas(deal) if path == f"{section}.{name}.{fields[0]}")
        for field in fields:
            graph[f"{name}.{field}"] = (f"{section}.{name}.{fields[0]}", _needs(formula))
    graph["fees.due"] = ("fees", {f"{fee.name}.due" for fee in deal.fees})
    if deal.borrowing_base is not None:
        base_needs = set().union(*(_needs(formula) for _, formula in deal.borrowing_base.formulas()))
        graph |= {name: ("borrowing_base", base_needs) for name in deal.borrowing_base.names()}
    return graph


def _needs(formula: Formula) -> set[str]:
    return used_names(formula.tree, into_prev=False)


def _circle(graph: dict[str, tuple[str, set[str]]], name: str, trail: list[str], done: set[str]) -> list[str]:
    if name in trail:
        return trail[trail.index(name) :]
    if name in done or name not in graph:
        return []
    for need in sorted(graph[name][1]):
        circle = _circle(graph, need, [*trail, name], done)
        if circle:
            done.update(circle)
            return circle
    done.add(name)
    return []
