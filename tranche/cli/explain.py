"""`tranche explain`: what happened on one path, and why."""

from __future__ import annotations

from typing import Annotated

import typer

from .options import Cash, DealFile, Json, MarketFile, Seed

PATH = 17


def explain(
    path: DealFile,
    number: Annotated[
        int | None,
        typer.Option("--path", help=f"Number of the path, from 0. [default: {PATH}, or the last if there are fewer]"),
    ] = None,
    seed: Seed = 0,
    collections: Cash = None,
    market: MarketFile = None,
    every: Annotated[bool, typer.Option("--every", help="Tell every date in full.")] = False,
    as_json: Json = False,
) -> None:
    """Tell one path: the story, then each date and step with what was available, due, paid and short, and why."""
    from tranche.explanation import explain as explain_deal
    from tranche.inputs import as_deal, prepare

    from .cash import read_cash
    from .deal_files import deal_file
    from .ending import ending
    from .output import print_json, printable

    with ending():
        deal = as_deal(deal_file(path), market)
        cash = read_cash(deal, collections)
        if number is None:
            there = prepare(deal, seed=seed, collections=cash).paths
            number = PATH if there is None else min(PATH, there - 1)
        explanation = explain_deal(deal, number, seed, cash)
        if as_json:
            print_json(explanation.json())
        else:
            typer.echo(printable(explanation.text(every)), nl=False)
