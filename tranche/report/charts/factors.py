"""The market that the deal met."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tranche.market.factors import (
    Basis,
    Coin,
    Hashprice,
    Hashrate,
    Power,
    Refinancing,
    Release,
    Rent,
    Resale,
    ShortRate,
    Tenant,
    Tenants,
    Utilisation,
)
from tranche.report.figures import paths
from tranche.report.study import Study

from .chart import Chart, fan, line

MOST = 24  # factors on a page
ONCE = ("defaulted", "now")  # what happens in a period: where the factor itself is drawn, it says the same

STATES: dict[type, str] = {
    Tenant: "has not defaulted",
    Refinancing: "is open",
    Release: "has come",
}
UNITS: dict[type, str] = {
    Basis: "{currency} a coin",
    Coin: "{currency} a coin",
    Hashprice: "{currency} per PH/s and day",
    Hashrate: "PH/s",
    Power: "{currency} a kWh",
    Rent: "{currency} per machine and hour",
    Resale: "{currency} a machine",
}
SHARES: dict[type, str] = {Utilisation: "share let", Tenants: "share alive", ShortRate: "a year"}


def charts(study: Study) -> Iterator[Chart]:
    """Every simulated factor, over the sampled paths: a fan, or how often it is 1 where it is 0 or 1."""
    inputs = study.results.inputs
    names = [name.removeprefix("market.") if name.startswith("market.") else "" for name in study.program.inputs]
    worth = [k for k, name in enumerate(names) if name and not _twice(name, names)]
    if not worth or inputs is None:
        return
    rows = inputs.rows(0, study.sampled)
    dates = [date.isoformat() for date in study.program.dates[1:]]
    kinds = {factor.name: type(factor) for factor in study.deal.market.factors}
    left = len(worth) - MOST
    for k in worth[:MOST]:
        kind = kinds.get(names[k], object)  # a field of a factor, such as `rate.fixing`, has none of these
        values = np.ascontiguousarray(rows[:, :, k])
        traces, axis, note = _drawn(study, kind, names[k], dates, values, f"c{k % 8}")
        if left > 0 and k == worth[MOST - 1]:
            note += f" {left} more factor{'s are' if left > 1 else ' is'} not drawn."
        yield Chart(f"factor-{k}", f"Factor {names[k]}", note, traces, {"yaxis": axis})


def _twice(name: str, names: list[str]) -> bool:
    factor, _, field = name.rpartition(".")
    return field in ONCE and factor in names


def _drawn(
    study: Study, kind: type, name: str, dates: list[str], values: NDArray[np.float64], colour: str
) -> tuple[list[dict[str, Any]], dict[str, Any], str]:
    """Traces, axis and note."""
    of = paths(study.sampled)
    if kind in STATES and np.isin(values, (0.0, 1.0)).all():
        axis = {"range": [0, 1.02], "tickformat": ".0%", "title": {"text": "share of paths"}}
        note = f"The share of {of} on which it {STATES[kind]}, at each payment date."
        return [line(dates, values.mean(axis=0), name, colour)], axis, note
    axis = {"title": {"text": UNITS[kind].format(currency=study.program.currency)}} if kind in UNITS else {}
    if kind in SHARES:
        axis = {"title": {"text": SHARES[kind]}, "tickformat": ".0%" if kind is not ShortRate else ".1%"}
    return fan(dates, values, colour, name), axis, f"{of}, at each payment date."
