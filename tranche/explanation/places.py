"""Where in the Program something is done: the instruction of a payment, of a test's level, of what chose a list."""

from __future__ import annotations

import attrs

from tranche.program import Op, Step

from .course import Course


@attrs.frozen(eq=False)
class Places:
    """Of the Program of a path."""

    course: Course

    def instruction(self, path: str, record: str) -> int | None:
        """The instruction of a step that sums a record."""
        program, step = self.course.program, self.course.steps[path]
        for k in range(step.first, step.last):
            number = program.code[k].record
            if number >= 0 and program.records[number].name == record:
                return k
        return None

    def test(self, name: str, field: str) -> int:
        """The instruction that compares a level of a test, by the field of its record."""
        program = self.course.program
        for k, one in enumerate(program.code):
            if one.is_test and one.record >= 0:
                record = program.records[one.record]
                if (record.owner, record.field) == (name, field):
                    return k
        return -1

    def skips(self, step: Step) -> list[int]:
        """The instructions of a step that jump over others."""
        return [k for k in range(step.first, step.last) if self._is_skip(k)]

    def choosers(self, step: Step) -> tuple[int, ...]:
        """The tests that decide whether the list of a step runs at all."""
        first = min((one.first for one in self.course.program.steps if one.status == step.status), default=0)
        before = first - 1
        if step.status and before >= 0 and self._is_skip(before):
            return self.course.trace.origin(before, "condition").tests
        return ()

    def _is_skip(self, number: int) -> bool:
        return self.course.program.code[number].op is Op.SKIP
