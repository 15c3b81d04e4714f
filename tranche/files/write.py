"""Files are written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from tranche.errors import Problem, UsageError

UNFINISHED = ".unfinished"


def unfinished(path: Path) -> Path:
    """Where this process writes what is to become the file at `path`: beside it, to take its place at once."""
    return path.with_name(f"{path.name}.{os.getpid()}{UNFINISHED}")


def write_whole(path: Path, data: bytes, *, durable: bool = False) -> None:
    """The file appears with all of `data`, or stays as it was. `durable`: also when the power fails."""
    beside = unfinished(path)
    with beside.open("wb") as file:
        file.write(data)
        if durable:
            file.flush()
            os.fsync(file.fileno())
    beside.replace(path)


def write_text(path: Path, text: str) -> None:
    """The whole file or none of it. Raises UsageError where it cannot be written."""
    try:
        write_whole(path, text.encode())
    except OSError as error:
        unfinished(path).unlink(missing_ok=True)
        what = f"{path}: cannot be written: {error.strerror or error}"
        raise UsageError(Problem(what, "a file in a folder that exists")) from None
