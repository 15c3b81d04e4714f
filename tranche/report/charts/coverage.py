"""The deal's tests against their levels."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tranche.compiler import dates_of, on_payment_dates
from tranche.deal import format_expr
from tranche.deal.formula import Binary, Number
from tranche.deal.level_schedule import Level, levels_of
from tranche.deal.level_words import begins, number, steps, words
from tranche.deal.test import CoverageTest
from tranche.report.figures import paths
from tranche.report.study import Study

from .chart import Chart, fan, line, partial

HIGHEST = 5.0  # a ratio is drawn up to so many times its highest level: what is far above says nothing
LONGEST = 100  # letters of a formula that a note has room for


def charts(study: Study) -> Iterator[Chart]:
    """Each test's ratio before the cash of the date is spent, and its levels, from the first date that is tested."""
    dates = list(study.program.dates[1:])
    days = [date.isoformat() for date in dates]
    for k, test in enumerate(on_payment_dates(study.deal, dates_of(study.deal)).tests):
        first = begins(test)
        tested = np.array([first is None or date >= first for date in dates])
        ratio = np.where(tested, study.ratio(test.name), np.nan)
        if not np.isfinite(ratio).any():
            continue
        top = HIGHEST * max((value for level in test.levels.values() for value in levels_of(level)), default=1.0)
        traces = fan(days, np.minimum(ratio, top), f"c{k % 8}", test.name)
        for j, (name, level) in enumerate(test.levels.items()):
            stated = steps(test, level)  # of one step the note says from when it is
            said = number(test, stated[0][1]) if len(stated) == 1 else words(test, level)
            traces += _level(test, level, dates, f"{name.replace('_', '-')} {said}", f"c{(k + j + 1) % 8}")
        span = {"range": [days[0], days[-1]]} if len(days) > 1 else {}
        layout: dict[str, Any] = {"yaxis": {"rangemode": "tozero"}, "xaxis": span}
        if test.unit == "%":
            layout["yaxis"] |= {"tickformat": ",.4~%", "hoverformat": ",.2~%"}
        yield Chart(f"test-{k}", f"Test {test.name}", _note(study, test, ratio, top), traces, layout)


def _level(test: CoverageTest, level: Level, dates: list[dt.date], name: str, colour: str) -> list[dict[str, Any]]:
    """A line that steps on the days on which the level changes, over the dates of the deal that it holds on."""
    stated = [(max(start or dates[0], dates[0]), value) for start, value in steps(test, level)]
    held = {start.isoformat(): value for start, value in stated if start <= dates[-1]}
    if not held:
        return []
    days, values = [*held, dates[-1].isoformat()], [*held.values(), [*held.values()][-1]]
    style = {"dash": "dash", "width": 1.5}
    mode = "lines" if days[-2] < days[-1] else "lines+markers"  # what holds on one date is a point
    return [line(days, values, name, colour, shape="hv", mode=mode, line=style)]


def _note(study: Study, test: CoverageTest, ratio: NDArray[np.float64], top: float) -> str:
    """What is drawn, of which paths; `ratio` [paths, T] of the dates that are tested."""
    first = begins(test)
    alone = test.denominator.tree == Number(1.0)
    what = format_expr(test.numerator.tree if alone else Binary("/", test.numerator.tree, test.denominator.tree))
    what = what if len(what) <= LONGEST else "Its ratio"
    said = f"{what}, on {paths(study.sampled)}; it fails {test.breach} its level."
    if first is not None and first > study.program.dates[1]:
        said += f" First tested on {first}."
    if test.every > 1:
        said += f" Tested on one payment date in {test.every}."
    said += partial(ratio[:, [date >= (first or date) for date in study.program.dates[1:]]], "nothing is due")
    return said + (f" What is above {number(test, top)} is drawn there." if (ratio > top).any() else "")
