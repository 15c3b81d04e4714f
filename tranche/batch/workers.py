"""Worker processes as the driver sees them, and the process that they come from.

On Linux that process imports all and makes the first cases ready once, and its workers are forks of it: what each would
take a second or two for is there from the start. It has one thread and nothing of the driver's in it, so that a fork is
safe; a driver, with a user's threads or a notebook in it, is not what one forks. Elsewhere each worker is a process of
its own from the start.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

from tranche.files.write import write_all

from .messages import LENGTH, read_message, write_message
from .serve import END, START
from .work import Group, Outcome, Task

FORKS = sys.platform == "linux"  # the frameworks of macOS do not bear it
GRACE = 2.0  # seconds that a source has to end its workers and itself
ALONE = {"OPENBLAS_NUM_THREADS": "1"}  # of numpy's library, which starts a thread a processor, and has nothing to do
COMMAND = (  # with -P, so that no file of the working folder is taken for a module
    "import gc, signal, socket, sys; gc.disable(); "  # what is imported is no garbage
    "signal.signal(signal.SIGINT, signal.SIG_IGN); "  # the driver hears Ctrl-C, and ends its workers
    "from tranche.batch.serve import serve; "
    "serve(socket.socket(fileno=int(sys.argv[1])), sys.argv[2] == 'forks')"
)


class Source:
    """The process that workers come from: any number where it `forks`, else one. `ahead`: tasks whose cases it makes
    ready before."""

    def __init__(self, ahead: Sequence[Task] = (), forks: bool = FORKS) -> None:
        home = str(Path(__file__).parents[2])
        path = os.pathsep.join(dict.fromkeys([home, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]))
        self.forks, self.count = forks, 0
        self.control, its = socket.socketpair()
        with its:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-c", COMMAND, str(its.fileno()), "forks" if forks else "becomes"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env={**ALONE, **os.environ, "PYTHONPATH": path},
                pass_fds=[its.fileno()],
            )
        self.asked = os.fdopen(os.dup(self.control.fileno()), "r+b", buffering=0)
        self._tell(lambda: write_message(self.asked, tuple(ahead)))

    @property
    def starts_more(self) -> bool:
        """Whether a worker can be asked of it, as far as can be seen."""
        return (self.forks or not self.count) and self.process.poll() is None

    def start(self) -> tuple[int, IO[bytes], IO[bytes]]:
        """A new worker: its number, and our ends of the pipes of its tasks and of its answers."""
        theirs, tasks = os.pipe()
        try:
            answers, its = os.pipe()
        except OSError:
            os.close(theirs)
            os.close(tasks)
            raise
        self._tell(lambda: socket.send_fds(self.control, [START], [theirs, its]))
        os.close(theirs)
        os.close(its)
        self.count += 1
        return self.count - 1, os.fdopen(tasks, "wb", buffering=0), os.fdopen(answers, "rb", buffering=0)

    def end(self, number: int) -> int:
        """End a worker; its exit code, or minus the signal that ended it. Of this process, if that is gone too."""
        if self.forks:
            self._tell(lambda: write_all(self.asked, END + number.to_bytes(LENGTH, "little")))
            with contextlib.suppress(OSError):
                code = read_message(self.asked)
                if isinstance(code, int):
                    return code
        return self._ended()

    def close(self) -> None:
        """End the process and all its workers."""
        self.asked.close()
        with contextlib.suppress(OSError):
            self.control.shutdown(socket.SHUT_RDWR)  # also of the copy that a process has which the driver has forked
        self.control.close()
        if not self.forks:
            self.process.kill()
        self._ended()

    def _ended(self) -> int:
        """Wait for the process, and end it where it does not end: busy with a case; the workers end when they are not
        read any more. Its exit code, or minus the signal that ended it."""
        try:
            return self.process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def _tell(self, say: Callable[[], object]) -> None:
        with contextlib.suppress(OSError):  # it is gone, which the pipes of its workers will tell
            say()


class Worker:
    """A worker with the groups of tasks that it was given, the one in hand first."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.number, self.given, self.said = source.start()
        self.groups: deque[Group] = deque()

    def send(self, group: Group) -> bool:
        """Whether the worker could take it; a dead one cannot, and its end of the pipe will say so."""
        try:
            write_message(self.given, group)
        except OSError:
            return False
        self.groups.append(group)
        return True

    def receive(self) -> tuple[Outcome, ...] | None:
        """The outcomes of the group in hand; None when the worker is dead."""
        message = read_message(self.said)
        assert message is None or isinstance(message, tuple)
        return message

    def end(self) -> int:
        """End the process; its exit code, or minus the signal that ended it."""
        code = self.source.end(self.number)
        self.close()  # not before: it would end for that, and not of itself
        return code

    def close(self) -> None:
        """Give it no more, and hear no more of it: it ends."""
        self.given.close()
        self.said.close()
