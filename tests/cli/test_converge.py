"""`tranche converge` and `tranche calibrate`: their output, their files, how they end."""

from __future__ import annotations

import json

import pytest

from tests.calibration.histories import converging
from tests.studies.test_convergence import DEAL
from tranche.files import load_market


@pytest.fixture
def deal(tmp_path):
    file = tmp_path / "deal.yaml"
    file.write_text(DEAL)
    return file


@pytest.fixture
def prices(tmp_path):
    history = converging(150)
    file = tmp_path / "prices.csv"
    rows = [f"{day},{','.join(map(str, row))}" for day, row in zip(history.dates, history.levels, strict=True)]
    file.write_text("\n".join([f"date,{','.join(history.names)}", *rows]) + "\n")
    return file


def test_converge(command, deal, tmp_path):
    done = command("converge", deal, "--paths", 400, "--points", "0, 1", "-o", tmp_path / "picture.svg")
    assert done.exit_code == 0
    assert "as filed" in done.stdout
    assert (tmp_path / "picture.svg").read_text().startswith("<svg")
    done = command("converge", deal, "--paths", 400, "--points", "0, 1", "-o", tmp_path / "page.html", "--json")
    data = json.loads(done.stdout)
    assert [row["convergence"] for row in data["tranches"]["senior"]] == [0.0, 1.0]
    assert data["tranches"]["equity"][0]["expected_loss"] is None
    assert data["shortfall"][1]["collateral_shortfall"] >= 0
    assert "</html>" in (tmp_path / "page.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--points", "0, x"], "'0, x' are no degrees of convergence"),
        (["--points", "1, 0"], "degrees of convergence 1, 0"),
        (["-o", "picture.png"], "the ending '.png' is not known; a .svg or a .html file"),
        (["--rising", "rant"], "did you mean 'rent'"),
    ],
)
def test_converge_misused(command, deal, arguments, said):
    done = command("converge", deal, "--paths", 50, *arguments)
    assert done.exit_code == 2
    assert said in done.stderr


def test_calibrate(command, prices, tmp_path):
    market = tmp_path / "market.yaml"
    done = command("calibrate", prices, "--reverting", "use", "--stress", "btc", "--bootstrap", 19, "-o", market)
    assert done.exit_code == 0
    assert "the market's copula:" in done.stdout
    found = load_market(market)
    assert [factor.name for factor in found.factors] == ["rent", "btc", "use"]
    assert "(se " in found.factors[0].note
    assert market.read_text().startswith("# written by: tranche calibrate ")


def test_a_deal_runs_in_the_market_that_was_calibrated(command, prices, deal, tmp_path):
    market = tmp_path / "market.yaml"
    command("calibrate", prices, "--reverting", "use", "--bootstrap", 0, "-o", market)
    done = command("run", deal, "--market", market, "--paths", 50)
    assert done.exit_code == 0
    assert "assumed: Dependence is" in done.stdout


def test_calibrate_as_data(command, prices):
    done = command("calibrate", prices, "--reverting", "use", "--bootstrap", 0, "--dependence", "clayton", "--json")
    data = json.loads(done.stdout)
    assert data["chosen"] == "clayton"
    assert data["copulas"]["gaussian"]["parameters"] == 3
    assert data["steps"] == 150


def test_calibrate_draws(command, prices, tmp_path):
    pytest.importorskip("plotly")
    page = tmp_path / "plots.html"
    done = command("calibrate", prices, "--reverting", "use", "--bootstrap", 0, "--plots", page)
    assert done.exit_code == 0
    assert page.read_text().count("Plotly.newPlot") == 3 + 2 * 3


def test_bad_data_fails_and_a_missing_file_is_misuse(command, prices):
    prices.write_text(prices.read_text().replace(",0.8", ",?", 1))
    done = command("calibrate", prices)
    assert done.exit_code == 1
    assert "prices.csv:2 use: '?" in done.stderr
    assert command("calibrate", prices.parent / "none.csv").exit_code == 2


def test_a_name_in_two_lines_is_no_line_of_the_market_file(command, prices, tmp_path):
    market, data = tmp_path / "market.yaml", tmp_path / "a\nname: b.csv"
    prices.rename(data)
    assert command("calibrate", data, "--bootstrap", 0, "-o", market).exit_code == 0
    assert load_market(market)
    assert "a\\nname: b.csv" in market.read_text().splitlines()[0]
