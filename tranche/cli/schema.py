"""`tranche schema`: the file format for editors."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def schema(
    market: Annotated[bool, typer.Option("--market", help="The schema of market files.")] = False,
    out: Annotated[Path | None, typer.Option("--out", help="Write it to this file.")] = None,
) -> None:
    """Print the deal file as JSON Schema (Draft 2020-12), with a description and the unit of every key.

    An editor that knows YAML schemas completes and checks deal files by it. Say in the first line of a deal:
    # yaml-language-server: $schema=tranche.schema.json
    """
    from tranche.files import write_text
    from tranche.files.schema import deal_schema, market_schema

    from .ending import ending
    from .output import as_json, shown

    with ending():
        text = as_json(market_schema() if market else deal_schema())
        if out is None:
            typer.echo(text)
        else:
            write_text(out, text + "\n")
            typer.echo(f"{shown(out)}: JSON Schema of {'market' if market else 'deal'} files")
