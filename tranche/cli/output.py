"""Where output goes: tables and text to stdout, progress to stderr, JSON whole."""

from __future__ import annotations

import sys
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape

from tranche.json_text import json_text

WIDEST = 128  # columns that a table needs: no figure is ever cut off


def console() -> Console:
    """For stdout. Tables keep their width where the terminal is narrower; colours only on a terminal."""
    found = Console(highlight=False, soft_wrap=True)
    return found if found.width >= WIDEST else Console(highlight=False, soft_wrap=True, width=WIDEST)


def errors() -> Console:
    return Console(stderr=True, highlight=False)


def is_interactive() -> bool:
    """Whether somebody watches stderr."""
    return sys.stderr.isatty()


def print_json(data: Any) -> None:
    """Numbers that JSON does not have become null; bytes of file names that are not UTF-8 are escaped."""
    typer.echo(as_json(data).encode("utf-8", "backslashreplace").decode())


def as_json(data: Any) -> str:
    return json_text(data, indent=2)


def printable(text: str) -> str:
    """`text` without control characters, so that a deal file cannot steer the terminal; line breaks stay."""
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)


def shown(name: object) -> str:
    """The name of a file in one line: what cannot be printed is escaped, as in `a\\nb.yaml`."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(name))


def safe(text: str) -> str:
    """A text from a deal file, for rich."""
    return escape(printable(text))
