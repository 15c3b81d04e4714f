"""The commands of the `tranche` program, and `--version`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

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


class _Commands(TyperGroup):
    """Typer ends an interrupted command without a word, such as one that still imports what it needs."""

    def make_context(self, *arguments: Any, **named: Any) -> Any:
        with _interruptions():
            return super().make_context(*arguments, **named)

    def invoke(self, ctx: Any) -> Any:
        with _interruptions():
            return super().invoke(ctx)


@contextmanager
def _interruptions() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        typer.echo("interrupted", err=True)
        raise typer.Exit(130) from None


app = typer.Typer(
    name="tranche",
    cls=_Commands,
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
