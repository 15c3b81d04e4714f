"""`tranche converge`: what a deal loses as the correlations of its market converge."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .options import DealFile, Json, MarketFile, Seed, Threads, count

if TYPE_CHECKING:
    from tranche.studies.convergence import Convergence

PATHS = "10_000"
SHORTFALLS = ("collateral_shortfall", "tail_shortfall")
COLUMNS = ("expected_loss", "expected_loss_se", "change", "change_se", "default_probability", "expected_yield")


def converge(
    path: DealFile,
    number: Annotated[str, typer.Option("--paths", metavar="NUMBER", help="Paths to run at every degree.")] = PATHS,
    seed: Seed = 0,
    points: Annotated[
        str, typer.Option("--points", help="Degrees of convergence, rising, from 0 to 1.")
    ] = "0, 0.25, 0.5, 0.75, 1",
    market: MarketFile = None,
    rising: Annotated[
        list[str] | None,
        typer.Option(
            "--rising",
            help="A factor that rises in stress; the others fall. [default: what agrees best with the correlations]",
        ),
    ] = None,
    threads: Threads = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the picture: .svg, or .html with the tables.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Turn the dependence of the deal's market from none of its convergence to all of it, on the same draws, marginal
    laws held fixed, and print what each class loses and yields.
    """
    from rich.progress import Progress

    from tranche.files import write_text
    from tranche.studies.convergence import converge as converge_deal

    from .deal_files import check_ending, deal_file, named_file
    from .ending import ending
    from .output import errors, is_interactive, print_json

    with ending():
        if output is not None:
            check_ending(output, (".svg", ".html"))
        named_file(market, "market")
        with Progress(console=errors(), transient=True, disable=not is_interactive()) as bar:
            task = bar.add_task("paths", total=None)
            found = converge_deal(
                deal_file(path),
                count("--paths", number),
                seed,
                _points(points),
                market=market,
                rising=rising or None,
                threads=count("--threads", threads),
                progress=lambda done: bar.update(task, advance=done),
            )
        if output is not None:
            write_text(output, _picture(found, output.suffix.lower()))
        if as_json:
            print_json(_data(found))
        else:
            _print(found)


def _points(text: str) -> list[float]:
    """Numbers between commas. Raises UsageError."""
    from tranche.errors import Problem, UsageError

    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        what = f"{text!r} are no degrees of convergence"
        raise UsageError(Problem(what, "numbers from 0 to 1 with commas between them")) from None


def _picture(found: Convergence, ending: str) -> str:
    from tranche.studies.convergence_page import convergence_page, convergence_svg

    return convergence_svg(found) if ending == ".svg" else convergence_page(found)


def _data(found: Convergence) -> dict[str, Any]:
    tranches: dict[str, Any] = {}
    for row in found.tranches.reset_index().to_dict(orient="records"):
        tranches.setdefault(str(row.pop("tranche")), []).append(row)
    stated, whole = found.stated
    return {
        "deal": found.name,
        "currency": found.currency,
        "paths": found.paths,
        "seed": found.seed,
        "tranches": tranches,
        "shortfall": found.deal.reset_index().to_dict(orient="records"),
        "stated": {"tranches": stated.to_dict(orient="index"), "shortfall": whole.iloc[0].to_dict()},
    }


def _print(found: Convergence) -> None:
    from .output import console, safe
    from .table import cell, plain_table, unit_in

    out = console()
    stated, whole = found.stated
    money_of = found.deal.to_dict(orient="index")
    last = whole.to_dict(orient="index")["stated"]
    unit, words = unit_in(total[name] for total in (*money_of.values(), last) for name in SHORTFALLS)
    out.print(f"[bold]{safe(found.name)}[/bold]: as the correlations of its market converge, marginal laws held fixed")
    out.print(f"{found.paths:,} paths of seed {found.seed} at every degree; shortfall in {words}{found.currency}")
    table = plain_table()
    for heading in ("conver-\ngence", "tranche"):
        table.add_column(heading, no_wrap=True)
    for heading in ("expected\nloss", "± one\nse", "change", "± one\nse", "default\nprob.", "expected\nyield",
                    "collateral\nshortfall", "worst 1%\nof paths"):  # fmt: skip
        table.add_column(heading, justify="right", no_wrap=True)
    blocks = [(f"{x:g}", found.tranches.loc[x], money_of[x]) for x in found.points]
    blocks.append(("as filed", stated, last))
    for degree, frame, total in blocks:
        money = [cell(total[name], "money", unit) for name in SHORTFALLS]
        for k, row in enumerate(frame.reset_index().to_dict(orient="records")):
            figures = [cell(row[column], "share") for column in COLUMNS]
            table.add_row("" if k else degree, safe(str(row["tranche"])), *figures, *(["", ""] if k else money))
    out.print(table)
