"""Charts and table of the coverage tests: levels by date, and nothing before the first test."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tranche
from tranche.report import Study, study
from tranche.report.charts import Chart, coverage
from tranche.report.sections import tests

DEALS = Path(__file__).parents[2] / "deals"


@pytest.fixture(scope="module")
def kinds() -> Study:
    return study(tranche.load(DEALS / "features" / "tests_kinds.yaml"))


@pytest.fixture(scope="module")
def flash() -> Study:
    return study(tranche.load(DEALS / "flash_compute.yaml"), 100, 3)


def trace(chart: Chart, begins: str) -> dict[str, Any]:
    (found,) = (one for one in chart.traces if str(one.get("name", "")).startswith(begins))
    return found


def by_title(made: Study) -> dict[str, Chart]:
    return {chart.title: chart for chart in coverage.charts(made)}


def test_a_stepped_level_is_drawn_in_steps(kinds: Study, flash: Study) -> None:
    level = trace(by_title(kinds)["Test ltv"], "trigger")
    assert level["name"] == "trigger 75% from 2025-03-01, 85% from 2025-05-01"
    assert (level["x"], level["y"]) == (["2025-03-01", "2025-05-01", "2025-05-01"], [0.75, 0.85, 0.85])
    assert (level["line"]["shape"], level["mode"]) == ("hv", "lines+markers")  # 0.85x holds on one date: a point
    lock_up = trace(by_title(flash)["Test dscr"], "lock-up")
    assert (lock_up["x"], lock_up["y"]) == (["2027-06-30", "2030-12-01", "2032-12-31"], [1.15, 1.0, 1.0])


def test_nothing_is_drawn_before_the_first_test(flash: Study) -> None:
    chart = by_title(flash)["Test dscr"]
    dates = [date.isoformat() for date in flash.program.dates[1:]]
    early = sum(date < "2027-06-30" for date in dates)
    assert early == 2
    fans = [one for one in chart.traces if one["line"].get("shape") != "hv"]
    assert len(fans) == 5
    for one in fans:
        assert np.isnan(one["y"][:early]).all()
        assert not np.isnan(one["y"][early])
    assert "First tested on 2027-06-30." in chart.note
    assert chart.layout["xaxis"]["range"] == [dates[0], dates[-1]]


def test_the_note_says_of_which_paths_a_median_is(flash: Study, kinds: Study) -> None:
    assert "Paths on which nothing is due are left out" in by_title(flash)["Test dscr"].note
    assert "left out" not in by_title(kinds)["Test ltv"].note


def test_the_table_states_each_level(kinds: Study, flash: Study) -> None:
    of_kinds, of_flash = (re.sub(r"<[^>]*>", "", str(tests.section(made))) for made in (kinds, flash))
    assert "below 1.15x from 2027-06-30, 1.00x from 2030-12-01" in of_flash
    assert "above 75% from 2025-03-01, 85% from 2025-05-01" in of_kinds
    assert '<span class="whole">1.00x from 2030-12-01</span>' in str(tests.section(flash))


MOVED = """\
format: 1
name: Moved
schedule:
  {closing: 2025-10-31, maturity: 2026-03-31, end_of_month: true, convention: preceding, calendar: us}
collateral: {collections: {amounts: [20, 1, 1, 1, 150]}}
tranches: {loan: {notional: 120, coupon: 12%}, owner: residual}
tests:
  cov:
    ratio: collections / loan.interest.due
    trigger: {2026-01-31: 1.50x, 2026-02-28: 2.00x}
    first_test: 2026-01-31
waterfall: [{pay: [loan.interest, loan.principal, owner]}]
"""


def test_levels_are_drawn_on_the_payment_dates_that_they_mean() -> None:
    """31 January is paid on Friday the 30th, 28 February on the 27th."""
    (chart,) = coverage.charts(study(tranche.load(MOVED)))
    assert "First tested on 2026-01-30." in chart.note
    level = trace(chart, "trigger")
    assert level["x"] == ["2026-01-30", "2026-02-27", "2026-03-31"]
    assert level["y"] == [1.5, 2.0, 2.0]
