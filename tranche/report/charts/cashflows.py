"""Who gets the cash, date by date."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tranche.program import Record
from tranche.reduction import DUST
from tranche.report.figures import in_unit, means
from tranche.report.study import Study
from tranche.results import columns_of
from tranche.terms.amount_unit import unit_of

from .chart import PALETTE, Chart, line, rounded

PARTS = {"fee": ("paid",), "debt": ("interest", "principal"), "residual": ("distribution",)}
PATTERNS = ("", "/", "x", ".")  # one for each round through the colours, so that no two series look alike
MOST = len(PALETTE) * len(PATTERNS)


def charts(study: Study) -> Iterator[Chart]:
    """Mean cash by date: what each class is paid, stacked; what comes in as a line."""
    program, results = study.program, study.results
    dates = [date.isoformat() for date in program.dates[1:]]
    came = results.mean("collateral.collections")
    paid = _grouped(_paid(study))
    stacked = np.sum([*paid.values()], axis=0) if paid else came
    unit, words = unit_of(float(max(came.max(), stacked.max())))
    traces: list[dict[str, Any]] = [
        {"type": "bar", "x": dates, "y": rounded(amounts / unit), "name": name,
         "marker": {"color": f"c{k % len(PALETTE)}", "pattern": {"shape": PATTERNS[k // len(PALETTE)]}}}
        for k, (name, amounts) in enumerate(paid.items())
    ]  # fmt: skip
    traces.append(line(dates, came / unit, "collections", "ink", line={"width": 1.5, "dash": "dot"}))
    title = in_unit(words, program.currency)
    told = means(results.count)
    note = f"{told[0].upper()}{told[1:]}, {title}, by payment date.{_besides(study)}"
    layout = {"barmode": "stack", "yaxis": {"title": {"text": title}}}
    yield Chart("cashflows", "Where the cash goes", note, traces, layout)


def _paid(study: Study) -> dict[str, NDArray[np.float64]]:
    """What each class is paid by date, where it is ever paid anything."""
    found = {}
    for claim in study.program.claims:
        frame = study.results.cashflows(claim.name) if claim.kind in PARTS else None
        for part in PARTS.get(claim.kind, ()):
            amounts = frame[part].to_numpy()  # type: ignore[index]  # a kind of PARTS has one
            if np.abs(amounts).max() > 0:
                found[claim.name if part in ("paid", "distribution") else f"{claim.name} {part}"] = amounts
    return found


def _grouped(paid: dict[str, NDArray[np.float64]]) -> dict[str, NDArray[np.float64]]:
    """As many series as can be told apart: the smallest together."""
    if len(paid) <= MOST:
        return paid
    large = sorted(paid, key=lambda name: -float(paid[name].sum()))[: MOST - 1]
    kept = {name: amounts for name, amounts in paid.items() if name in large}
    return kept | {"all others": np.sum([amounts for name, amounts in paid.items() if name not in large], axis=0)}


def _besides(study: Study) -> str:
    """What lies between the bars and the collections."""
    program, results = study.program, study.results
    drawn = {
        (claim.name, field)
        for claim in program.claims
        for part in PARTS.get(claim.kind, ())
        for field in columns_of(program, claim)[part]
    } | {("collateral", "collections")}  # fmt: skip
    collected = float(np.abs(results.mean("collateral.collections")).max())
    dust = DUST * max([collected, *(debt.notional for debt in program.debts)])
    sizes = zip(program.records, np.abs(results.means).max(axis=0), strict=True)
    moved = [record for record, size in sizes if size > dust]
    flows = [record for record in moved if record.side and (record.owner, record.field) not in drawn]
    held = [record.owner for record in moved if record.register in program.cash]
    parts = {
        "what else comes in": [_name(record) for record in flows if record.side > 0],
        "what else is paid": [_name(record) for record in flows if record.side < 0],
        "what accounts hold back and give": held,
    }
    said = [f"{what} ({', '.join(names)})" for what, names in parts.items() if names]
    return f" Bars and collections differ by {'; '.join(said)}." if said else ""


def _name(record: Record) -> str:
    return f"{record.owner} {record.field.replace('_', ' ')}"
