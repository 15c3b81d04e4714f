"""The tables of a case say what its Results say, and cost a worker no library more."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tranche
from tests.small_deals import FLEET, STRESSED, cash
from tranche import engine
from tranche.batch.columns import DATE, TEXT, Text, from_bytes, held, to_bytes
from tranche.batch.packed import unpack
from tranche.batch.tables import QUANTILES, pack_tables, tables_of
from tranche.files import loads
from tranche.inputs import prepare
from tranche.measures.credit import COLUMNS
from tranche.records import FIELDS
from tranche.results import Results

ROOT = Path(__file__).parent.parent.parent
EVERY_FEATURE = sorted((ROOT / "deals" / "features").glob("*.yaml"))


def stressed() -> Results:
    return engine.run_program(prepare(loads(STRESSED), collections=cash(2_000)), 2_000, threads=1)


def listed(column: Any) -> list[Any]:
    return [column.words[k] for k in column.numbers] if isinstance(column, Text) else column.tolist()


def made(results: Results) -> dict[str, dict[str, list[Any]]]:
    _, tables = tables_of(unpack(pack_tables(results)))
    return {name: {column: listed(values) for column, values in table.items()} for name, table in tables.items()}


@pytest.fixture(scope="module", params=["stressed", "fleet", *(path.stem for path in EVERY_FEATURE)])
def results(request: pytest.FixtureRequest) -> Results:
    if request.param == "stressed":
        return stressed()
    if request.param == "fleet":
        return tranche.run(loads(FLEET), 200)
    return tranche.run(ROOT / "deals" / "features" / f"{request.param}.yaml", 1)


def test_cash_flows_are_the_means_by_date(results: Results) -> None:
    table, at = made(results)["cashflows"], 0
    days = (np.array(results.program.dates[1:], dtype="datetime64[D]").astype(int)).tolist()
    for claim in results.program.claims:
        for field, wanted in results.cashflows(claim.name).items():
            rows = slice(at, at := at + len(days))
            assert set(table["class"][rows]) == {claim.name}
            assert set(table["field"][rows]) == {field}
            assert table["date"][rows] == days
            assert table["mean"][rows] == wanted.tolist()
    assert at == len(table["mean"])


def test_tranches_are_the_tranche_table_and_the_tail_of_the_losses(results: Results) -> None:
    table, wanted = made(results)["tranches"], results.tranches()
    assert table["tranche"] == list(wanted.index)
    for column in COLUMNS:
        np.testing.assert_array_equal(table[column], wanted[column])
    for k, name in enumerate(table["tranche"]):
        tail = [table[column][k] for column in (*QUANTILES, "shortfall_99")]
        if table["kind"][k] == "debt":
            losses = results.losses(name)
            assert tail == [*map(losses.quantile, QUANTILES.values()), losses.shortfall(0.99)]
            assert table["worst_path"][k] == (losses.worst[0][0] if losses.worst else -1)
        else:
            assert all(map(math.isnan, tail))
            assert table["worst_path"][k] == -1


def test_losses_are_the_bins_that_are_not_empty(results: Results) -> None:
    table = made(results)["losses"]
    rows = [
        (debt.name, k, paths)
        for debt in results.program.debts
        for k, paths in enumerate(results.losses(debt.name).bins.tolist())
        if paths
    ]
    assert list(zip(table["tranche"], table["basis_point"], table["paths"], strict=True)) == rows


def test_tests_are_the_levels_that_are_recorded(results: Results) -> None:
    table, known = made(results)["tests"], {record.name for record in results.program.records}
    rows = [
        (claim.name, level, spread.mean, spread.positive)
        for claim in results.program.claims
        for level in FIELDS["test"]
        if claim.kind == "test" and f"{claim.name}.{level}" in known
        for spread in [results.spread(f"{claim.name}.{level}")]
    ]
    assert list(zip(*(table[name] for name in ("test", "level", "dates", "share")), strict=True)) == rows


def test_the_stressed_deal_has_something_in_every_table() -> None:
    assert all(len(next(iter(table.values()))) for table in made(stressed()).values())


def test_tables_do_not_depend_on_those_made_before() -> None:
    """Deals of one form share the words and numbers of their columns, others do not."""
    alone = pack_tables(stressed())
    for path in EVERY_FEATURE[:5]:
        pack_tables(tranche.run(path, 1))
    assert pack_tables(stressed()) == alone


@pytest.mark.parametrize("rows", [0, 1, 300])
def test_a_column_has_the_same_bytes_as_a_list_as_an_array_and_held(rows: int) -> None:
    kinds = {"word": TEXT, "date": DATE, "whole": "int64", "figure": "float64"}
    words = [f"word {k % 200}" for k in range(rows)]
    figures = [math.nan, -0.0, math.inf, *(k / 3 for k in range(rows))][:rows]
    lists = {"word": Text.of(words), "date": [*range(20_000, 20_000 + rows)], "whole": [-1] * rows, "figure": figures}
    arrays = lists | {
        "date": np.array(lists["date"], dtype=np.int32),
        "whole": np.array(lists["whole"], dtype=np.int64),
        "figure": np.array(figures, dtype=np.float64),
    }
    said, block = to_bytes(lists, kinds)
    assert to_bytes(arrays, kinds) == (said, block)
    assert to_bytes({name: held(arrays[name], kind) for name, kind in kinds.items()}, kinds) == (said, block)
    found = {name: listed(column) for name, column in from_bytes(said, block, kinds).items()}
    assert str(found) == str(lists | {"word": words})


def test_a_worker_imports_no_pandas_and_no_optimiser() -> None:
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from tranche.batch.grid import grid\n"
        "from tranche.batch.work import Task, perform\n"
        "case, = grid([Path(sys.argv[1])])\n"
        "assert perform(Task(0, case, 0, 0, 100)).data\n"
        "print(*(name for name in ('pandas', 'scipy.optimize') if name in sys.modules))\n"
    )
    deal = str(ROOT / "deals" / "gpu_ddtl_2024.yaml")
    done = subprocess.run([sys.executable, "-c", code, deal], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
