"""`tranche compile`: the Program that a deal compiles to, for machines, for readers, as a diagram."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .options import DealFile, Json

if TYPE_CHECKING:
    from tranche.program import Program


def compile_(
    path: DealFile,
    english: Annotated[bool, typer.Option("--english", help="Tell in sentences what a payment date does.")] = False,
    mermaid: Annotated[bool, typer.Option("--mermaid", help="Draw the waterfalls as a Mermaid flowchart.")] = False,
    svg: Annotated[
        Path | None, typer.Option("--svg", help="Draw the waterfalls as an SVG into this file; - for stdout.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Print the compiled deal: registers, series, instructions by step, records, and its hash.

    Or describe it: whatever form is asked for, it is made from the compiled deal and not from the file.
    """
    from tranche.compiler import compile_deal
    from tranche.errors import Problem, UsageError
    from tranche.files import load, write_text

    from .deal_files import check_ending, deal_file
    from .ending import ending
    from .output import printable, shown

    with ending():
        asked = [name for name, on in _forms(english, mermaid, svg, as_json).items() if on]
        if len(asked) > 1:
            raise UsageError(Problem(f"{' and '.join(asked)} are different outputs", "ask for one at a time"))
        drawn = None if svg is None or str(svg) == "-" else svg
        if drawn is not None:
            check_ending(drawn, (".svg",), ", or - for stdout")
        program = compile_deal(load(deal_file(path)))
        if drawn is not None:
            from tranche.description import svg as drawing

            write_text(drawn, drawing(program))
            typer.echo(f"{shown(drawn)}: {printable(program.name)}")
        else:
            typer.echo(printable(_text(program, asked[0] if asked else "")), nl=False)


def _forms(english: bool, mermaid: bool, svg: Path | None, as_json: bool) -> dict[str, bool]:
    return {"--english": english, "--mermaid": mermaid, "--svg": svg is not None, "--json": as_json}


def _text(program: Program, form: str) -> str:
    from tranche import description
    from tranche.disassembly import as_data, disassemble

    from .output import as_json

    match form:
        case "--english":
            return description.english(program)
        case "--mermaid":
            return description.mermaid(program)
        case "--svg":
            return description.svg(program)
        case "--json":
            return as_json(as_data(program)) + "\n"
    return disassemble(program)
