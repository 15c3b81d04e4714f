"""Files are written whole or not at all, and what the system says of one that cannot be is told in one line."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from tranche.errors import Problem, UsageError

UNFINISHED = ".unfinished"
FIXES = {
    errno.ENOSPC: "free some space",
    errno.EDQUOT: "free some space",
    errno.EFBIG: "allow larger files",
    errno.ENAMETOOLONG: "a shorter name",
}


def unfinished(path: Path) -> Path:
    """Where this process writes what is to become the file at `path`: beside it, to take its place at once."""
    return path.with_name(f"{path.name}.{os.getpid()}{UNFINISHED}")


def discard(beside: Path) -> None:
    """Remove what `unfinished` named, if it is there."""
    with contextlib.suppress(OSError):
        beside.unlink()


@contextlib.contextmanager
def replacing(path: Path, *, durable: bool = False) -> Iterator[IO[bytes]]:
    """A file, without a buffer, that takes the place of the one at `path` at the end; where something fails before,
    nothing is left of it. `durable`: also when the power fails."""
    beside = unfinished(path)
    try:
        with open(beside, "wb", buffering=0) as file:
            yield file
            if durable:
                os.fsync(file.fileno())
        os.replace(beside, path)
    except BaseException:
        discard(beside)
        raise


def write_whole(path: Path, data: bytes, *, durable: bool = False) -> None:
    """The file appears with all of `data`, or stays as it was. `durable`: also when the power fails."""
    with replacing(path, durable=durable) as file:
        write_all(file, data)


def write_all(file: IO[bytes], data: bytes) -> None:
    """All of `data` to a file or pipe without a buffer, which may take it in parts."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]


def write_text(path: Path, text: str) -> None:
    """The whole file or none of it. Raises UsageError where it cannot be written."""
    with writing(path, "a file in a folder that exists"):
        write_whole(path, text.encode())


@contextlib.contextmanager
def writing(path: Path, fix: str) -> Iterator[None]:
    """Inside, what the system refuses to do at `path` is a UsageError; `fix` holds unless the reason says another."""
    try:
        yield
    except OSError as error:
        said = os.strerror(error.errno) if error.errno else str(error)
        raise UsageError(Problem(f"{path}: cannot be written: {said}", FIXES.get(error.errno or 0, fix))) from None
