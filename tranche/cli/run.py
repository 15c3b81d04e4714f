"""`tranche run`: simulate deals and print their tranche tables."""

from __future__ import annotations

import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from .options import Cash, Json, MarketFile, PathCount, Paths, Sampling, Seed, Threads, count

if TYPE_CHECKING:
    from tranche.deal import Deal
    from tranche.results import Results


def run(
    paths: Paths,
    number: PathCount = None,
    seed: Seed = 0,
    threads: Threads = None,
    collections: Cash = None,
    market: MarketFile = None,
    sampling: Sampling = "random",
    as_json: Json = False,
) -> None:
    """Simulate each deal and print its tranche table, its tests and the audit: cash in less cash out.

    Goes on after a deal that fails.
    """
    from tranche.errors import TrancheError

    from .deal_files import deal_files, named_file
    from .ending import as_data, ending
    from .output import print_json
    from .table import print_results

    with ending() as end:
        reports: list[dict[str, Any]] = []
        used, several = _threads(count("--threads", threads)), count("--paths", number)
        named_file(market, "market")
        named_file(collections, "collections")
        for file in deal_files(paths):
            try:
                deal, results, seconds = _run(file, several, seed, used, collections, market, sampling)
            except TrancheError as error:
                reports.append({"file": str(file), "ok": False, "problems": as_data(error)})
                end.fail(error)
                continue
            reports.append({"file": str(file), "ok": True, **_data(results, seconds, used)})
            if not as_json:
                print_results(str(file), deal, results, seconds, used)
        if as_json:
            print_json(reports)


def _threads(threads: int | None) -> int:
    """The threads of every run; one, with a note, where the kernel was built without OpenMP. Raises UsageError."""
    from tranche import engine

    with warnings.catch_warnings(record=True) as notes:
        warnings.simplefilter("always")
        used = engine.thread_count(threads)
    for note in notes:
        typer.echo(str(note.message), err=True)
    return used


def _run(
    file: Path,
    number: int | None,
    seed: int,
    threads: int,
    collections: Path | None,
    market: Path | None,
    sampling: str,
) -> tuple[Deal, Results, float]:
    from rich.progress import Progress

    from tranche.api import run as run_deal
    from tranche.files import read_market_file
    from tranche.inputs import as_deal, in_market, reads_market_file

    from .cash import read_cash
    from .output import errors, is_interactive, printable

    deal = own = as_deal(file)
    if market is not None:
        above = read_market_file(market, own.currency)
        deal = in_market(own, above, market)
        if not reads_market_file(own, above):
            said = f"{file}: note: the deal reads nothing of {market}; its figures are those without it"
            typer.echo(printable(said), err=True)
    cash = read_cash(deal, collections)
    with Progress(console=errors(), transient=True, disable=not is_interactive()) as bar:
        task = bar.add_task("paths", total=number)
        start = time.perf_counter()
        results = run_deal(
            deal,
            number,
            seed,
            threads,
            cash,
            progress=lambda done: bar.update(task, advance=done),
            keep_paths=False,
            sampling=sampling,
        )
        seconds = time.perf_counter() - start
    if sampling == "antithetic" and any(name.startswith("market.") for name in results.program.inputs_read):
        said = "standard errors are those of independent paths; of antithetic pairs they may say too much or too little"
        typer.echo(printable(f"{file}: note: {said}"), err=True)
    return deal, results, seconds


def _data(results: Results, seconds: float, threads: int) -> dict[str, Any]:
    from tranche.results import FIELDS

    program, audit = results.program, results.audit
    tests = [claim.name for claim in program.claims if claim.kind == "test"]
    return {
        "deal": program.name,
        "currency": program.currency,
        "paths": results.count,
        "seed": results.seed,
        "dates": [date.isoformat() for date in program.dates[1:]],
        "tranches": results.tranches().to_dict(orient="index"),
        "tests": {name: {field: results.spread(f"{name}.{field}").mean for field in FIELDS["test"]} for name in tests},
        "audit": {"absolute": audit.absolute, "relative": audit.relative, "path": audit.path, "period": audit.period},
        "seconds": seconds,
        "threads": threads,
        "hash": program.hash,
    }
