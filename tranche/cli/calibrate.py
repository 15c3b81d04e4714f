"""`tranche calibrate`: from a history of prices to a market file."""

from __future__ import annotations

import math
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .options import Json, count

if TYPE_CHECKING:
    import pandas as pd

    from tranche.calibration import Calibration

BOOTSTRAP = "199"


def calibrate(
    data: Annotated[Path, typer.Argument(help="A CSV file: `date`, then a column of levels for each series.")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the market file (YAML) there.")] = None,
    reverting: Annotated[
        list[str] | None, typer.Option("--reverting", help="A series that reverts to a mean. Give it again for more.")
    ] = None,
    volatility_filter: Annotated[
        str, typer.Option("--filter", help="What takes volatility clusters out: none, garch, gjr (extra `calibrate`).")
    ] = "none",
    stress: Annotated[
        str | None, typer.Option("--stress", help="The series whose stress the others' correlations may follow.")
    ] = None,
    dependence: Annotated[
        str, typer.Option("--dependence", help="The copula of the market file; auto: what BIC and the tests bear out.")
    ] = "auto",
    vine: Annotated[
        bool, typer.Option("--vine", help="A vine is one of the static copulas (extra `calibrate`).")
    ] = False,
    bootstrap: Annotated[
        str,
        typer.Option(
            "--bootstrap", metavar="NUMBER", help="Draws of the test that calm equals stress; 0 leaves it out."
        ),
    ] = BOOTSTRAP,
    plots: Annotated[
        Path | None, typer.Option("--plots", help="Write the diagnostics as an HTML page (extra `report`).")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the bootstrap.")] = 0,
    as_json: Json = False,
) -> None:
    """Fit laws and copulas to a history, with standard errors, and test whether its correlations converge in stress.

    Writes a market file that deals include (`market: {file: …}`) and runs take (`--market`), every number with its
    error and its source.
    """
    from rich.progress import Progress

    from tranche.calibration import calibrate as fit
    from tranche.calibration import read_history
    from tranche.files import write_text

    from .deal_files import named_file
    from .ending import ending
    from .output import errors, is_interactive, print_json

    with ending():
        named_file(data, "CSV")
        draws = count("--bootstrap", bootstrap)
        history = read_history(data)
        with Progress(console=errors(), transient=True, disable=not is_interactive()) as bar:
            task = bar.add_task("bootstrap", total=draws or None)
            found = fit(
                history,
                reverts=reverting or (),
                filter=volatility_filter,
                stress=stress,
                dependence=dependence,
                vine=vine,
                bootstrap=draws,
                seed=seed,
                progress=lambda done: bar.update(task, advance=done),
            )
        if output is not None:
            again = ["tranche", "calibrate", str(data)]
            again += _options(reverting, volatility_filter, stress, dependence, vine)
            again += ["--bootstrap", str(draws), "--seed", str(seed), "-o", str(output)]
            write_text(output, _market_text(found, shlex.join(again)))
        if plots is not None:
            write_text(plots, _page(found))
        if as_json:
            print_json(_data(found))
        else:
            _print(found)


def _options(reverting: list[str] | None, filter: str, stress: str | None, dependence: str, vine: bool) -> list[str]:
    options = [part for name in reverting or () for part in ("--reverting", name)]
    options += ["--filter", filter] if filter != "none" else []
    options += ["--stress", stress] if stress else []
    options += ["--vine"] if vine else []
    return options + (["--dependence", dependence] if dependence != "auto" else [])


def _market_text(found: Calibration, command: str) -> str:
    """The market file, with the command and the tables above it."""
    from tranche.calibration.market import market_of
    from tranche.files import dump_market

    from .output import shown

    parts = [f"written by: {command}"]
    if found.chosen is not None:
        parts += ["", *found.copulas().round(4).to_string().splitlines()]
        parts += ["", *found.tests().round(4).to_string(index=False).splitlines()]
    comments = "".join(f"# {shown(line)}".rstrip() + "\n" for line in parts)
    return comments + dump_market(market_of(found))


def _page(found: Calibration) -> str:
    from tranche.diagnostics.changes import history_changes
    from tranche.diagnostics.exceedance_correlation import exceedance_frame, plot_exceedance_correlation
    from tranche.diagnostics.figure import page
    from tranche.diagnostics.quantile_dependence import plot_quantile_dependence, quantile_dependence
    from tranche.diagnostics.regime_probabilities import plot_regime_probabilities, regime_probabilities
    from tranche.diagnostics.rolling_correlation import plot_rolling_correlation, rolling_correlation
    from tranche.diagnostics.tail_dependence import plot_tail_dependence, tail_dependence

    changes = history_changes(found.history)
    figures = []
    if found.regime is not None:
        figures.append(plot_rolling_correlation(rolling_correlation(changes, min(52, len(changes)))))
        figures.append(plot_regime_probabilities(regime_probabilities(found)))
        figures.append(plot_tail_dependence(tail_dependence(changes)))
    for test in found.exceedances:
        pair = " ~ ".join(test.pair)
        figures.append(plot_exceedance_correlation(exceedance_frame(test), f"Exceedance correlation, {pair}"))
        a, b = test.pair
        figures.append(plot_quantile_dependence(quantile_dependence(changes[a], changes[b]), f"Quantiles, {pair}"))
    return page(figures, f"Dependence in {found.history.source}")


def _data(found: Calibration) -> dict[str, Any]:
    history = found.history
    return {
        "source": history.source,
        "series": list(history.names),
        "steps": found.steps,
        "frequency": history.frequency,
        "first": history.dates[0].isoformat(),
        "last": history.dates[-1].isoformat(),
        "parameters": found.parameters().to_dict(orient="records"),
        "copulas": found.copulas().to_dict(orient="index"),
        "tests": found.tests().to_dict(orient="records"),
        "chosen": None if found.chosen is None else _chosen(found),
        "reason": found.reason,
        "warnings": list(found.warnings),
    }


def _chosen(found: Calibration) -> str:
    from tranche.calibration.calibration import label

    return "" if found.chosen is None else label(found.chosen)


def _print(found: Calibration) -> None:
    from .output import console, safe

    out, history = console(), found.history
    out.print(
        f"[bold]{safe(history.source)}[/bold]: {found.steps:,} {history.frequency} steps from {history.dates[0]} to "
        f"{history.dates[-1]}, {len(history.names)} series"
    )
    _table(out, found.parameters(), {"value": "{:.4g}", "se": "{:.2g}"})
    if found.chosen is not None:
        formats = {"parameters": "{:.0f}", "log_likelihood": "{:.2f}", "aic": "{:.1f}", "bic": "{:.1f}"}
        _table(out, found.copulas().reset_index(), {**formats, "lower_tail": "{:.3f}", "upper_tail": "{:.3f}"})
        _table(out, found.tests(), {"statistic": "{:.3f}", "p_value": "{:.3g}"})
        out.print(f"the market's copula: {safe(_chosen(found))}; {safe(found.reason)}")
    for warning in found.warnings:
        out.print(f"mind: {safe(warning)}")


def _table(out: Any, frame: pd.DataFrame, formats: dict[str, str]) -> None:
    """A data frame as people read it; `-` for NaN."""
    from .output import safe
    from .table import plain_table

    table = plain_table()
    for name in frame.columns:
        table.add_column(str(name).replace("_", " "), justify="right" if name in formats else "left", no_wrap=True)
    for row in frame.to_dict(orient="records"):
        cells = []
        for key, value in row.items():
            form = formats.get(str(key))
            cells.append(safe(str(value)) if form is None else "-" if math.isnan(value) else form.format(value))
        table.add_row(*cells)
    out.print(table)
