"""`tranche leverage`: debt on machines and debt on the coins that guarantee it, over what both would fetch."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .options import DealFile, Json, MarketFile, Seed, count
from .options import share as share_of

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

    from tranche.deal import Deal

PATHS = "2_000"
# column of the study's table → heading
MONEY = {
    "debt_on_machines": "debt on\nmachines",
    "debt_on_coins": "debt on\ncoins",
    "machines": "machines, in\na forced sale",
    "coins": "coins",
}
RATIOS = {
    "apart": "debt on machines\nover both",
    "joint": "both debts\nover both",
    "double_leverage": "double\nleverage",
}


def leverage(
    path: DealFile,
    on_machines: Annotated[
        list[str], typer.Option("--on-machines", help="A debt whose lender counts machines and coins; several times.")
    ],
    on_coins: Annotated[
        list[str] | None,
        typer.Option("--on-coins", help="A debt on the coins. [default: those that coins are pledged to]"),
    ] = None,
    number: Annotated[str, typer.Option("--paths", metavar="NUMBER", help="Paths to run.")] = PATHS,
    seed: Seed = 0,
    share: Annotated[
        str,
        typer.Option(
            "--share", metavar="SHARE", help="The stress state: the share of the paths with the least joint value."
        ),
    ] = "5%",
    market: MarketFile = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write both tables into this .csv, a row a date.")
    ] = None,
    as_json: Json = False,
) -> None:
    """By date: what is lent on a miner's machines, and on the coins that guarantee that debt too, over what machines
    and coins would fetch together; on all paths, and on those on which that is least.
    """
    from tranche.files import write_text
    from tranche.inputs import as_deal
    from tranche.studies.double_leverage import double_leverage, pledged

    from .deal_files import check_ending, deal_file, named_file
    from .ending import ending
    from .output import print_json

    with ending():
        if output is not None:
            check_ending(output, (".csv",))
        several, part = count("--paths", number), share_of("--share", share)
        named_file(market, "market")
        deal = as_deal(deal_file(path))
        found = double_leverage(deal, on_machines, on_coins, paths=several, seed=seed, share=part, market=market)
        if output is not None:
            write_text(output, found.to_csv())
        if as_json:
            dates = found.reset_index().assign(date=[str(date) for date in found.index]).to_dict(orient="records")
            print_json({"deal": deal.name, "currency": deal.currency, "paths": several, "seed": seed, "share": part,
                        "dates": dates})  # fmt: skip
        else:
            both = [name for name in dict.fromkeys(on_machines) if name in (on_coins or pledged(deal))]
            _print(deal, found, both, several, seed, part)


def _print(deal: Deal, found: pd.DataFrame, both: list[str], number: int, seed: int, share: float) -> None:
    from .output import console, safe
    from .table import unit_in

    out = console()
    unit, words = unit_in(found[f"{name}{suffix}"].max() for name in MONEY for suffix in ("", "_stress"))
    out.print(f"[bold]{safe(deal.name)}[/bold]: debt on machines and on coins, over what both would fetch")
    out.print(f"{number:,} paths of seed {seed}; means in {words}{safe(deal.currency)}, at the close of each date")
    for name in both:
        out.print(f"{safe(name)} is named on machines and on coins: it stands in both columns, in both debts once")
    out.print(_table(found, "", unit))
    out.print(f"In stress: the {100 * share:g}% of the paths on which machines and coins are worth least on that date")
    out.print(_table(found, "_stress", unit))


def _table(found: pd.DataFrame, suffix: str, unit: float) -> Table:
    from .table import cell, plain_table

    table = plain_table()
    table.add_column("date", no_wrap=True)
    for heading in (*MONEY.values(), *RATIOS.values()):
        table.add_column(heading, justify="right", no_wrap=True)
    for date, row in zip(found.index, found.to_dict(orient="records"), strict=True):
        money = [cell(row[f"{name}{suffix}"], "money", unit) for name in MONEY]
        ratios = [row[f"{name}{suffix}"] for name in RATIOS]
        table.add_row(str(date), *money, *(cell(x, "share") if math.isfinite(x) else "no value" for x in ratios))
    return table
