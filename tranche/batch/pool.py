"""Worker processes on this machine, or none. A worker that dies is replaced, and its tasks are done again."""

from __future__ import annotations

import gc
import os
import pickle
import queue
import selectors
import subprocess
import sys
import threading
from collections import deque
from pathlib import Path
from typing import IO

from tranche.files.write import write_all

from .garbage import seldom_collected
from .work import Outcome, Task, perform

DEPTH = 2  # tasks a worker has: one in hand, one waiting, so that it never waits for the driver
MOST_DEATHS = 3  # of workers on one task; then the task has failed
LENGTH = 8
ALONE = {"OPENBLAS_NUM_THREADS": "1"}  # of numpy's library, which starts a thread a processor, and has nothing to do
COMMAND = "import gc; gc.disable(); from tranche.batch.pool import serve; serve()"  # what is imported is no garbage


class Processes:
    """`count` workers, each a process of one thread."""

    def __init__(self, count: int) -> None:
        self.capacity = count * DEPTH
        self.waiting: deque[Task] = deque()
        self.deaths: dict[Task, int] = {}
        self.selector = selectors.DefaultSelector()
        self.workers: list[_Worker] = []
        for _ in range(count):
            self._start()

    def submit(self, task: Task) -> None:
        """Give a task to the worker with the fewest; at most `capacity` at a time."""
        worker = min(self.workers, key=lambda one: len(one.tasks))
        if len(worker.tasks) >= DEPTH or not worker.send(task):
            self.waiting.append(task)

    def wait(self, seconds: float) -> list[tuple[Task, Outcome]]:
        """What is done by then, and what came first otherwise; empty when nothing was done in `seconds`."""
        done = []
        for key, _ in self.selector.select(seconds):
            worker: _Worker = key.data
            outcome = worker.receive()
            if outcome is None:
                done += self._replace(worker)
                continue
            task = worker.tasks.popleft()
            self.deaths.pop(task, None)
            done.append((task, outcome))
        while self.waiting and min(len(worker.tasks) for worker in self.workers) < DEPTH:
            self.submit(self.waiting.popleft())
        return done

    def close(self) -> None:
        for worker in self.workers:
            worker.end()
        self.selector.close()

    def _start(self) -> None:
        worker = _Worker()
        self.workers.append(worker)
        self.selector.register(worker.said, selectors.EVENT_READ, worker)

    def _replace(self, worker: _Worker) -> list[tuple[Task, Outcome]]:
        """A new worker for a dead one, and its tasks for whoever is free; those that killed too many have failed."""
        self.selector.unregister(worker.said)
        self.workers.remove(worker)
        code = worker.end()
        tasks = list(worker.tasks)
        self._start()
        failed = []
        if tasks:
            first = tasks[0]  # the one in hand
            self.deaths[first] = self.deaths.get(first, 0) + 1
            if self.deaths[first] >= MOST_DEATHS:
                how = f"signal {-code}" if code < 0 else f"exit code {code}"
                said = f"the worker process ended on it {MOST_DEATHS} times, the last time with {how}"
                failed = [(tasks.pop(0), Outcome(problems=(said,)))]
        self.waiting.extendleft(reversed(tasks))
        return failed


class Here:
    """No worker: each task is done in this process, when somebody waits for it."""

    capacity = 1

    def __init__(self) -> None:
        self.waiting: deque[Task] = deque()

    def submit(self, task: Task) -> None:
        self.waiting.append(task)

    def wait(self, seconds: float) -> list[tuple[Task, Outcome]]:
        task = self.waiting.popleft()
        return [(task, perform(task))]

    def close(self) -> None:
        self.waiting.clear()


class _Worker:
    """The driver's side of a worker: messages are a length and a pickle, through pipes that nobody else has."""

    def __init__(self) -> None:
        home = str(Path(__file__).parents[2])
        path = os.pathsep.join(dict.fromkeys([home, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]))
        self.process = subprocess.Popen(
            [sys.executable, "-c", COMMAND],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**ALONE, **os.environ, "PYTHONPATH": path},
            bufsize=0,  # a message read ahead into a buffer is one that the selector does not see
        )
        self.tasks: deque[Task] = deque()

    @property
    def said(self) -> IO[bytes]:
        assert self.process.stdout is not None
        return self.process.stdout

    def send(self, task: Task) -> bool:
        """Whether the worker could take it; a dead one cannot, and its end of the pipe will say so."""
        assert self.process.stdin is not None
        try:
            write_message(self.process.stdin, task)
        except OSError:
            return False
        self.tasks.append(task)
        return True

    def receive(self) -> Outcome | None:
        """The next outcome; None when the worker is dead."""
        message = read_message(self.said)
        assert message is None or isinstance(message, Outcome)
        return message

    def end(self) -> int:
        """End the process; its exit code."""
        self.process.kill()
        code = self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            try:
                if pipe is not None:
                    pipe.close()
            except OSError:  # what was buffered for the dead
                pass
        return code


def write_message(pipe: IO[bytes], message: object) -> None:
    data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    write_all(pipe, len(data).to_bytes(LENGTH, "little") + data)


def read_message(pipe: IO[bytes]) -> object | None:
    """The next message; None at the end of the pipe, also in the middle of a message."""
    head = _read(pipe, LENGTH)
    body = _read(pipe, int.from_bytes(head, "little")) if head is not None else None
    return pickle.loads(body) if body is not None else None


def _read(pipe: IO[bytes], size: int) -> bytes | None:
    """Just so many bytes; None when the pipe ends before."""
    parts = []
    while size:
        part = pipe.read(size)
        if not part:
            return None
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _take(pipe: IO[bytes], given: queue.SimpleQueue[object | None]) -> None:
    message: object | None = True
    while message is not None:
        message = read_message(pipe)
        given.put(message)


def serve() -> None:
    """The worker's side: tasks from stdin, outcomes to what was stdout, until the driver closes or is gone.

    A thread takes tasks off the pipe at once: a driver that waits to hand one over does not read what we say.
    """
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the driver hears Ctrl-C, and ends its workers
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    tasks = os.fdopen(0, "rb", buffering=0, closefd=False)
    os.dup2(2, 1)  # what anybody prints must not come between the messages
    given: queue.SimpleQueue[object | None] = queue.SimpleQueue()
    threading.Thread(target=_take, args=(tasks, given), daemon=True).start()
    gc.freeze()  # nor does it become garbage
    gc.enable()
    with seldom_collected():
        while isinstance(task := given.get(), Task):
            try:
                write_message(answers, perform(task))
            except BrokenPipeError:
                os._exit(0)  # the driver is gone; nothing is left to flush
