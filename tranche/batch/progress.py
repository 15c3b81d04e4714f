"""How far a batch is, and what became of it."""

from __future__ import annotations

from pathlib import Path

import attrs

from .grid import Case


@attrs.define
class Progress:
    """How far a batch is: cases done of all, among them `known` from an earlier run and `failed`; tasks done of those
    that there were to do; paths × payment dates run, and seconds since the start."""

    cases: int
    done: int = 0
    known: int = 0
    failed: int = 0
    tasks: int = 0
    tasks_done: int = 0
    path_periods: int = 0
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Path-periods a second."""
        return self.path_periods / self.seconds if self.seconds else 0.0

    @property
    def left(self) -> float | None:
        """Seconds left, as far as tasks are alike; None before the first is done."""
        if not self.tasks_done:
            return None
        return self.seconds / self.tasks_done * (self.tasks - self.tasks_done)


@attrs.frozen
class BatchReport:
    """`computed` cases now, `known` from an earlier run, `failed` with their reasons; `fewer`: cases that have not as
    many paths as were asked for; `seconds` in all, and the processor seconds of scenario and kernel alone, over all
    workers (`kernel_seconds`); paths × payment dates run."""

    cases: int
    computed: int
    known: int
    failed: tuple[tuple[Case, str], ...]
    fewer: int
    seconds: float
    kernel_seconds: float
    path_periods: int
    manifest: Path
