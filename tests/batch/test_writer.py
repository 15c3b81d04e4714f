"""Tables as bytes and in Parquet: what goes in comes out, however narrow it lies in between."""

from __future__ import annotations

import numpy as np
import pyarrow.parquet as pq
import pytest

from tranche.batch import writer
from tranche.batch.columns import Text, from_bytes, to_bytes
from tranche.batch.writer import Writer

KINDS = {"word": "text", "day": "date32", "rank": "int32", "paths": "int64", "mean": "float64"}


def table(rows: int, farthest: int, words: int = 3) -> dict:
    spread = np.linspace(-farthest, farthest, rows).astype(np.int64)
    return {
        "word": Text.of([f"word {k % words}" for k in range(rows)]),
        "day": np.arange(rows) + 20_000,
        "rank": np.arange(rows),
        "paths": spread,
        "mean": spread / 7.0,
    }


@pytest.mark.parametrize("farthest", [0, 127, 128, 32_767, 32_768, 2**31 - 1, 2**31, 2**52])
@pytest.mark.parametrize("rows", [0, 1, 300])
def test_bytes_and_back(rows, farthest):
    made = table(rows, farthest, words=200)
    columns = from_bytes(*to_bytes(made, KINDS), KINDS)
    for name, column in made.items():
        got = columns[name]
        if isinstance(column, Text):
            assert list(got.words) == list(column.words)
            column, got = column.numbers, got.numbers
        assert got.tolist() == column.tolist()


@pytest.mark.parametrize("least", [-128, -129, -32_768, -32_769, -(2**31), -(2**31) - 1])
def test_the_lowest_number_of_a_type(least):
    block = to_bytes({"paths": np.array([least, 0])}, {"paths": "int64"})
    assert from_bytes(*block, {"paths": "int64"})["paths"].tolist() == [least, 0]


def test_whole_numbers_take_no_more_bytes_than_they_need():
    said, block = to_bytes(table(300, 100), KINDS)
    assert said["types"] == ["|i1", "<i2", "<i2", "|i1", "<f8"]
    assert len(block) == 300 * 14


@pytest.mark.parametrize("group", [7, 40, 10**6])
def test_a_table_is_the_rows_of_its_cases_in_order(tmp_path, monkeypatch, group):
    """Cases of no row and of many, with words of their own, in small numbers and large ones."""
    monkeypatch.setattr(writer, "GROUP", group)
    monkeypatch.setattr(writer, "MANY", 3)
    path, wanted = tmp_path / "table.parquet", []
    with Writer(path, {"case": "int32", "deal": "text"}, KINDS) as made:
        for case, (rows, farthest) in enumerate([(5, 9), (0, 0), (9, 2**40), (1, 0), (30, 40_000), (2, 1)] * 2):
            deal = f"deal {case % 4}"
            own = table(rows, farthest, words=1 + case % 5)
            made.add({"case": case, "deal": deal}, from_bytes(*to_bytes(own, KINDS), KINDS))
            words = [own["word"].words[k] for k in own["word"].numbers]
            wanted += zip([case] * rows, [deal] * rows, words, own["rank"], own["paths"], own["mean"], strict=True)
        assert made.close()["rows"] == len(wanted)
        made.publish()
    got = pq.read_table(path)
    names = ("case", "deal", "word", "rank", "paths", "mean")
    assert list(zip(*(got[name].to_pylist() for name in names), strict=True)) == wanted
    assert (pq.ParquetFile(path).num_row_groups > 1) == (group < len(wanted))
