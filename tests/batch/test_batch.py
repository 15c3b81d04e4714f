"""A batch: what its tables say is what single runs say; what is computed is not computed again; failures are rows."""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import tranche
from tests.batch.small_grid import dataset, run_in_workers, write_deals, write_markets
from tests.small_deals import FLEET, STRESSED, cash
from tranche.batch import Progress, grid, prepare, run_batch
from tranche.batch.grid import crossed
from tranche.batch.log import Log
from tranche.batch.pool import MOST_DEATHS
from tranche.errors import UsageError

pytest.importorskip("pyarrow")

FEATURES = Path(tranche.__file__).parents[1] / "deals" / "features"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three fleets, two markets, a deal with its own cash beside it, one that is none; and their dataset in `runs`."""
    folder = tmp_path_factory.mktemp("batch")
    write_deals(folder / "deals", 3)
    write_markets(folder / "markets", 2)
    pool = STRESSED.replace("{collections: {}}", "{collections: {file: cash.csv}}")
    (folder / "deals" / "pool.yaml").write_text(pool)
    rows = [f"{p},{t + 1},{amount!r}" for p, line in enumerate(cash(6).tolist()) for t, amount in enumerate(line)]
    (folder / "deals" / "cash.csv").write_text("\n".join(["path,period,cash", *rows]) + "\n")
    (folder / "deals" / "wrong.yaml").write_text("format: 1\nname: wrong\n")
    report = run_batch(cases_in(folder), folder / "runs", paths=500, seed=3, workers=0)
    assert (report.cases, report.computed, report.known, len(report.failed)) == (10, 8, 0, 2)
    return folder


def cases_in(folder: Path, **more: Any) -> list[Any]:
    deals, markets = sorted((folder / "deals").glob("*.yaml")), sorted((folder / "markets").glob("*.yaml"))
    return grid(deals, markets, **more)


def table(home: Path, name: str) -> pd.DataFrame:
    return pd.read_parquet(home / "runs" / f"{name}.parquet")


def test_the_tables_are_those_of_single_runs(home: Path) -> None:
    tranches, flows, tests = (table(home, name) for name in ("tranches", "cashflows", "tests"))
    for case in cases_in(home):
        if "wrong" in case.deal:
            continue
        results = tranche.run(case.deal, 6 if "pool" in case.deal else 500, 3, market=case.market)
        mine = tranches[(tranches["deal"] == case.deal) & (tranches["market"] == case.market)].set_index("tranche")
        for name, row in results.tranches().iterrows():
            for column, value in row.items():
                kept = mine[column][name]
                assert kept == value or (math.isnan(kept) and math.isnan(value)), (case.deal, name, column)
        debt = results.losses("loan" if "fleet" in case.deal else "senior")
        row = mine.loc["loan" if "fleet" in case.deal else "senior"]
        assert (row["loss_95"], row["shortfall_99"]) == (debt.quantile(0.95), debt.shortfall(0.99))
        assert row["worst_path"] == (debt.worst[0][0] if debt.worst else -1)
        here = flows[(flows["deal"] == case.deal) & (flows["market"] == case.market)]
        for name in mine.index:
            frame = results.cashflows(name)
            for field in frame.columns:
                got = here[(here["class"] == name) & (here["field"] == field)]
                assert got["mean"].tolist() == frame[field].tolist()
                assert list(got["date"]) == list(frame.index)
        failed = tests[(tests["deal"] == case.deal) & (tests["market"] == case.market) & (tests["level"] == "lock_up")]
        assert failed["dates"].tolist() == [results.total("dscr.lock_up").mean()]
        assert failed["share"].tolist() == [(results.total("dscr.lock_up") > 0).mean()]


def test_losses_by_basis_point_add_up_to_the_defaults(home: Path) -> None:
    losses, tranches = table(home, "losses"), table(home, "tranches")
    hit = losses.groupby(["case", "tranche"], observed=True)["paths"].sum()
    for _, row in tranches[tranches["kind"] == "debt"].iterrows():
        paths = 6 if "pool" in row["deal"] else 500
        assert hit.get((row["case"], row["tranche"]), 0) == round(row["default_probability"] * paths)


def test_a_failed_case_is_a_row_with_its_reason(home: Path) -> None:
    cases = table(home, "cases")
    assert len(cases) == 10
    assert cases["case"].tolist() == list(range(10))
    wrong = cases[cases["deal"].str.endswith("wrong.yaml")]
    assert wrong["status"].tolist() == ["failed"] * 2
    assert wrong["reason"].str.contains("tranches: is missing").all()
    assert cases["status"].value_counts().to_dict() == {"ok": 8, "failed": 2}
    assert not table(home, "tranches")["deal"].str.endswith("wrong.yaml").any()


def test_the_manifest_says_what_was_run_on_what(home: Path) -> None:
    import hashlib

    manifest = json.loads((home / "runs" / "manifest.json").read_text())
    assert (manifest["seed"], manifest["paths"]) == (3, 500)
    assert {"tranche", "python", "numpy", "pyarrow", "QuantLib"} <= set(manifest["versions"])
    for name, said in manifest["tables"].items():
        file = home / "runs" / f"{name}.parquet"
        assert said == {"rows": len(pd.read_parquet(file)), "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
    first = manifest["cases"][0]
    assert first["deal_hash"] == hashlib.sha256(Path(first["deal"]).read_bytes()).hexdigest()
    assert first["market_hash"] == hashlib.sha256(Path(first["market"]).read_bytes()).hexdigest()
    results = tranche.run(first["deal"], 5, market=first["market"])
    assert first["program"] == results.program.hash


def test_others_read_it_too(home: Path) -> None:
    duckdb, polars = pytest.importorskip("duckdb"), pytest.importorskip("polars")
    file = home / "runs" / "tranches.parquet"
    count = len(pd.read_parquet(file))
    assert duckdb.sql(f"select count(*) from '{file}'").fetchall() == [(count,)]
    sql = f"select tranche, avg(expected_loss) from '{file}' where deal like '%fleet%' group by tranche order by 1"
    loss = pd.read_parquet(file).query("tranche == 'loan'")["expected_loss"].mean()
    assert duckdb.sql(sql).fetchall()[0] == ("loan", pytest.approx(loss))
    assert polars.read_parquet(file).height == count


def test_what_is_computed_is_not_computed_again(home: Path) -> None:
    before = dataset(home / "runs")
    report = run_batch(cases_in(home), home / "runs", paths=500, seed=3, workers=2)
    assert (report.computed, report.known, report.path_periods) == (0, 8, 0)
    assert dataset(home / "runs") == before


def test_what_a_killed_batch_left_half_written_is_cleared(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "runs"
    shutil.copytree(home / "runs", folder)
    (folder / "tranches.parquet").write_bytes(b"old")
    (folder / "manifest.json").unlink()
    (folder / "losses.parquet.99.unfinished").write_bytes(b"half")
    (folder / ".tranche" / "slices" / "ab").mkdir(parents=True)
    (folder / ".tranche" / "slices" / "ab" / "abcd.99.unfinished").write_bytes(b"half")
    (folder / ".tranche" / "results.log.99.unfinished").write_bytes(b"half")
    run_batch(cases_in(home), folder, paths=500, seed=3, workers=0)
    assert dataset(folder) == dataset(home / "runs")
    assert not list(folder.rglob("*.unfinished"))


def test_workers_slices_and_folders_change_no_bit(home: Path) -> None:
    for folder, how in {"two": {"workers": 2}, "cut": {"workers": 0, "slice_paths": 77}}.items():
        report = run_batch(cases_in(home), home / folder, paths=500, seed=3, **how)
        assert report.computed == 8
        assert dataset(home / folder) == dataset(home / "runs")
    assert not list((home / "cut" / ".tranche" / "slices").glob("*/*"))  # merged and dropped


@pytest.mark.parametrize(
    "change",
    ["paths", "seed", "fresh", "deal", "market", "file", "override", "code"],
)
def test_what_decides_a_figure_is_computed_again(
    home: Path, tmp_path: Path, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(home, folder)
    how: dict[str, Any] = {"paths": 500, "seed": 3}
    overrides: Any = {}
    computed = {"deal": 2, "market": 4, "file": 2, "fresh": 8}.get(change, 8)
    if change in ("paths", "seed"):
        how[change] = 501
    if change == "fresh":
        how["fresh"] = True
    if change == "deal":
        path = folder / "deals" / "fleet_0001.yaml"
        path.write_text(path.read_text() + "# a comment\n")
    if change == "market":
        path = folder / "markets" / "market_1.yaml"
        path.write_text(path.read_text().replace("drift: -30%", "drift: -31%"))
    if change == "file":
        path = folder / "deals" / "cash.csv"
        path.write_text(path.read_text().replace("0,1,", "0,1,1"))
    if change == "override":
        overrides["overrides"] = crossed([("description", "another")])
    if change == "code":
        monkeypatch.setattr("tranche.batch.run.code_hash", lambda: "another")
    report = run_batch(cases_in(folder, **overrides), folder / "runs", workers=0, **how)
    assert (report.computed, report.known) == (computed, 8 - computed)


def test_a_result_that_was_cut_short_is_computed_again(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(home, folder)
    log = folder / "runs" / ".tranche" / "results.log"
    log.write_bytes(log.read_bytes()[:-7])
    report = run_batch(cases_in(folder), folder / "runs", paths=500, seed=3, workers=0)
    assert (report.computed, report.known) == (1, 7)


def test_overrides_are_a_dimension_of_the_grid(tmp_path: Path) -> None:
    write_deals(tmp_path / "deals", 1)
    overrides = crossed([("loan.coupon", "8%"), ("loan.coupon", "10%"), ("dscr.lock_up", "1.2x")])
    assert overrides == [
        (("loan.coupon", "8%"), ("dscr.lock_up", "1.2x")), (("loan.coupon", "10%"), ("dscr.lock_up", "1.2x")),
    ]  # fmt: skip
    cases = grid(sorted((tmp_path / "deals").glob("*")), overrides=overrides)
    run_batch(cases, tmp_path / "runs", paths=200, workers=0)
    table = pd.read_parquet(tmp_path / "runs" / "tranches.parquet").query("tranche == 'loan'")
    assert table["overrides"].tolist() == [f"loan.coupon = {c}; dscr.lock_up = 1.2x" for c in ("8%", "10%")]
    deal = tranche.load(cases[0].deal).with_({"loan.coupon": "10%", "dscr.lock_up": "1.2x"})
    assert table["interest"].tolist()[1] == tranche.run(deal, 200).tranches()["interest"]["loan"]


def test_a_market_of_a_copula_alone_joins_the_factors_of_each_deal(tmp_path: Path) -> None:
    btc = "btc: {lognormal: {initial: 60k USD, drift: 0%, volatility: 50%}}"
    write_deals(tmp_path / "deals", 1, FLEET.replace("  factors:\n", f"  factors:\n    {btc}\n"))
    write_deals(tmp_path / "without", 1)
    (tmp_path / "copula.yaml").write_text("format: 1\ndependence: {gaussian: {rent_h100 ~ btc: 0.5}}\n")
    deals = [*(tmp_path / "deals").glob("*"), *(tmp_path / "without").glob("*")]
    run_batch(grid(deals, [tmp_path / "copula.yaml"]), tmp_path / "runs", paths=100, workers=0)
    assert table(tmp_path, "cases")["status"].tolist() == ["ok", "failed"]
    assert "copula.yaml:2 market.dependence.gaussian.rent_h100 ~ btc: unknown factor 'btc'" in (
        table(tmp_path, "cases")["reason"][1]
    )


def test_a_market_of_which_a_deal_reads_nothing_fails_it(tmp_path: Path) -> None:
    """A misspelt factor would give the same figures under another name; given cash is the same in every market."""
    write_deals(tmp_path / "deals", 1)
    (tmp_path / "wrong.yaml").write_text("format: 1\nfactors: {rent_h10O: {lognormal: {initial: 1, volatility: 9%}}}\n")
    deals = [*(tmp_path / "deals").glob("*"), FEATURES / "cash_trap.yaml"]
    run_batch(grid(deals, [tmp_path / "wrong.yaml"]), tmp_path / "runs", paths=100, workers=0)
    assert table(tmp_path, "cases")["status"].tolist() == ["failed", "ok"]
    assert table(tmp_path, "cases")["reason"][0].endswith(
        "wrong.yaml: the deal reads nothing of this market file; did you mean 'rent_h100'?"
    )


@pytest.mark.parametrize("name", ["make_whole", "cash_trap"])
def test_a_table_may_be_empty(tmp_path: Path, name: str) -> None:
    """A deal without tests; a deal with tests of which no debt loses anything."""
    run_batch(grid([FEATURES / f"{name}.yaml"]), tmp_path / "runs", workers=0)
    assert table(tmp_path, "cases")["status"].tolist() == ["ok"]
    assert table(tmp_path, "losses").empty
    assert table(tmp_path, "tests").empty == (name == "make_whole")


def test_an_override_that_cannot_be_fails_its_cases_only(tmp_path: Path) -> None:
    write_deals(tmp_path / "deals", 2)
    cases = grid(sorted((tmp_path / "deals").glob("*")), overrides=[(), (("loan.cupon", "8%"),)])
    report = run_batch(cases, tmp_path / "runs", paths=100, workers=0)
    assert report.computed == 2
    assert [reason for _, reason in report.failed] == ["loan.cupon: unknown key 'cupon'; did you mean 'coupon'?"] * 2


def test_equal_cases_are_computed_once_and_are_rows_each(tmp_path: Path) -> None:
    write_deals(tmp_path / "deals", 1)
    deals = sorted((tmp_path / "deals").glob("*"))
    report = run_batch(grid([*deals, *deals]), tmp_path / "runs", paths=100, workers=0)
    assert report.path_periods == 100 * 12
    assert (report.cases, report.computed) == (2, 2)
    assert len(pd.read_parquet(tmp_path / "runs" / "cases.parquet")) == 2


def test_progress_ends_where_it_should(tmp_path: Path) -> None:
    write_deals(tmp_path / "deals", 2)
    seen: list[tuple[int, int, int]] = []

    def tell(progress: Progress) -> None:
        seen.append((progress.done, progress.tasks_done, progress.tasks))

    run_batch(
        grid(sorted((tmp_path / "deals").glob("*"))), tmp_path / "runs", paths=250, slice_paths=100, workers=0,
        progress=tell,
    )  # fmt: skip
    assert seen[-1] == (2, 8, 8)  # three slices and the tables, twice
    assert seen == sorted(seen)


def test_a_task_that_kills_its_workers_fails_and_the_others_finish(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that is out of memory dies without a word."""
    write_deals(tmp_path / "deals", 3)
    code = (
        "import os, sys\n"
        "import tranche.batch.work as work\n"
        "plain = work._ready\n"
        "def deadly(task, prepared=None):\n"
        "    if 'fleet_0001' in task.case.deal: os.kill(os.getpid(), 9)\n"
        "    return plain(task, prepared)\n"
        "work._ready = deadly\n"
    )
    run_in_workers(code, tmp_path, monkeypatch)
    report = run_batch(grid(sorted((tmp_path / "deals").glob("*"))), tmp_path / "runs", paths=50, workers=1)
    assert report.computed == 2
    ((case, reason),) = report.failed
    assert "fleet_0001" in case.deal
    assert reason == f"the worker process ended on it {MOST_DEATHS} times, the last time with signal 9"


