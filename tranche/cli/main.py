"""How the `tranche` program starts, and how it ends when it is interrupted or nobody can take its output. Little is
imported here, so that this holds from the start."""

from __future__ import annotations

import contextlib
import errno
import os
import sys

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def main() -> None:
    """Run the command line and exit: 0 all well, 1 a deal failed, 2 bad usage, 130 interrupted."""
    try:
        from .commands import app

        app(prog_name="tranche")
    except KeyboardInterrupt:
        _end("interrupted", 130)
    except OSError as error:
        if error.errno not in FULL or error.filename is not None:
            raise
        _end(f"the output cannot be written: {os.strerror(error.errno)}", 2)


def _end(said: str, code: int) -> None:
    with contextlib.suppress(OSError):
        print(said, file=sys.stderr, flush=True)
    with contextlib.suppress(OSError, ValueError):  # what waits to be written is not tried again at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)
