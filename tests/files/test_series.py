"""Series in deal files: their forms, what formulas read of them, and what is wrong with them."""

from __future__ import annotations

import datetime as dt

import pytest

import tranche
from tranche.deal import Deal
from tranche.errors import DealError
from tranche.files import load, loads

TEXT = """\
format: 1
name: series
schedule: {closing: 2025-01-01, maturity: 2026-01-01, frequency: quarterly}
collateral: {collections: {}}
tranches: {senior: {notional: 1k, coupon: 0%}}
accounts: {kept: {target: "KEPT"}}
series:
  cfads: SERIES
waterfall:
  - fund: kept
"""


def deal(series: str, kept: str = "cfads") -> Deal:
    return loads(TEXT.replace("SERIES", series).replace("KEPT", kept), "deal.yaml")


def balances(found: Deal) -> list[float]:
    """The account that is kept at what the formula says, out of plenty of cash."""
    flows = tranche.project(found, [1_000.0] * 4).cashflows("kept")
    return list(flows["balance"])


@pytest.mark.parametrize(
    ("series", "expected"),
    [
        ("[100, 200, 300 USD, 0.4k]", [100.0, 200.0, 300.0, 400.0]),
        ("{values: [1, 2, 3, 4]}", [1.0, 2.0, 3.0, 4.0]),
        # the first payment date is 2025-04-01: both amounts until then belong to it
        ("{2025-02-01: 10, 2025-04-01: 5, 2025-04-02: 20, 2026-01-01: 100}", [15.0, 20.0, 20.0, 100.0]),
        ("{dated: {2025-10-01: 70}}", [0.0, 0.0, 70.0, 70.0]),
        ("{levels: {2025-07-01: 50, 2025-12-01: 90}}", [50.0, 50.0, 50.0, 90.0]),
    ],
)
def test_the_forms(series: str, expected: list[float]) -> None:
    assert balances(deal(series)) == expected


def test_sum_next_looks_ahead() -> None:
    # fund never takes back, so the kept amount is the largest so far: 2 + 3 = 5, 3 + 4 = 7, then 4, then nothing
    assert balances(deal("[1, 2, 3, 4]", "sum_next(cfads, 2)")) == [5.0, 7.0, 7.0, 7.0]


def test_numbers_without_a_currency() -> None:
    found = deal("{levels: {2025-01-01: 1.40x, 2025-10-01: 130%}, unit: number}", "100 * cfads")
    assert found.series[0].levels == ((dt.date(2025, 1, 1), 1.4), (dt.date(2025, 10, 1), 1.3))


def test_columns_of_a_file(tmp_path) -> None:
    (tmp_path / "base.csv").write_text("period,cfads,other\n2,20,x\n1,10,y\n3,30,z\n4,40.5,\n")
    (tmp_path / "dated.csv").write_text("date,cfads\n2025-03-31,7\n2025-12-31,8\n")
    path = tmp_path / "deal.yaml"
    path.write_text(TEXT.replace("SERIES", "{file: base.csv, column: cfads}").replace("KEPT", "cfads"))
    assert load(path).series[0].values == (10.0, 20.0, 30.0, 40.5)
    path.write_text(TEXT.replace("SERIES", "{file: dated.csv, column: cfads}").replace("KEPT", "cfads"))
    assert balances(load(path)) == [7.0, 7.0, 7.0, 8.0]


@pytest.mark.parametrize(
    ("series", "said"),
    [
        ("[1, 2, 3]", "deal.yaml:8 series.cfads: 3 numbers are stated; one for each of the 4 payment dates"),
        ("{2024-12-31: 1}", "2024-12-31 is before the closing; a date from 2025-01-01 to 2026-01-01"),
        ("{2026-01-02: 1}", "2026-01-02 is after the last payment date"),
        ("[]", "the series has no numbers"),
        ("5", "the number 5 stands where a mapping is wanted"),
        ("{values: [1, 1, 1, 1], levels: {2025-01-01: 1}}", "values and levels are both given"),
        ("{valeus: [1, 1, 1, 1]}", "series.cfads.valeus: unknown key 'valeus'; did you mean 'values'?"),
        ("{2025-13-01: 1}", "2025-13-01 is no day of the calendar"),
        ("[1, two, 3, 4]", "series.cfads.values[1]: 'two' is not a number"),
        ("{values: [1, 1, 1, 1], unit: moneys}", "series.cfads.unit: unknown unit 'moneys'; did you mean 'money'?"),
        ("{file: nowhere.csv, column: cfads}", "there is no file 'nowhere.csv' beside the deal"),
        ("{file: ../x.csv, column: cfads}", "../x.csv"),
        ("{values: [1, 1, 1, 1], column: a}", "`column` without `file`"),
    ],
)
def test_mistakes(series: str, said: str) -> None:
    with pytest.raises(DealError) as caught:
        tranche.compile(deal(series))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty"),
        ("date,cash\n", "has no column 'cfads'"),
        ("cfads\n1\n", "has no column that says when"),
        ("period,cfads\n1,1\n1,2\n", "base.csv, line 3: 1 is there twice"),
        ("period,cfads\n1,1\n3,2\n", "the periods of base.csv have gaps"),
        ("period,cfads\n1,one\n", "base.csv, line 2: 'one' is not a number"),
        ("period,cfads\nx,1\n", "base.csv, line 2: 'x' is not a period"),
        ("date,cfads\n31.3.2025,1\n", "base.csv, line 2: '31.3.2025' is not a date"),
    ],
)
def test_mistakes_in_a_file(tmp_path, text: str, said: str) -> None:
    (tmp_path / "base.csv").write_text(text)
    (tmp_path / "deal.yaml").write_text(
        TEXT.replace("SERIES", "{file: base.csv, column: cfads}").replace("KEPT", "cfads")
    )
    with pytest.raises(DealError) as caught:
        load(tmp_path / "deal.yaml")
    assert said in str(caught.value)


def test_a_name_is_given_once() -> None:
    with pytest.raises(DealError, match=r"taken by series\.cfads"):
        loads(TEXT.replace("SERIES", "[1, 1, 1, 1]").replace("KEPT", "1") + "definitions: {cfads: 1}\n")
