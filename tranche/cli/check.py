"""`tranche check`: whether files are deals, and whether their figures hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import attrs
import typer

from .options import Json, Paths

if TYPE_CHECKING:
    from tranche.deal import Deal

    from .ending import Ending


def check(
    paths: Paths,
    run: Annotated[
        bool, typer.Option("--run", help="Also simulate each deal and verify the figures of its `expect:` block.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="A deal with a warning fails.")] = False,
    as_json: Json = False,
) -> None:
    """Say of every deal file whether it is one, with all that is wrong, each with its line.

    Reads what the deals name too: cash flows with a missing month or a NaN are found here. Warns of what a deal may
    well not mean, though it runs: money that can never leave an account, a tranche that no step pays, a step that
    never runs, a test nobody reads. A deal says under `accept:` which of it it means, and why.
    """
    from tranche.errors import TrancheError
    from tranche.files import load

    from .deal_files import deal_files
    from .ending import as_data, ending
    from .output import print_json, shown

    with ending() as end:
        reports: list[dict[str, Any]] = []
        for file in deal_files(paths):
            report: dict[str, Any] = {"file": str(file), "ok": True, "problems": [], "warnings": [], "figures": []}
            reports.append(report)
            try:
                deal = load(file)
                figures = _figures(deal, report) if run else _compile(deal)
                warned = _warn(deal, report, end, strict)
                if not as_json and report["ok"]:
                    typer.echo(f"{shown(file)}: OK{figures}{warned}")
            except TrancheError as error:
                report |= {"ok": False, "problems": as_data(error)}
                end.fail(error)
        if as_json:
            print_json(reports)


def _warn(deal: Deal, report: dict[str, Any], end: Ending, strict: bool) -> str:
    """Tell what the deal may well not mean. Raises no error: a warning fails a deal only when asked to."""
    from tranche.analysis import warnings_of

    from .ending import problem_data

    found = warnings_of(deal)
    report["warnings"] = [problem_data(one) | {"rule": one.rule} for one in found]
    report["ok"] = not (found and strict)
    end.warn(found, fails=strict)
    return f", {len(found)} warning{'' if len(found) == 1 else 's'}" if found else ""


def _compile(deal: Deal) -> str:
    """Everything short of a run. A deal whose cash comes with the call compiles without it."""
    from tranche.collateral.terms import Collections
    from tranche.compiler import compile_deal
    from tranche.expectations import check_figures
    from tranche.inputs import prepare

    given = isinstance(deal.collateral, Collections) and deal.collateral.file is None
    check_figures(deal, compile_deal(deal) if given else prepare(deal).program)
    return ""


def _figures(deal: Deal, report: dict[str, Any]) -> str:
    """Run a deal as its `expect:` block says. Raises DealError with every figure that does not hold."""
    from tranche.api import run
    from tranche.errors import DealError
    from tranche.expectations import findings, misses

    if not deal.expect.figures:
        return _compile(deal) + ", and it expects no figures"
    found = findings(deal, run(deal, paths=deal.expect.paths, seed=deal.expect.seed))
    report["figures"] = [attrs.asdict(one) | {"holds": one.holds} for one in found]
    wrong = misses(deal, found)
    if wrong:
        raise DealError(wrong)
    return f", {len(found)} figures hold" if len(found) != 1 else ", 1 figure holds"
