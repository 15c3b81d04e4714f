"""One batch in a folder at a time: an advisory lock that the system takes back when the process that holds it ends,
however it ends, so that a lock never goes stale."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

from tranche.errors import Problem, UsageError


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of the file at `path`. Raises UsageError when another process has it, and says which."""
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            raise UsageError(Problem(f"{path.parent.parent} is in use by {_holder(file.read())}", _FIX)) from None
        file.truncate(0)
        json.dump({"process": os.getpid(), "host": socket.gethostname()}, file)
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


_FIX = "wait for that batch, end it, or write to another folder (--out)"


def _holder(said: str) -> str:
    try:
        holder = json.loads(said)
        return f"another batch, process {int(holder['process'])} on {holder['host']}"
    except (ValueError, KeyError, TypeError):
        return "another batch"
