"""What the charts hold, and what their notes tell of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import tranche
from tranche.report import Study, study
from tranche.report.charts import Chart, cashflows, convergence, factors, losses
from tranche.report.charts.chart import fan, partial

DEALS = Path(__file__).parents[2] / "deals"


def made(name: str, paths: int | None = None) -> Study:
    return study(tranche.load(DEALS / f"{name}.yaml"), paths, 7)


@pytest.fixture(scope="module")
def leases() -> Study:
    return made("gpu_lease_abs", 1_000)


def cash_of(one: Study) -> Chart:
    (chart,) = cashflows.charts(one)
    return chart


def test_no_two_series_of_cash_look_alike() -> None:
    chart = cash_of(made("miner_converts_gpu", 50))
    bars = [one["marker"] for one in chart.traces if one["type"] == "bar"]
    looks = {(marker["color"], marker["pattern"]["shape"]) for marker in bars}
    assert len(looks) == len(bars) > 8


def test_the_smallest_series_of_cash_are_added_up(monkeypatch: pytest.MonkeyPatch) -> None:
    one = made("miner_converts_gpu", 50)
    whole = np.sum([bar["y"] for bar in cash_of(one).traces if bar["type"] == "bar"], axis=0)
    monkeypatch.setattr(cashflows, "MOST", 5)
    bars = [bar for bar in cash_of(one).traces if bar["type"] == "bar"]
    assert [bar["name"] for bar in bars][-1] == "all others"
    assert len(bars) == 5
    assert np.sum([bar["y"] for bar in bars], axis=0) == pytest.approx(whole, rel=1e-4)


def test_the_unit_of_cash_is_that_of_the_largest_bar() -> None:
    chart = cash_of(made("btc_miner_loan", 200))
    assert chart.layout["yaxis"]["title"]["text"] == "millions of USD"  # collections alone are thousands
    assert "what else comes in (hoard foreclosed, hoard drawn)" in chart.note


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("features/turbo", "Amounts of one path, USD, by payment date."),
        ("features/swap", "what else comes in (irs received); what else is paid (irs paid)"),
        ("features/reserve_account", "what accounts hold back and give (dsra)"),
    ],
)
def test_what_is_not_in_the_bars_is_told(name: str, said: str) -> None:
    assert said in cash_of(made(name)).note


def test_a_factor_of_two_states_is_a_share_of_paths(leases: Study) -> None:
    charts = {chart.title.removeprefix("Factor "): chart for chart in factors.charts(leases)}
    assert not any("." in name for name in charts)  # nothing is drawn twice
    assert leases.results.inputs is not None
    column = leases.program.inputs.index("market.t1")
    alive = leases.results.inputs.rows(0, 1_000)[:, :, column].mean(axis=0)
    (line,) = charts["t1"].traces
    assert line["y"] == pytest.approx(alive)
    assert 0 < line["y"][-1] < 1
    assert charts["t1"].layout["yaxis"]["range"] == [0, 1.02]
    assert "The share of 1,000 paths on which it has not defaulted" in charts["t1"].note
    assert len(charts["rubin"].traces) == 1
    assert len(charts["rent_h100"].traces) == 5
    assert charts["rent_h100"].layout["yaxis"]["title"]["text"] == "USD per machine and hour"


def test_factors_that_are_not_drawn_are_counted(leases: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(factors, "MOST", 3)
    assert [chart.note.endswith(" not drawn.") for chart in factors.charts(leases)] == [False, False, True]


def test_each_class_that_loses_has_a_panel(leases: Study) -> None:
    (chart,) = losses.charts(leases)
    assert [(one["name"], one["yaxis"]) for one in chart.traces] == [("b", "y"), ("c", "y2")]
    above, below = (chart.layout[axis]["domain"] for axis in ("yaxis", "yaxis2"))
    assert above[0] > below[1]
    assert (above[1], below[0], chart.layout["xaxis"]["anchor"]) == (1.0, 0.0, "y2")
    for one in chart.traces:
        assert sum(one["y"]) == pytest.approx(leases.results.tranches()["default_probability"][one["name"]], rel=1e-4)
    assert "a: no path loses" in chart.note


def test_a_convergence_of_nothing_is_a_sentence() -> None:
    (chart,) = convergence.charts(made("flash_compute", 100))
    assert chart.traces == []
    assert "at no degree does any class lose anything" in chart.note


def test_a_fan_says_which_paths_it_lacks() -> None:
    paths = np.array([[1.0, np.nan, np.nan], [2.0, 3.0, np.nan]])
    assert partial(paths[:, :1], "nothing is due") == ""
    assert partial(paths[:, :2], "nothing is due") == " Paths on which nothing is due are left out, date by date."
    assert "; a gap where" in partial(paths, "nothing is due")
    assert [one.get("name") for one in fan("ab", paths[:, :2], "c0", "x", "paper")] == [
        None, "paper 5% to 95%", None, "paper 25% to 75%", "x, median",
    ]  # fmt: skip
    assert [one["name"] for one in fan("ab", paths[:1, :2], "c0", "x")] == ["x"]
