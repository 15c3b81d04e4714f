"""Worker processes on this machine, or none. A worker that dies is replaced, and its tasks are done again."""

from __future__ import annotations

import selectors
from collections import deque
from collections.abc import Sequence

from .work import Outcome, Task, perform
from .workers import Source, Worker

DEPTH = 2  # tasks a worker has: one in hand, one waiting, so that it never waits for the driver
MOST_DEATHS = 3  # of workers on one task; then the task has failed


class Processes:
    """`count` workers, each a process of one thread; `ahead`: tasks that will be the first."""

    def __init__(self, count: int, ahead: Sequence[Task] = ()) -> None:
        self.capacity = count * DEPTH
        self.waiting: deque[Task] = deque()
        self.deaths: dict[Task, int] = {}
        self.selector = selectors.DefaultSelector()
        self.sources = [Source(ahead)]
        self.workers: list[Worker] = []
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
            worker: Worker = key.data
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
            worker.close()
        for source in self.sources:
            source.close()
        self.selector.close()

    def _start(self) -> None:
        if not self.sources[-1].starts_more:
            self.sources.append(Source())
        worker = Worker(self.sources[-1])
        self.workers.append(worker)
        self.selector.register(worker.said, selectors.EVENT_READ, worker)

    def _replace(self, worker: Worker) -> list[tuple[Task, Outcome]]:
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
