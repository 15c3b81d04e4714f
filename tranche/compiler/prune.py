"""Instructions that change nothing that is kept: copies read where what they copy still stands, values never read.

Temporary registers are written once; a register of another kind is kept from period to period, or is reported.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

import attrs

from tranche.program import OPERAND_ROLES, WRITTEN, Kind, Op, Register, Step

from .line import Line

# where among its operands an instruction reads registers, those that it updates among them
_READ = {op: tuple(k for k, (_, role) in enumerate(roles) if role in "rsu") for op, roles in OPERAND_ROLES.items()}
# those that do nothing but write their first operand
_PURE = frozenset(
    op for op, roles in OPERAND_ROLES.items() if roles[0][1] == "w" and all(role == "r" for _, role in roles[1:])
)


def prune(
    lines: Sequence[Line], steps: Sequence[Step], registers: Sequence[Register]
) -> tuple[list[Line], list[Step]]:
    """The instructions that are left, and the steps with their new ranges: a step of which none is left shares the one
    that comes next, or the last."""
    work = _Work(lines, registers)
    work.drop_unread()
    copies = [k for k, line in enumerate(lines) if line.op is Op.COPY and k not in work.dropped]
    for k in copies:
        work.read_the_original(k)
    for k in copies:
        work.write_at_once(k)
    new = [0, *accumulate(k not in work.dropped for k in range(len(lines)))]
    left = [work.lines[k] for k in range(len(lines)) if k not in work.dropped]
    for k, end in work.ends.items():
        if k not in work.dropped:
            left[new[k]] = Line(Op.SKIP, (left[new[k]].operands[0], new[end] - new[k] - 1))
    return left, [_moved(step, new) for step in steps] if left else []


def _moved(step: Step, new: Sequence[int]) -> Step:
    first = min(new[step.first], new[-1] - 1)
    return attrs.evolve(step, first=first, last=max(first + 1, new[step.last]))


class _Work:
    """`lines`, with other operands here and there; `dropped`, the numbers of those that go; `ends`, the line that each
    SKIP skips to."""

    def __init__(self, lines: Sequence[Line], registers: Sequence[Register]) -> None:
        self.lines = list(lines)
        self.dropped: set[int] = set()
        self.ends = {k: k + 1 + line.operands[1] for k, line in enumerate(lines) if line.op is Op.SKIP}
        self._targets = set(self.ends.values())
        self._temp = [register.kind is Kind.TEMP for register in registers]
        self._readers: dict[int, list[int]] = {}
        self._writers: dict[int, list[int]] = {}
        for k, line in enumerate(lines):
            for n in {line.operands[j] for j in _READ[line.op]}:
                self._readers.setdefault(n, []).append(k)
            for n in _written(line):
                self._writers.setdefault(n, []).append(k)

    def drop_unread(self) -> None:
        """From the back: what only unread instructions read is not read either."""
        for k in reversed(range(len(self.lines))):
            line = self.lines[k]
            if self._unread(line) or self._skips_nothing(k):
                self.dropped.add(k)
                for n in {line.operands[j] for j in _READ[line.op]}:
                    self._readers[n].remove(k)

    def read_the_original(self, k: int) -> None:
        """A copy in a temporary goes where what it copies is not written before the copy is last read."""
        copy, original = self.lines[k].operands
        readers = self._readers.get(copy)
        if not self._temp[copy] or not readers or self._writers[copy] != [k]:
            return
        if not k < readers[0] <= readers[-1] < self._end(k):
            return
        written = self._writers.get(original, [])
        if bisect_right(written, readers[-1]) > bisect_right(written, k):
            return
        for reader in readers:
            self.lines[reader] = self.lines[reader].renamed(copy, original)
        kept = {*self._readers[original], *readers} - {k}
        self._readers[original] = sorted(kept)
        del self._readers[copy]
        self.dropped.add(k)

    def write_at_once(self, k: int) -> None:
        """A temporary that is only computed to be copied by the next instruction is computed where it is copied to."""
        to, copy = self.lines[k].operands
        before = k - 1
        while before in self.dropped and before + 1 not in self._targets:
            before -= 1
        if k in self.dropped or before < 0 or before + 1 in self._targets or not self._temp[copy]:
            return
        line = self.lines[before]
        if line.op not in _PURE or line.operands[0] != copy or to in line.operands:
            return
        if self._readers[copy] == [k] and self._writers[copy] == [before]:
            self.lines[before] = line.renamed(copy, to)
            self._writers[to] = sorted({*self._writers[to], before} - {k})
            self.dropped.add(k)

    def _unread(self, line: Line) -> bool:
        return line.op in _PURE and self._temp[line.operands[0]] and not self._readers.get(line.operands[0])

    def _skips_nothing(self, k: int) -> bool:
        return k in self.ends and all(inside in self.dropped for inside in range(k + 1, self.ends[k]))

    def _end(self, k: int) -> int:
        """Where the innermost region around a line ends that may be skipped."""
        return min((end for skip, end in self.ends.items() if skip < k < end), default=len(self.lines))


def _written(line: Line) -> list[int]:
    """The registers that a line writes: of a WINDOW, those of its ring too."""
    found = [line.operands[j] for j in WRITTEN[line.op]]
    if line.op is Op.WINDOW:
        first, length = line.operands[2:4]
        found += range(first + 1, first + length)
    return found
