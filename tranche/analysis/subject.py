"""What a rule looks at: the deal, its Program with an instruction for each thing that a step does, and what can run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from tranche.compiler import compile_deal
from tranche.compiler.names import used_names
from tranche.deal import Deal, Step, Waterfalls
from tranche.deal.formula import Formula
from tranche.errors import DealWarning
from tranche.program import Kind, Op, Program
from tranche.program import Step as ProgramStep


@attrs.frozen(slots=False)
class Subject:
    """`program` is not fused, and has the lists of the statuses that some test leads to, defaults written out."""

    deal: Deal
    program: Program

    @classmethod
    def of(cls, deal: Deal) -> Subject:
        """Raises DealError where the deal does not compile."""
        return cls(deal, compile_deal(deal, fuse=False))

    def warning(self, rule: str, path: str, what: str, fix: str = "") -> DealWarning:
        return DealWarning(what, fix, self.deal.source.place(path), rule)

    # ---- the waterfalls -------------------------------------------------------------------------------------------

    @cached_property
    def written(self) -> Mapping[str, tuple[Step, ...]]:
        """The lists that the deal itself states, by status."""
        found = {field.name: getattr(self.deal.waterfall, field.name) for field in attrs.fields(Waterfalls)}
        return {status: steps for status, steps in found.items() if isinstance(steps, tuple) and steps}

    @cached_property
    def steps(self) -> Mapping[str, tuple[ProgramStep, ...]]:
        """The steps of the Program's lists, by status; a status that nothing leads to has none. A revolving period
        without a list of its own runs that for performing, and counts as it."""
        found = {status: list(steps) for status, steps in self._compiled.items()}
        if self._lends_performing:
            again = [_as_performing(step) for step in found.pop("revolving", [])]
            found.setdefault("performing", again)
        return {status: tuple(steps) for status, steps in found.items() if steps}

    @cached_property
    def _compiled(self) -> Mapping[str, list[ProgramStep]]:
        """The lists of the Program as they are, by status."""
        found: dict[str, list[ProgramStep]] = {}
        for step in self.program.steps:
            if step.status:
                found.setdefault(step.status, []).append(step)
        return found

    @property
    def _lends_performing(self) -> bool:
        return "performing" in self.written and "revolving" not in self.written

    @property
    def stated(self) -> Mapping[str, tuple[ProgramStep, ...]]:
        """Those of `steps` that the deal itself states: not the documented defaults."""
        return {status: steps for status, steps in self.steps.items() if status in self.written}

    def runs(self, step: ProgramStep) -> NDArray[np.bool_]:
        """The dates [T] on which the step may move something, as far as the calendar alone decides."""
        copies = [step]
        if self._lends_performing:
            copies += [one for one in self._compiled.get("revolving", ()) if _as_performing(one).path == step.path]
        moving = [k for one in copies for k in range(one.first, one.last) if self._moves(k)]
        return np.any([self.open[k] & self._limit(k) for k in moving], axis=0) if moving else self._never

    def _moves(self, number: int) -> bool:
        one = self.program.code[number]
        return one.record >= 0 and not one.is_test

    @cached_property
    def open(self) -> NDArray[np.bool_]:
        """[instructions, T]: where no skip that depends on the date alone jumps over the instruction."""
        found = np.ones((len(self.program.instructions), self.program.periods), dtype=bool)
        for k, one in enumerate(self.program.code):
            condition = self.known(k, "condition") if one.op is Op.SKIP else None
            if condition is not None:
                found[k + 1 : k + 1 + one.operands["count"]] &= condition != 0
        return found

    def _limit(self, number: int) -> NDArray[np.bool_]:
        known = self.known(number, "limit")
        return np.ones(self.program.periods, dtype=bool) if known is None else known > 0

    # ---- instructions ---------------------------------------------------------------------------------------------

    @property
    def _never(self) -> NDArray[np.bool_]:
        return np.zeros(self.program.periods, dtype=bool)

    def writers(self, register: int) -> Iterator[int]:
        """The instructions that write a register, in their order."""
        return (k for k, one in enumerate(self.program.code) if register in one.written)

    def known(self, number: int, name: str) -> NDArray[np.float64] | None:
        """The values [T] of an operand that depends on the date alone; None for every other."""
        register = self.program.code[number].register(name)
        if register is None:
            return None
        kind = self.program.registers[register].kind
        if kind is Kind.CONSTANT:
            return np.full(self.program.periods, self.program.registers[register].initial)
        if kind is Kind.SERIES:
            return np.asarray(self.program.series[register - self.program.of_kind(Kind.SERIES).start])
        return None

    # ---- formulas -------------------------------------------------------------------------------------------------

    @cached_property
    def reads(self) -> frozenset[str]:
        """Every name that the terms mention or that one of their formulas reads, through definitions that are read
        themselves, wherever in the deal that is."""
        found: set[str] = set()
        for field in attrs.fields(Deal):
            if field.name not in _NO_TERMS:
                found |= set(_mentioned(getattr(self.deal, field.name)))
        return frozenset(found).union(*(self._behind(name) for name in found))

    def behind(self, formula: Formula) -> set[str]:
        """The names that a formula reads, in the past or now, through definitions."""
        names = used_names(formula.tree)
        return names.union(*(self._behind(name) for name in names))

    def _behind(self, name: str) -> set[str]:
        """The names behind one: itself, and all that it is defined by."""
        pending, read = {name}, set[str]()
        while pending:
            name = pending.pop()
            read.add(name)
            if name in self.deal.definitions:
                pending |= used_names(self.deal.definitions[name].tree) - read
        return read


# fields of a deal in which nothing is used, or only what something else reads
_NO_TERMS = frozenset(
    {"name", "description", "assumptions", "definitions", "series", "market", "expect", "source", "accept"}
)


def _mentioned(value: Any) -> Iterator[str]:
    """Names in formulas and texts of terms, however deep; the names of the terms themselves aside."""
    if isinstance(value, Formula):
        yield from used_names(value.tree)
    elif isinstance(value, str):
        yield value
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from _mentioned(item)
    elif isinstance(value, Mapping):
        yield from _mentioned(tuple(value.values()))
    elif attrs.has(type(value)):
        for field in attrs.fields(type(value)):
            if field.name not in ("name", "note"):
                yield from _mentioned(getattr(value, field.name))


def _as_performing(step: ProgramStep) -> ProgramStep:
    """A step of the revolving period as that of the list for performing, of which it is a copy."""
    path = step.path.replace("waterfall.revolving[", "waterfall.performing[", 1)
    return attrs.evolve(step, path=path, status="performing")


def owner_of(target: str) -> str:
    """`senior.interest` → `senior`; a fee or an account is its own owner."""
    return target.rpartition(".")[0] or target
