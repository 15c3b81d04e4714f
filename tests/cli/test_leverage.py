"""`tranche leverage`: its tables, its files, how it ends."""

from __future__ import annotations

import csv
import json

import pytest

import tranche
from tests.studies.test_double_leverage import still


@pytest.fixture
def deal(tmp_path):
    """Notes of 30m on machines of 24m in a forced sale and on coins of 100m, which are pledged to a loan of 30m."""
    file = tmp_path / "deal.yaml"
    file.write_text(tranche.dump(still()))
    return file


def test_tables(command, deal):
    done = command("leverage", deal, "--on-machines", "notes", "--paths", 20)
    assert done.exit_code == 0
    lines = [line.split() for line in done.stdout.splitlines()]
    shares = ["24.194%", "48.387%", "24.194%"]  # 30, 60 and 60 − 30 of 124
    rows = [line[1:] for line in lines if line and line[0] == "2025-02-01"]
    assert rows == [["30.000", "30.000", "24.000", "100.000", *shares]] * 2
    assert "In stress: the 5% of the paths" in done.stdout


def test_as_data(command, deal, tmp_path):
    file = tmp_path / "table.csv"
    done = command("leverage", deal, "--on-machines", "notes", "--on-coins", "loan", "--paths", 4, "--json", "-o", file)
    data = json.loads(done.stdout)
    assert data["paths"] == 4
    assert data["dates"][0]["joint_stress"] == pytest.approx(60 / 124)
    rows = list(csv.DictReader(file.read_text().splitlines()))
    assert [row["date"] for row in rows] == [row["date"] for row in data["dates"]]
    assert float(rows[-1]["double_leverage"]) == pytest.approx(30 / 124)


def test_where_nothing_is_left_there_is_no_ratio(command, deal):
    text = deal.read_text().replace("forced_discount: 40%", "forced_discount: 100%").replace("coins: 1000", "coins: 0")
    deal.write_text(text.replace("coins: 500", "coins: 0"))
    done = command("leverage", deal, "--on-machines", "notes", "--paths", 4)
    assert done.exit_code == 0
    assert "no value" in done.stdout
    assert "inf" not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--on-machines", "lone"], "unknown debt 'lone'; did you mean 'loan'"),
        (["--on-machines", "notes", "--share", 0], "the stress state is 0 of the paths; a share above 0, at most 1"),
        (["--on-machines", "notes", "-o", "table.xlsx"], "the ending '.xlsx' is not known; a .csv file"),
        ([], "--on-machines"),
    ],
)
def test_misused(command, deal, arguments, said):
    done = command("leverage", deal, "--paths", 4, *arguments)
    assert done.exit_code == 2
    assert said in done.stderr


def test_a_debt_on_both_sides_is_told(command, deal):
    said = "loan is named on machines and on coins: it stands in both columns, in both debts once"
    for coins in ((), ("--on-coins", "loan")):
        assert said in " ".join(command("leverage", deal, "--on-machines", "loan", *coins, "--paths", 4).stdout.split())
    assert said not in command("leverage", deal, "--on-machines", "notes", "--paths", 4).stdout