@pytest.mark.parametrize("when", [1, 2])
def test_slices_of_files_that_changed_between_them_are_no_case(home: Path, tmp_path: Path, when: int) -> None:
    """After the first slice, and before the tables of both are made; by a worker that read the file anew."""
    from tranche.batch.prepare import forget

    for name in ("pool.yaml", "cash.csv"):
        shutil.copy(home / "deals" / name, tmp_path)

    def change(progress: Progress) -> None:
        if progress.tasks_done == when:
            text = (tmp_path / "cash.csv").read_text()
            (tmp_path / "cash.csv").write_text(text.replace("\n0,1,", "\n0,1,1"))
            forget()

    cases = grid([tmp_path / "pool.yaml"])
    first = run_batch(cases, tmp_path / "runs", paths=6, slice_paths=3, workers=0, progress=change)
    said = f"a file that {tmp_path / 'pool.yaml'} names changed while the batch ran; start the batch again"
    assert [reason for _, reason in first.failed] == [said]
    run_batch(cases, tmp_path / "runs", paths=6, slice_paths=3, workers=0)
    run_batch(cases, tmp_path / "quiet", paths=6, workers=0)
    assert dataset(tmp_path / "runs") == dataset(tmp_path / "quiet")


def test_messages_longer_than_a_pipe_holds(tmp_path: Path) -> None:
    """Driver and worker both have much to say at the same time: neither may wait for the other."""
    answer = (
        "import tranche.batch.serve as serve\n"
        "from tranche.batch.work import Outcome\n"
        "serve.perform_together = lambda tasks: tuple(Outcome(data=bytes(1_000_000)) for _ in tasks)\n"
    )
    (tmp_path / "sitecustomize.py").write_text(answer)
    ask = (
        "from tranche.batch.grid import Case\n"
        "from tranche.batch.pool import Processes, Task\n"
        "pool, done = Processes(1), []\n"
        "for k in range(8):\n"
        "    pool.submit(Task(k, Case('', '', (), '', ''), 0, 0, 1, reduction=bytes(1_000_000)))\n"
        "while len(done) < 8: done += pool.wait(1.0)\n"
        "pool.close(); print(sorted(task.number for task, _ in done))\n"
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(Path(__file__).parents[2])])}
    done = subprocess.run([sys.executable, "-c", ask], env=env, capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout == "[0, 1, 2, 3, 4, 5, 6, 7]\n"


def test_one_batch_in_a_folder_at_a_time(tmp_path: Path) -> None:
    write_deals(tmp_path / "deals", 1)
    (tmp_path / "runs" / ".tranche").mkdir(parents=True)
    hold = (
        "import sys, pathlib; from tranche.batch.lock import locked\n"
        "with locked(pathlib.Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    lock = tmp_path / "runs" / ".tranche" / "lock"
    holder = subprocess.Popen(
        [sys.executable, "-c", hold, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    cases = grid(sorted((tmp_path / "deals").glob("*")))
    with pytest.raises(UsageError, match=f"is in use by another batch, process {holder.pid} on "):
        run_batch(cases, tmp_path / "runs", paths=10, workers=0)
    holder.kill()  # and what it held is free: no lock outlives its holder
    holder.communicate()
    assert run_batch(cases, tmp_path / "runs", paths=10, workers=0).computed == 1


def test_a_file_that_changes_while_the_batch_runs_fails_its_case(tmp_path: Path) -> None:
    write_deals(tmp_path / "deals", 1)
    cases = grid(sorted((tmp_path / "deals").glob("*")))
    path = Path(cases[0].deal)
    path.write_text(path.read_text() + "\n")
    report = run_batch(cases, tmp_path / "runs", paths=10, workers=0)
    assert report.failed[0][1].endswith("changed while the batch ran; start the batch again")


def test_what_makes_no_sense(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the grid has no cases"):
        run_batch([], tmp_path)
    with pytest.raises(UsageError, match="the grid has 1,100,000 cases; at most 1,000,000"):
        grid([Path("a")] * 1_100, [Path("b")] * 1_000)
    write_deals(tmp_path / "deals", 1)
    cases = grid(sorted((tmp_path / "deals").glob("*")))
    for wrong in ({"paths": 0}, {"seed": -1}, {"workers": 0.5}, {"slice_paths": 0}):
        with pytest.raises(UsageError):
            run_batch(cases, tmp_path / "runs", **wrong)


def test_reductions_and_tables_survive_their_packing(home: Path) -> None:
    from tranche.batch.packed import pack_reduction, unpack, unpack_reduction
    from tranche.errors import Invalid

    reduction = tranche.run(cases_in(home)[0].deal, 300).reduction
    data = pack_reduction(reduction)
    again = unpack_reduction(data)
    assert pack_reduction(again) == data
    for name in ("moments", "histogram", "worst_path", "worst_loss", "extremes", "residual"):
        np.testing.assert_array_equal(getattr(again.tally, name), getattr(reduction.tally, name))
    for wrong in (b"", data[:-1], data[:100], b"x" + data[1:], data[:50] + b"!" + data[51:]):
        with pytest.raises(Invalid):
            unpack(wrong)


def pool_in(folder: Path, times: int) -> Path:
    """A folder with a pool's cash, each amount `times` as high; the path of its deal, which is not written."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [f"{p},{t + 1},{times * x!r}" for p, line in enumerate(cash(3).tolist()) for t, x in enumerate(line)]
    (folder / "cash.csv").write_text("\n".join(["path,period,cash", *rows]) + "\n")
    return folder / "pool.yaml"


POOL = STRESSED.replace("{collections: {}}", "{collections: {file: cash.csv}}")


@pytest.mark.parametrize("runs", [1, 2])
def test_a_link_to_a_deal_is_run_on_the_files_beside_the_link(tmp_path: Path, runs: int) -> None:
    (tmp_path / "pool.yaml").write_text(POOL)
    links = [pool_in(tmp_path / f"of_{times}", times) for times in (1, 2)]
    for link in links:
        link.symlink_to(tmp_path / "pool.yaml")
    for run in range(runs):  # at once, or one after the other
        wanted = links[run : run + 1] if runs > 1 else links
        run_batch(grid(wanted), tmp_path / "runs", workers=0)
        singles = [tranche.run(link).tranches()["distribution"]["equity"] for link in wanted]
        assert table(tmp_path, "tranches").query("tranche == 'equity'")["distribution"].tolist() == singles
    again = run_batch(grid(links), tmp_path / "runs", workers=0)
    assert (again.computed, again.known) == (0, 2)


@pytest.mark.parametrize("how", ["the file", "a link to it"])
def test_data_that_changes_between_two_batches_of_one_process(tmp_path: Path, how: str) -> None:
    deal = pool_in(tmp_path, 1)
    deal.write_text(POOL)
    if how != "the file":
        other = pool_in(tmp_path / "other", 2).with_name("cash.csv").rename(tmp_path / "double.csv")
        (tmp_path / "cash.csv").rename(tmp_path / "single.csv")
        (tmp_path / "cash.csv").symlink_to("single.csv")
    run_batch(grid([deal]), tmp_path / "runs", workers=0)
    if how == "the file":
        pool_in(tmp_path, 2)
    else:
        (tmp_path / "cash.csv").unlink()
        (tmp_path / "cash.csv").symlink_to(other)
    assert run_batch(grid([deal]), tmp_path / "runs", workers=0).computed == 1
    row = table(tmp_path, "tranches").query("tranche == 'equity'")
    assert row["distribution"].tolist() == [tranche.run(deal).tranches()["distribution"]["equity"]]


@pytest.mark.parametrize("damage", [b"", b"[", b"\xff", b'["x"]'])
def test_names_that_are_damaged_are_found_again(home: Path, tmp_path: Path, damage: bytes) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(home, folder)
    log = Log(folder / "runs" / ".tranche" / "results.log")
    names = [address for address in map(bytes.hex, log.places) if b'"names"' in (log.get(address) or b"")]
    assert names
    for address in names:
        log.put(address, damage)
    log.close()
    report = run_batch(cases_in(folder), folder / "runs", paths=500, seed=3, workers=0)
    assert (report.computed, report.known) == (2, 6)
    assert run_batch(cases_in(folder), folder / "runs", paths=500, seed=3, workers=0).known == 8


def test_few_cases_with_cash_flows_of_their_own_are_kept(tmp_path: Path) -> None:
    """They may be as large as the memory allows one to be."""
    for times in range(1, 5):
        pool_in(tmp_path / f"of_{times}", times).write_text(POOL)
    write_deals(tmp_path / "deals", 1)
    run_batch(grid(sorted(tmp_path.glob("*/*.yaml"))), tmp_path / "runs", workers=0)
    assert len(prepare._large) == prepare.LARGE
    assert len(prepare._known) == 1
