"""`tranche run`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import tranche
from tests.cli.conftest import Command
from tests.small_deals import cash
from tranche._kernels import waterfall
from tranche.cli.table import cell, unit_in


def test_the_table_of_every_deal(command: Command, deals: Path) -> None:
    result = command("run", deals, "--paths", 300, "--seed", 5)
    assert result.exit_code == 0
    assert "300 paths of seed 5, 12 payment dates from 2025-04-01 to 2028-01-01" in result.stdout
    assert "6 paths of the collections given, 24 payment dates" in result.stdout
    table = tranche.run(deals / "more" / "fleet.yml", 300, 5).tranches()
    (loan,) = (line for line in result.stdout.splitlines() if line.strip().startswith("loan"))
    assert f"{100 * table['expected_loss']['loan']:.3f}%" in loan.split()
    assert f"{table['interest']['loan'] / 1e6:,.3f}" in loan.split()
    assert result.stdout.count("audit: cash in less cash out") == 2
    assert "dscr: below its lock-up level (1.10x) on " in result.stdout


def test_json_equals_the_api(command: Command, deals: Path) -> None:
    result = command("run", deals, "--paths", 200, "--json")
    fleet, pool = json.loads(result.stdout, parse_constant=pytest.fail)
    ours = tranche.run(deals / "more" / "fleet.yml", 200)
    assert fleet["tranches"]["loan"]["expected_loss"] == ours.tranches()["expected_loss"]["loan"]
    assert fleet["tranches"]["sponsor"]["expected_loss"] is None
    assert fleet["tests"]["dscr"]["lock_up"] == ours.total("dscr.lock_up").mean()
    assert fleet["audit"]["relative"] == ours.audit.relative
    assert fleet["hash"] == ours.program.hash
    assert (pool["paths"], pool["ok"], pool["dates"][-1]) == (6, True, "2027-01-01")


def test_threads_change_nothing(command: Command, deals: Path) -> None:
    reports = [
        json.loads(command("run", deals, "--paths", 100, "--threads", n, "--json").stdout) for n in (1, 2)
    ]
    for one, two in zip(*reports, strict=True):
        assert one["tranches"] == two["tranches"]


def test_without_openmp_a_run_says_once_that_it_uses_one_thread(
    command: Command, deals: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waterfall, "openmp", False)
    result = command("run", deals, "--paths", 10, "--threads", 2)
    assert (result.exit_code, result.stderr) == (0, "built without OpenMP: running on one thread\n")
    assert "on 1 thread, " in result.stdout


def write_cash(path: Path, values: np.ndarray[Any, Any]) -> Path:
    rows, columns = (axis.ravel() for axis in np.indices(values.shape))
    frame = pd.DataFrame({"path": rows, "period": columns + 1, "cash": values.ravel()})
    match path.suffix:
        case ".csv":
            frame.to_csv(path, index=False)
        case ".parquet":
            frame.to_parquet(path)
        case ".npy":
            np.save(path, values)
        case _:
            path.write_text(json.dumps({"cash": values.tolist()} if "component" in path.name else values.tolist()))
    return path


@pytest.mark.parametrize("name", ["c.csv", "c.parquet", "c.npy", "c.json", "component.json"])
def test_collections_from_a_file(command: Command, deals: Path, tmp_path: Path, name: str) -> None:
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow")
    file = write_cash(tmp_path / name, cash(9))
    (report,) = json.loads(command("run", deals / "pool.yaml", "--collections", file, "--json").stdout)
    ours = tranche.run(deals / "pool.yaml", collections=cash(9)).tranches()
    assert report["paths"] == 9
    assert report["tranches"]["senior"]["final_balance"] == ours["final_balance"]["senior"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("c.txt", "1", "the ending '.txt' is not known"),
        ("c.json", "{", "not JSON"),
        ("c.json", "3", "neither a list nor an object"),
        ("c.json", '[["a"]]', "is not an array of numbers"),
        ("c.json", "[[1, 2], [3]]", "is not an array of numbers"),
        ("c.json", "[" * 100_000, "not JSON"),
        ("c.json", '{"cahs": [[1]]}', "this deal takes cash"),
        ("c.npy", "no", "not an array of numbers"),
        ("c.csv", "path,period,cash\n0,1,1\n", "period 2"),
        ("c.parquet", "no", "c.parquet"),
    ],
)
def test_collections_that_are_none(
    command: Command, deals: Path, tmp_path: Path, name: str, content: str, said: str
) -> None:
    (tmp_path / name).write_text(content)
    result = command("run", deals / "pool.yaml", "--collections", tmp_path / name)
    assert result.exit_code == 1
    assert said in result.stderr
    assert "Traceback" not in result.output


def test_pickles_are_not_opened(command: Command, deals: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "c.npy", np.array([print], dtype=object))
    result = command("run", deals / "pool.yaml", "--collections", tmp_path / "c.npy")
    assert result.exit_code == 1
    assert "not an array of numbers" in result.stderr


def test_no_such_collections(command: Command, deals: Path) -> None:
    for ending in ("csv", "npy", "json", "parquet"):
        result = command("run", deals / "pool.yaml", "--collections", f"nowhere.{ending}")
        assert result.exit_code == 2  # bad usage, as a deal file that is not there
        assert f"nowhere.{ending}" in result.stderr


def test_a_fleet_takes_no_collections(command: Command, deals: Path, tmp_path: Path) -> None:
    file = write_cash(tmp_path / "c.npy", cash(2))
    result = command("run", deals / "more", "--collections", file)
    assert (result.exit_code, "leave --collections out" in result.stderr) == (1, True)


def test_a_run_goes_on_after_a_deal_that_fails(command: Command, deals: Path) -> None:
    (deals / "broken.yaml").write_text("format: 1\n")
    result = command("run", deals, "--paths", 50)
    assert result.exit_code == 1
    assert "Small fleet" in result.stdout
    assert "Stressed pool" in result.stdout
    assert "deals/broken.yaml" in result.stderr
    reports = json.loads(command("run", deals, "--paths", 50, "--json").stdout)
    assert [report["ok"] for report in reports] == [False, True, True]


def test_names_are_not_markup(command: Command, deals: Path) -> None:
    pool = deals / "pool.yaml"
    terms = 'name: "[red]Pool[/] [x] "\nassumptions: ["[red]seen \\e[31m"]'
    pool.write_text(pool.read_text().replace("name: Stressed pool", terms))
    result = command("run", pool)
    assert result.exit_code == 0
    assert "[red]Pool[/] [x] " in result.stdout
    assert "assumed: [red]seen " in result.stdout
    assert "\x1b" not in result.stdout


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [(float("nan"), "money", "-"), (7.6e9, "money", "7,600.000"), (0.01234, "share", "1.234%"), (4.5, "years", "4.50")],
)
def test_cells(value: float, kind: str, text: str) -> None:
    assert cell(value, kind, unit=1e6) == text


def test_money_is_shown_in_a_unit_that_suits_the_deal() -> None:
    nothing = float("nan")
    assert unit_in([7.6e9, nothing]) == unit_in([-1e7]) == (1e6, "millions of ")
    assert unit_in([9.9e6, 1.0]) == (1e3, "thousands of ")
    assert unit_in([nothing, 100.0]) == unit_in([]) == (1.0, "")


def test_a_market_file_of_which_the_deal_reads_nothing(command: Command, deals: Path, tmp_path: Path) -> None:
    market = tmp_path / "mm.yaml"
    market.write_text("format: 1\nfactors: {rent_h10O: {lognormal: {initial: 2 USD/gpu-hour, volatility: 60%}}}\n")
    result = command("run", deals, "--market", market, "--paths", 50)
    assert result.exit_code == 2
    assert f"{market}: the deal reads nothing of this market file; did you mean 'rent_h100'?" in result.stderr
    # given cash is the same in every market: a note, and no word of a seed
    note = f"deals/pool.yaml: note: the deal reads nothing of {market}; its figures are those without it"
    assert note in result.stderr
    assert "6 paths of the collections given, 24 payment dates" in result.stdout
    market.write_text(market.read_text().replace("h10O", "h100") + "rates: {SOFR: 4%}\n")  # some of it is enough
    result = command("run", deals / "more", "--market", market, "--paths", 50)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "50 paths of seed 0, 12" in result.stdout


def test_a_market_file_may_hold_what_the_deal_lacks(command: Command, deals: Path, tmp_path: Path) -> None:
    """All of its market, or no more than how its factors depend."""
    fleet, market = deals / "more" / "fleet.yml", tmp_path / "mm.yaml"
    text = fleet.read_text()
    start, end = text.index("market:\n"), text.index("tranches:")
    market.write_text("format: 1\n" + text[start:end].removeprefix("market:\n").replace("\n  ", "\n")[2:])
    (deals / "more" / "bare.yml").write_text(text[:start] + text[end:])
    assert command("run", deals / "more" / "bare.yml", "--market", market, "--paths", 50).exit_code == 0
    market.write_text("format: 1\ndependence: independent\n")
    assert command("run", fleet, "--market", market, "--paths", 50).exit_code == 0


def test_antithetic_pairs_are_not_what_standard_errors_take_them_for(command: Command, deals: Path) -> None:
    """A note where paths are drawn, and none where the cash is given or the paths are independent."""
    note = "deals/more/fleet.yml: note: standard errors are those of independent paths"
    pairs = command("run", deals, "--paths", 6, "--sampling", "antithetic")
    assert (pairs.exit_code, pairs.stderr.count("note:")) == (0, 1)
    assert note in pairs.stderr
    assert command("run", deals, "--paths", 6).stderr == ""
