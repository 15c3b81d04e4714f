"""`tranche batch`: a grid of deals, markets and overrides into a Parquet dataset."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import attrs
import typer

from .options import Json, Paths, Seed, count

if TYPE_CHECKING:
    from tranche.batch import BatchReport, Case, Progress

EVERY = 15.0  # seconds between two lines of progress where nobody watches a bar


def batch(
    deals: Paths,
    out: Annotated[Path, typer.Option("--out", help="The folder of the dataset; what it holds is not computed again.")],
    markets: Annotated[
        list[Path] | None,
        typer.Option("--markets", help="Market files, or folders: every deal in each of them. [default: its own]"),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="Another term for every deal: senior.coupon='SOFR + 500bp'. Twice: an axis."),
    ] = None,
    grid_file: Annotated[Path | None, typer.Option("--grid", help="Sets of overrides: a YAML file.")] = None,
    number: Annotated[
        str | None,
        typer.Option("--paths", metavar="NUMBER", help="Paths of a case, such as 100k. [default: as `tranche run`]"),
    ] = None,
    seed: Seed = 0,
    workers: Annotated[
        str | None,
        typer.Option("--workers", metavar="NUMBER", help="Processes; 0: this one alone. [default: all processors]"),
    ] = None,
    cluster: Annotated[
        str | None, typer.Option("--cluster", help="Run on Dask: `local`, or the address of a scheduler (tcp://…).")
    ] = None,
    slice_paths: Annotated[
        str | None,
        typer.Option("--slice", metavar="NUMBER", help="Paths of one task, such as 500k; no figure depends on it."),
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Compute everything again.")] = False,
    as_json: Json = False,
) -> None:
    """Run every deal in every market under every set of overrides; write tables of all of them into one folder.

    A case that fails is a row with its reason, and the exit code is 1. Interrupted or killed, the same command goes on
    where it stopped and ends with the same dataset.
    """
    from tranche.batch import run_batch
    from tranche.batch.grid import check_texts
    from tranche.batch.run import SLICE

    from .ending import ending
    from .output import print_json

    with ending() as end:
        check_texts([str(out)])
        cases = _cases(deals, markets or [], settings or [], grid_file)
        with _Shown(quiet=as_json) as shown:
            report = run_batch(
                cases,
                out,
                paths=count("--paths", number),
                seed=seed,
                workers=count("--workers", workers),
                cluster=cluster,
                slice_paths=SLICE if slice_paths is None else count("--slice", slice_paths),
                fresh=fresh,
                progress=shown.tell,
            )
        _failures(report, end)
        if as_json:
            print_json(_data(report))
        else:
            _summary(report, out)


def _cases(deals: list[Path], markets: list[Path], settings: list[str], grid_file: Path | None) -> list[Case]:
    from tranche.batch.grid import crossed, grid, read_grid
    from tranche.errors import DealError, Problem, UsageError

    from .deal_files import deal_files, named_file

    named_file(grid_file, "grid")
    overrides = crossed(_setting(text) for text in settings)
    if grid_file is not None:
        try:
            sets = read_grid(grid_file)
        except DealError as error:  # no deal failed
            raise UsageError(error.problems) from None
        both = sorted({path for one in sets for path, _ in one} & {path for one in overrides for path, _ in one})
        if both:
            fix = "leave it out of --set, or of the grid"
            raise UsageError(Problem(f"{path}: --set and {grid_file} both say what it is", fix) for path in both)
        overrides = [(*one, *fixed) for one in sets for fixed in overrides]
    return grid(deal_files(deals), market_files(markets), overrides)


def market_files(paths: list[Path]) -> list[Path]:
    """The market files named, and every *.yaml and *.yml in the folders named, in a stable order. Raises UsageError."""
    from tranche.errors import Problem, UsageError

    from .deal_files import ENDINGS, FILE, FOLDER, NOTHING, look

    found: dict[Path, None] = {}
    problems = []
    for path in paths:
        seen = look(path)
        inside = sorted(p for p in path.glob("*") if p.suffix.lower() in ENDINGS) if seen == FOLDER else [path]
        if not inside or seen not in (FILE, FOLDER):
            said = "no market files here" if seen in (FOLDER, NOTHING) else seen
            problems.append(Problem(f"{path}: {said}", "a market file, or a folder with *.yaml files"))
        found |= dict.fromkeys(inside)
    if problems:
        raise UsageError(problems)
    return list(found)


def _setting(text: str) -> tuple[str, str]:
    from tranche.errors import Problem, UsageError

    path, equals, value = text.partition("=")
    if not equals or not path.strip():
        raise UsageError(Problem(f"--set {text!r}", "write a path, = and a value: --set senior.coupon='SOFR + 500bp'"))
    return path.strip(), value.strip()


class _Shown:
    """Progress on stderr: a bar where somebody watches, else a line now and then."""

    def __init__(self, quiet: bool) -> None:
        from rich.progress import BarColumn, Progress, TextColumn

        from .output import errors, is_interactive

        self.watched = is_interactive() and not quiet
        self.quiet, self.last = quiet, time.perf_counter()
        self.bar = Progress(
            BarColumn(), TextColumn("{task.description}"), console=errors(), transient=True, disable=not self.watched
        )
        self.task = self.bar.add_task("", total=1.0)

    def __enter__(self) -> _Shown:
        self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.bar.stop()

    def tell(self, progress: Progress) -> None:
        said = progress_line(progress)
        if self.watched:
            share = progress.tasks_done / progress.tasks if progress.tasks else 1.0
            self.bar.update(self.task, completed=share, description=said)
        elif not self.quiet and time.perf_counter() - self.last >= EVERY:
            self.last = time.perf_counter()
            print(said, file=sys.stderr, flush=True)


def progress_line(progress: Progress) -> str:
    """`12 of 600 cases, 1 failed, 31.2m path-dates/s, 0:42 left`."""
    said = f"{progress.done:,} of {progress.cases:,} cases"
    if progress.tasks > progress.cases:  # paths in slices
        said += f" ({progress.tasks_done:,} of {progress.tasks:,} tasks)"
    if progress.failed:
        said += f", {progress.failed:,} failed"
    if progress.rate:
        said += f", {_short(progress.rate, 1)} path-dates/s"
    if progress.left is not None:
        minutes, seconds = divmod(round(progress.left), 60)
        said += f", {minutes}:{seconds:02d} left"
    return said


def _failures(report: BatchReport, end: Any) -> None:
    from .ending import FAILED
    from .output import printable, shown

    for case, reason in report.failed:
        where = " · ".join(shown(part) for part in (case.deal, case.market, case.said) if part)
        for line in reason.splitlines():
            typer.echo(printable(f"{where}: {line}"), err=True)
        end.code = max(end.code, FAILED)


def _short(rate: float, digits: int) -> str:
    """A rate in millions, or in thousands or ones where it is far below."""
    for unit, word in ((1e6, "m"), (1e3, "k")):
        if rate >= unit / 10:
            return f"{rate / unit:,.{digits}f}{word}"
    return f"{rate:,.{digits}f}"


def _summary(report: BatchReport, out: Path) -> None:
    from .output import shown

    failed = f", {len(report.failed):,} failed" if report.failed else ""
    typer.echo(f"{report.cases:,} cases: {report.computed:,} computed, {report.known:,} known before{failed}")
    if report.path_periods:
        rate = _short(report.path_periods / report.seconds, 2)
        typer.echo(f"{report.path_periods:,} path-dates in {report.seconds:.2f} s: {rate} a second")
    if report.fewer:
        cases = "1 case has" if report.fewer == 1 else f"{report.fewer:,} cases have"
        typer.echo(f"note: {cases} fewer paths than were asked for: their collections have no more")
    typer.echo(f"{shown(out)}: cases, tranches, cashflows, losses, tests (.parquet), manifest.json")


def _data(report: BatchReport) -> dict[str, Any]:
    data = attrs.asdict(report, recurse=False)
    data["failed"] = [
        {"deal": case.deal, "market": case.market, "overrides": dict(case.overrides), "reason": reason}
        for case, reason in report.failed
    ]
    return data | {"manifest": str(report.manifest)}
