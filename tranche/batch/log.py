"""Blocks of bytes by address in one file, one behind another. A file for each would cost a batch of small cases more
than all else that its driver does.

    MARK, the address (32 bytes), the length of the block (8), the CRC-32 of these three (4), the block

The last block that a killed process left unfinished is cut off when the file is opened; behind a place that is damaged
the next MARK is looked for. Whether a block is what was put there it says itself (`packed.unpack`). Of two under one
address the later counts.
"""

from __future__ import annotations

import mmap
import os
import struct
import zlib
from pathlib import Path
from typing import BinaryIO

from tranche.files.write import replacing, write_all

MARK = b"\x00block\xff\n"
_KEY = struct.Struct("<8s32sQ")
_CHECK = struct.Struct("<I")
HEAD = _KEY.size + _CHECK.size

Places = dict[bytes, tuple[int, int]]  # address → where its block begins, and its length


class Log:
    """The file at `path`, for the one process that may write it. Raises OSError where that cannot be."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._open()
        counting = sum(HEAD + length for _, length in self.places.values())
        if counting < self.end / 2:
            self._rewrite()

    def close(self) -> None:
        self.file.close()

    def put(self, address: str, data: bytes) -> None:
        """Add a block, all of it or nothing."""
        key = bytes.fromhex(address)
        try:
            write_all(self.file, _head(key, len(data)) + data)
        except BaseException:
            self.file.truncate(self.end)
            raise
        self.places[key] = (self.end + HEAD, len(data))
        self.end += HEAD + len(data)

    def get(self, address: str) -> bytes | None:
        """The block at an address; None when there is none."""
        place = self.places.get(bytes.fromhex(address))
        return None if place is None else _read(self.file, *place)

    def _open(self) -> None:
        self.file = self.path.open("a+b", buffering=0)
        self.places, self.end = found_in(self.file)
        self.file.truncate(self.end)

    def _rewrite(self) -> None:
        """Keep the blocks that count, as they follow each other."""
        with replacing(self.path, durable=True) as file:
            for key, place in sorted(self.places.items(), key=lambda item: item[1]):
                write_all(file, _head(key, place[1]) + _read(self.file, *place))
        self.file.close()
        self._open()


def found_in(file: BinaryIO) -> tuple[Places, int]:
    """Where the blocks of a log are that count, and where the last whole one ends."""
    size, at, end = os.fstat(file.fileno()).st_size, 0, 0
    places: Places = {}
    while at + HEAD <= size:
        head = _read(file, at, HEAD)
        mark, key, length = _KEY.unpack_from(head)
        if head != _head(key, length) or mark != MARK or at + HEAD + length > size:
            at = _next_mark(file, at + 1)
            continue
        places[key] = (at + HEAD, length)
        at = end = at + HEAD + length
    return places, end


def _head(key: bytes, length: int) -> bytes:
    said = _KEY.pack(MARK, key, length)
    return said + _CHECK.pack(zlib.crc32(said))


def _next_mark(file: BinaryIO, at: int) -> int:
    """Where the next MARK begins, from `at` on; the end of the file when there is none."""
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as seen:
        found = seen.find(MARK, at)
        return found if found >= 0 else len(seen)


def _read(file: BinaryIO, at: int, size: int) -> bytes:
    return os.pread(file.fileno(), size, at)
