"""The workers' side of `workers.py`: a process that makes the first cases ready and forks workers from what it has
then, or, where processes are not forked, becomes the one worker."""

from __future__ import annotations

import gc
import os
import queue
import signal
import socket
import threading
import time
from typing import IO

import attrs

from .garbage import seldom_collected
from .messages import LENGTH, read_exactly, read_message, write_message
from .work import Group, perform, perform_together

LONGEST = 1.0  # processor seconds for the cases that are made ready before there are workers
MOMENT = 1.0  # seconds that a worker which says no more has to end by itself, with its own exit code
START, END = b"+", b"-"  # a worker, with the pipes of its tasks and its answers; the worker of a number


def serve(control: socket.socket, forks: bool) -> None:
    """What the driver asks for, until it closes `control` or is gone; then no worker is left either."""
    _print_to_stderr()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # a driver's that ignores it is inherited: nobody could be waited for
    asked = os.fdopen(os.dup(control.fileno()), "r+b", buffering=0)
    with seldom_collected():
        ahead = read_message(asked)
        _make_ready(ahead if isinstance(ahead, tuple) else ())
        gc.freeze()  # what is there now is no garbage, and lies in pages that all workers share
        gc.enable()
        workers: list[int] = []
        while True:
            said, pipes, *_ = socket.recv_fds(control, 1, 2)
            if said == START:
                tasks, answers = pipes
                pid = os.fork() if forks else 0
                if pid == 0:
                    asked.close()
                    control.close()
                    _work(tasks, answers)
                workers.append(pid)
                os.close(tasks)
                os.close(answers)
            elif said == END and (which := read_exactly(asked, LENGTH)) is not None:
                write_message(asked, _end(workers, int.from_bytes(which, "little"), MOMENT))
            else:
                break
    for number in range(len(workers)):
        _end(workers, number)


def _print_to_stderr() -> None:
    """What anybody prints is for the driver's stderr; where that is closed, a pipe would be opened in its place."""
    try:
        os.dup2(2, 1)
    except OSError:
        os.dup2(1, 2)


def _end(workers: list[int], number: int, grace: float = 0.0) -> int:
    """End a worker, if it has not ended within `grace` seconds; its exit code, or minus the signal that ended it."""
    pid, workers[number] = workers[number], 0
    if not pid:
        return 0
    until = time.monotonic() + grace
    while True:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() >= until:
            os.kill(pid, signal.SIGKILL)  # it is ours until we have waited for it
            return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        time.sleep(0.001)


def _make_ready(ahead: Group) -> None:
    """Do one path of each of the tasks, while no worker has to wait long for it: what is imported, compiled, fitted and
    recorded for them is there for all. Why one fails will be told by the worker that does it."""
    until = time.process_time() + LONGEST
    for task in ahead:
        perform(attrs.evolve(task, count=1))
        if time.process_time() > until:
            break


def _work(tasks: int, answers: int) -> None:
    """Be a worker: groups of tasks from one pipe, their outcomes to the other; ends with the process.

    A thread takes tasks off the pipe at once: a driver that waits to hand one over does not read what we say. It also
    sees that the driver is gone while a task is done.
    """
    given: queue.SimpleQueue[Group | None] = queue.SimpleQueue()
    taker = threading.Thread(target=_take, args=(os.fdopen(tasks, "rb", buffering=0), given), daemon=True)
    taker.start()
    said = os.fdopen(answers, "wb", buffering=0)
    while (group := given.get()) is not None:
        try:
            write_message(said, perform_together(group))
        except BrokenPipeError:
            os._exit(0)
    taker.join()  # it has yet to tell why
    os._exit(1)


def _take(pipe: IO[bytes], given: queue.SimpleQueue[Group | None]) -> None:
    """Put groups from the pipe into `given`; None where one cannot be taken, for want of memory, at its turn."""
    try:
        while isinstance(group := read_message(pipe), tuple):
            given.put(group)
        os._exit(0)  # nobody waits for an answer, and nothing is left to flush
    finally:
        given.put(None)
