"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Paths = Annotated[
    list[Path],
    typer.Argument(help="Deal files, or folders to search for *.yaml and *.yml (not in folders named `markets`)."),
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
Sampling = Annotated[
    str, typer.Option("--sampling", help="How the market is drawn: random, antithetic, or sobol (quasi-random).")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
