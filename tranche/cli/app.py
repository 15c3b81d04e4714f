"""The `tranche` program: its commands, `--version`, and how it ends."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from .batch import batch
from .calibrate import calibrate
from .check import check
from .compile import compile_
from .converge import converge
from .explain import explain
from .leverage import leverage
from .new import new
from .report import report
from .run import run
from .schema import schema

app = typer.Typer(
    name="tranche",
    help="Structured debt secured on compute: deal file in, tranche table out.",
    epilog="Exit codes: 0 all well, 1 a deal failed, 2 bad usage, 130 interrupted.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("check", short_help="Say whether files are deals, and what is wrong.")(check)
app.command("run", short_help="Simulate deals and print their tranche tables.")(run)
app.command("explain", short_help="Tell one path, date by date, step by step.")(explain)
app.command("compile", short_help="Print the compiled deal.")(compile_)
app.command("batch", short_help="Run a grid of deals, markets and overrides into a dataset.")(batch)
app.command("calibrate", short_help="From a history of prices to a market file.")(calibrate)
app.command("converge", short_help="Losses as the market's correlations converge.")(converge)
app.command("leverage", short_help="Debt on machines and on coins, over what both would fetch.")(leverage)
app.command("new", short_help="Write a deal file to begin with.")(new)
app.command("schema", short_help="Print the file format as JSON Schema, for editors.")(schema)
app.command("report", short_help="Write a page for each deal, and an index.")(report)


def _version(asked: bool) -> None:
    if not asked:
        return
    from tranche._kernels.waterfall import WIDTHS, openmp
    from tranche._version import __version__

    typer.echo(f"tranche {__version__}")
    typer.echo(f"kernel: blocks of {', '.join(map(str, WIDTHS))} paths")
    typer.echo("OpenMP: yes" if openmp else "OpenMP: no, every run uses one thread")
    raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and what it runs on.")
    ] = False,
) -> None:
    """Structured debt secured on compute: deal file in, tranche table out."""


def main() -> None:
    """Run the command line and exit: 0 all well, 1 a deal failed, 2 bad usage, 130 interrupted."""
    try:
        app(prog_name="tranche")
    except KeyboardInterrupt:
        typer.echo("interrupted", err=True)
        sys.exit(130)
