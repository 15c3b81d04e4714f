"""`tranche explain`: what happened on one path, and why."""

from __future__ import annotations

from typing import Annotated

import typer

from .options import Cash, DealFile, Json, MarketFile, Seed, count

PATH = 17


def explain(
    path: DealFile,
    number: Annotated[
        int | None,
        typer.Option("--path", help=f"Number of the path, from 0. [default: {PATH}, or the last if there are fewer]"),
    ] = None,
    worst: Annotated[
        str | None,
        typer.Option("--worst", metavar="NAME", help="The path on which this tranche, fee or test fares worst."),
    ] = None,
    paths: Annotated[
        str | None,
        typer.Option(
            "--paths", metavar="NUMBER", help="Paths to look for the worst in. [default: 10,000, or all there are]"
        ),
    ] = None,
    why: Annotated[
        str | None,
        typer.Option("--why", metavar="NAME", help="Only why this tranche or fee lost, or this test failed."),
    ] = None,
    period: Annotated[int | None, typer.Option("--period", help="Only this payment date, from 1.")] = None,
    step: Annotated[
        str | None, typer.Option("--step", metavar="PATH", help="Only this step, such as waterfall.performing[3].")
    ] = None,
    seed: Seed = 0,
    collections: Cash = None,
    market: MarketFile = None,
    every: Annotated[bool, typer.Option("--every", help="Tell every date in full.")] = False,
    as_json: Json = False,
) -> None:
    """Tell one path: the story, then each date and step with what was available, due, paid and short, and why.

    With --why NAME the other way round: from what a tranche lost back to the dues it was short of, who had the cash,
    the limits, conditions and statuses that held it back, the tests behind them, and the market factors behind those.
    """
    from tranche.errors import Problem, UsageError
    from tranche.explanation import explain as explain_deal
    from tranche.explanation import worst_path
    from tranche.inputs import as_deal, prepare

    from .cash import read_cash
    from .deal_files import deal_file, named_file
    from .ending import ending
    from .output import print_json, printable

    with ending():
        named_file(market, "market")
        named_file(collections, "collections")
        deal = as_deal(deal_file(path), market)
        cash = read_cash(deal, collections)
        if number is not None and worst is not None:
            raise UsageError(Problem("--path and --worst both choose the path", "give one"))
        if paths is not None and worst is None:
            raise UsageError(Problem("--paths says where to look for the worst path", "add --worst NAME"))
        if why is not None and (period is not None or step is not None):
            raise UsageError(Problem("--why tells the whole life of a path", "leave --period and --step out"))
        if worst is not None:
            number = worst_path(deal, worst, count("--paths", paths), seed, cash)
            why = why if period is not None or step is not None or why is not None else worst
        elif number is None:
            there = prepare(deal, seed=seed, collections=cash).paths
            number = PATH if there is None else min(PATH, there - 1)
        explanation = explain_deal(deal, number, seed, cash)
        if why is not None:
            chain = explanation.why(why)
            if as_json:
                print_json(chain.json() | {"seed": seed})
            else:
                typer.echo(printable(f"{explanation.head}\n\n{chain.text()}"), nl=False)
            return
        explanation = explanation.only(period, step)
        if as_json:
            print_json(explanation.json())
        else:
            typer.echo(printable(explanation.text(every)), nl=False)
