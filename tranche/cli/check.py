"""`tranche check`: whether files are deals, and whether their figures hold."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import attrs
import typer

from .options import Json, Paths


def check(
    paths: Paths,
    run: Annotated[
        bool, typer.Option("--run", help="Also simulate each deal and verify the figures of its `expect:` block.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Say of every deal file whether it is one, with all that is wrong, each with its line.

    Reads what the deals name too: cash flows with a missing month or a NaN are found here.
    """
    from tranche.errors import TrancheError

    from .deal_files import deal_files
    from .ending import as_data, ending
    from .output import print_json

    with ending() as end:
        reports: list[dict[str, Any]] = []
        for file in deal_files(paths):
            report: dict[str, Any] = {"file": str(file), "ok": True, "problems": [], "figures": []}
            reports.append(report)
            try:
                figures = _figures(file, report) if run else _compile(file)
                if not as_json:
                    typer.echo(f"{file}: OK{figures}")
            except TrancheError as error:
                report |= {"ok": False, "problems": as_data(error)}
                end.fail(error)
        if as_json:
            print_json(reports)


def _compile(file: Path) -> str:
    """Everything short of a run. A deal whose cash comes with the call compiles without it."""
    from tranche.collateral.terms import Collections
    from tranche.compiler import compile_deal
    from tranche.files import load
    from tranche.inputs import prepare

    deal = load(file)
    if isinstance(deal.collateral, Collections) and deal.collateral.file is None:
        compile_deal(deal)
    else:
        prepare(deal)
    return ""


def _figures(file: Path, report: dict[str, Any]) -> str:
    """Run a deal as its `expect:` block says. Raises DealError with every figure that does not hold."""
    from tranche.api import run
    from tranche.errors import DealError
    from tranche.expectations import findings, misses
    from tranche.files import load

    deal = load(file)
    if not deal.expect.figures:
        return _compile(file) + ", and it expects no figures"
    found = findings(deal, run(deal, paths=deal.expect.paths, seed=deal.expect.seed))
    report["figures"] = [attrs.asdict(one) | {"holds": one.holds} for one in found]
    wrong = misses(deal, found)
    if wrong:
        raise DealError(wrong)
    return f", {len(found)} figures hold"
