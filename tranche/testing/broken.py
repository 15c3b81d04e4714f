"""What an invariant says when it does not hold."""

from __future__ import annotations


class BrokenInvariant(AssertionError):
    """An invariant does not hold: which one, in which deal, on which path and in which period (1..T), by how much."""

    def __init__(self, rule: str, deal: str, said: str, path: int | None = None, period: int | None = None) -> None:
        self.rule, self.deal, self.path, self.period = rule, deal, path, period
        where = [f"deal {deal!r}"]
        where += [f"path {path}"] if path is not None else []
        where += [f"period {period}"] if period is not None else []
        super().__init__(f"{rule}: {', '.join(where)}: {said}")
