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
from typing import BinaryIO

from tranche.errors import Problem, UsageError
from tranche.files.write import writing

from .store import ELSEWHERE


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of the file at `path`. Raises UsageError when another process has it, and says which; and when the
    system has none to give."""
    with writing(path, ELSEWHERE):
        file = path.open("a+b", buffering=0)  # a buffer that could not be written would be tried again at the close
    with file:
        with writing(path, ELSEWHERE):
            _take(file, path)
        try:
            yield
        finally:
            file.truncate(0)
            fcntl.flock(file, fcntl.LOCK_UN)  # the close leaves it to a process that this one has forked meanwhile


_FIX = f"wait for that batch, end it, or {ELSEWHERE}"


def _take(file: BinaryIO, path: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        raise UsageError(Problem(f"{path.parent.parent} is in use by {_holder(file.read())}", _FIX)) from None
    file.truncate(0)
    file.write(json.dumps({"process": os.getpid(), "host": socket.gethostname()}).encode())


def _holder(said: bytes) -> str:
    try:
        holder = json.loads(said)
        return f"another batch, process {int(holder['process'])} on {holder['host']}"
    except (ValueError, KeyError, TypeError):
        return "another batch"
