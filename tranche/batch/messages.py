"""Messages between a driver and its processes: a length and a pickle, through pipes that nobody else has."""

from __future__ import annotations

import pickle
from typing import IO

from tranche.files.write import write_all

LENGTH = 8


def write_message(pipe: IO[bytes], message: object) -> None:
    data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    write_all(pipe, len(data).to_bytes(LENGTH, "little") + data)


def read_message(pipe: IO[bytes]) -> object | None:
    """The next message; None at the end of the pipe, also in the middle of a message."""
    head = read_exactly(pipe, LENGTH)
    body = read_exactly(pipe, int.from_bytes(head, "little")) if head is not None else None
    return pickle.loads(body) if body is not None else None


def read_exactly(pipe: IO[bytes], size: int) -> bytes | None:
    """Just so many bytes; None when the pipe ends before."""
    parts = []
    while size:
        part = pipe.read(size)
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
