"""`tranche compile`: the Program that a deal compiles to."""

from __future__ import annotations

import typer

from .options import DealFile, Json


def compile_(path: DealFile, as_json: Json = False) -> None:
    """Print the compiled deal: registers, series, instructions by step, records, and its hash."""
    from tranche.compiler import compile_deal
    from tranche.disassembly import as_data, disassemble
    from tranche.files import load

    from .ending import ending
    from .output import print_json, printable

    with ending():
        program = compile_deal(load(path))
        if as_json:
            print_json(as_data(program))
        else:
            typer.echo(printable(disassemble(program)), nl=False)
