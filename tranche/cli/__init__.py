"""Floor 8. The command line: `tranche check | run | explain | compile`. Each command is a thin border over the API."""

from .app import app, main

__all__ = ["app", "main"]
