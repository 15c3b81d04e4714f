"""Files are written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from tranche.errors import Problem, UsageError


def write_text(path: Path, text: str) -> None:
    """The whole file or none of it. Raises UsageError where it cannot be written."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        what = f"{path}: cannot be written: {error.strerror or error}"
        raise UsageError(Problem(what, "a file in a folder that exists")) from None
