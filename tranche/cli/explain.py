"""`tranche explain`: what happened on one path, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from .options import Cash, DealFile, Json, MarketFile, Seed, count

if TYPE_CHECKING:
    from tranche.deal import Deal
    from tranche.explanation import Explanation
    from tranche.inputs import CollateralCash

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
    from tranche.explanation import explain as explain_deal
    from tranche.inputs import as_deal

    from .cash import read_cash
    from .deal_files import deal_file, named_file
    from .ending import ending

    with ending():
        named_file(market, "market")
        named_file(collections, "collections")
        deal = as_deal(deal_file(path), market)
        cash = read_cash(deal, collections)
        whole = period is None and step is None
        _check(number, worst, paths, why, whole)
        explanation = explain_deal(deal, _path(deal, number, worst, paths, seed, cash), seed, cash)
        name = worst if why is None and whole else why
        if name is not None:
            _tell_why(explanation, name, seed, as_json)
        else:
            _tell(explanation.only(period, step), every, as_json)


def _check(number: int | None, worst: str | None, paths: str | None, why: str | None, whole: bool) -> None:
    """Raises UsageError for options that do not go together; `whole`: no date or step is asked for."""
    from tranche.errors import Problem, UsageError

    if number is not None and worst is not None:
        raise UsageError(Problem("--path and --worst both choose the path", "give one"))
    if paths is not None and worst is None:
        raise UsageError(Problem("--paths says where to look for the worst path", "add --worst NAME"))
    if why is not None and not whole:
        raise UsageError(Problem("--why tells the whole life of a path", "leave --period and --step out"))


def _path(
    deal: Deal, number: int | None, worst: str | None, paths: str | None, seed: int, cash: CollateralCash | None
) -> int:
    """The number of the path to tell: the worst for a class, the one that is named, or PATH where there are so many."""
    from tranche.explanation import worst_path
    from tranche.inputs import prepare

    if worst is not None:
        return worst_path(deal, worst, count("--paths", paths), seed, cash)
    if number is not None:
        return number
    there = prepare(deal, seed=seed, collections=cash).paths
    return PATH if there is None else min(PATH, there - 1)


def _tell_why(explanation: Explanation, name: str, seed: int, as_json: bool) -> None:
    from .output import print_json, printable

    chain = explanation.why(name)
    if as_json:
        print_json(chain.json() | {"seed": seed})
    else:
        typer.echo(printable(f"{explanation.head}\n\n{chain.text()}"), nl=False)


def _tell(explanation: Explanation, every: bool, as_json: bool) -> None:
    from .output import print_json, printable

    if as_json:
        print_json(explanation.json())
    else:
        typer.echo(printable(explanation.text(every)), nl=False)
