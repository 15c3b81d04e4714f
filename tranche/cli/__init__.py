"""Floor 8. The command line, `tranche COMMAND`. Each command is a thin border over the API."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .main import main

if TYPE_CHECKING:
    import typer

    app: typer.Typer

__all__ = ["app", "main"]


def __getattr__(name: str) -> Any:
    """`app` is imported when it is first asked for: by `main`, which knows how a start ends that is interrupted."""
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = found = import_module(f"{__name__}.commands").app
    return found
