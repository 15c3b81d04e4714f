"""Arguments and options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar, overload

import typer

T = TypeVar("T")

Paths = Annotated[
    list[Path],
    typer.Argument(help="Deal files, or folders to search for *.yaml and *.yml (not in folders named `markets`)."),
]
PathCount = Annotated[
    str | None,
    typer.Option("--paths", metavar="NUMBER", help="Paths to run. [default: 10,000, or all of the collections given]"),
]
DealFile = Annotated[Path, typer.Argument(help="A deal file.")]
Seed = Annotated[int, typer.Option("--seed", help="Seed of the simulated market, from 0 to 2**64 - 1.")]
Cash = Annotated[
    Path | None,
    typer.Option(
        "--collections", help="The collateral's cash: .csv or .parquet rows, or .npy or .json arrays [paths, dates]."
    ),
]
MarketFile = Annotated[
    Path | None, typer.Option("--market", help="A market file (YAML), laid over the market that each deal states.")
]
Threads = Annotated[
    str | None, typer.Option("--threads", metavar="NUMBER", help="Threads. [default: all processors]")
]
Sampling = Annotated[
    str, typer.Option("--sampling", help="How the market is drawn: random, antithetic, or sobol (quasi-random).")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


@overload
def count(option: str, text: str) -> int: ...
@overload
def count(option: str, text: str | None) -> int | None: ...
def count(option: str, text: str | None) -> int | None:
    """A whole number; `100k`, `10m` and `1e6` count as such. Raises UsageError."""
    from tranche.files.readers import integer

    return None if text is None else _read(option, text, integer, "write a whole number such as 10_000, 100k or 10m")


def share(option: str, text: str) -> float:
    """A share of a whole, `5%` or `0.05`. Raises UsageError."""
    from tranche.terms.percent import WANTED, percent

    return _read(option, text, percent, f"write {WANTED}")


def _read(option: str, text: str, reader: Callable[[str], T], fix: str) -> T:
    from tranche.errors import Invalid, Problem, UsageError

    try:
        return reader(text)
    except Invalid as invalid:
        raise UsageError(Problem(f"{option}: {invalid.what}", fix)) from None
