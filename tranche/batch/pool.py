"""Worker processes on this machine, or none. A worker that dies is replaced, and its tasks are done again."""

from __future__ import annotations

import contextlib
import selectors
from collections import deque
from collections.abc import Sequence

from tranche.errors import Problem, UsageError

from .work import Group, Outcome, Task, perform
from .workers import Source, Worker

DEPTH = 2  # groups of tasks a worker has: one in hand, one waiting, so that it never waits for the driver
TOGETHER = 4  # tasks of a group, where they are short: what more would save is next to nothing
SHORT = 0.25  # seconds of scenario and kernel in a group of more than one: no more is lost when somebody is killed
MOST_DEATHS = 3  # of workers on one task; then the task has failed


class Processes:
    """`count` workers, each a process of one thread; `ahead`: tasks that will be the first. Raises UsageError where the
    system has no more of what they need."""

    def __init__(self, count: int, ahead: Sequence[Task] = ()) -> None:
        self.count = count
        self.waiting: deque[Task] = deque()
        self.done, self.seconds = 0, 0.0  # tasks, and what they took
        self.suspects: set[Task] = set()  # a worker died on a group with them: they are done one by one
        self.deaths: dict[Task, int] = {}
        self.selector = selectors.DefaultSelector()
        self.sources: list[Source] = []
        self.workers: list[Worker] = []
        with contextlib.ExitStack() as unless_started:
            unless_started.callback(self.close)
            for _ in range(count):
                self._start(ahead)
            unless_started.pop_all()

    @property
    def capacity(self) -> int:
        """Tasks that are wanted at a time."""
        return self.count * DEPTH * self._together

    @property
    def _together(self) -> int:
        """Tasks of a group: one while nothing is known of how long they take."""
        if not self.done:
            return 1
        return int(min(TOGETHER, max(1.0, SHORT * self.done / max(self.seconds, 1e-9))))

    def submit(self, task: Task) -> None:
        """A task to be done by whoever is free."""
        self.waiting.append(task)

    def wait(self, seconds: float) -> list[tuple[Task, Outcome]]:
        """What is done by then, and what came first otherwise; empty when nothing was done in `seconds`."""
        self._hand_out()
        done: list[tuple[Task, Outcome]] = []
        for key, _ in self.selector.select(seconds):
            worker: Worker = key.data
            outcomes = worker.receive()
            if outcomes is None:
                done += self._replace(worker)
                continue
            done += zip(worker.groups.popleft(), outcomes, strict=True)
        for task, outcome in done:
            self.done, self.seconds = self.done + 1, self.seconds + outcome.seconds
            self.deaths.pop(task, None)
            self.suspects.discard(task)
        self._hand_out()
        return done

    def close(self) -> None:
        for worker in self.workers:
            worker.close()
        for source in self.sources:
            source.close()
        self.selector.close()

    def _hand_out(self) -> None:
        """Groups to the workers that have the fewest."""
        while self.waiting:
            worker = min(self.workers, key=lambda one: len(one.groups))
            if len(worker.groups) >= DEPTH:
                return
            group = self._group()
            if not worker.send(group):
                self.waiting.extendleft(reversed(group))
                return

    def _group(self) -> Group:
        """The next tasks: together as many as that leaves some for each worker."""
        most = min(self._together, -(-len(self.waiting) // self.count))
        group = [self.waiting.popleft()]
        while len(group) < most and self.suspects.isdisjoint((group[0], self.waiting[0])):
            group.append(self.waiting.popleft())
        return tuple(group)

    def _start(self, ahead: Sequence[Task] = ()) -> None:
        try:
            if not self.sources:
                self.sources.append(Source(ahead))
            elif not self.sources[-1].starts_more:
                self.sources.append(Source())
            worker = Worker(self.sources[-1])
        except OSError as error:
            said = f"{self.count} worker processes cannot be started: {error.strerror}"
            raise UsageError(Problem(said, "fewer of them (--workers)")) from None
        self.workers.append(worker)
        self.selector.register(worker.said, selectors.EVENT_READ, worker)

    def _replace(self, worker: Worker) -> list[tuple[Task, Outcome]]:
        """A new worker for a dead one, and its tasks for whoever is free; one that killed too many has failed."""
        self.selector.unregister(worker.said)
        self.workers.remove(worker)
        code = worker.end()
        in_hand = worker.groups[0] if worker.groups else ()
        self._start()
        self.waiting.extendleft(task for group in reversed(worker.groups) for task in reversed(group))
        if len(in_hand) != 1:
            self.suspects.update(in_hand)
            return []
        (task,) = in_hand
        self.deaths[task] = self.deaths.get(task, 0) + 1
        if self.deaths[task] < MOST_DEATHS:
            return []
        self.waiting.popleft()
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        said = f"the worker process ended on it {MOST_DEATHS} times, the last time with {how}"
        return [(task, Outcome(problems=(said,)))]


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
