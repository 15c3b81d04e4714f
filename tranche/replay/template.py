"""A Program made again with other figures, without compiling anything."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from tranche.program import Kind, Program, Register, constant

from .figure import Figure, value_of
from .spelling import Spelled, digits_of
from .tape import Played, Tape, recording

_FIGURES = ("notional", "paid")  # of a claim


@attrs.frozen(eq=False)
class Template:
    """`program`: that of the recording, without words. Where the figures go: `registers` (number, slot), `series` (row,
    period, slot), `claims` (number, field, slot), `quantum`; a slot is a place in what `played` gives. `name`: the
    deal's in pieces, texts and places of numbers."""

    program: Program
    played: Played
    registers: tuple[tuple[int, int], ...]
    series: NDArray[np.int64]
    claims: tuple[tuple[int, str, int], ...]
    quantum: int | None
    name: tuple[str | int, ...]

    @classmethod
    def of(cls, tape: Tape, program: Program, marks: Mapping[int, str]) -> Template:
        """From a Program that was compiled while `tape` recorded, in a text with these marks."""
        registers = [(k, one.initial) for k, one in enumerate(program.registers)]
        claims = [(k, field, getattr(claim, field)) for k, claim in enumerate(program.claims) for field in _FIGURES]
        series = [(row, t, number) for row, items in enumerate(tape.series) for t, number in enumerate(items)]
        quantum = [(tape.noted.get("quantum"),)]
        ends = [end[-1].node for found in (registers, claims, series, quantum) for end in _figures(found)]
        played = Played.of(tape, ends)

        def slots(found: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
            return [(*place, played.slots[figure.node]) for *place, figure in _figures(found)]

        return cls(
            _plain(program),
            played,
            tuple(slots(registers)),
            np.array(slots(series), dtype=np.int64).reshape(-1, 3),
            tuple(slots(claims)),
            next((slot for (slot,) in slots(quantum)), None),
            _parts(program.name, marks),
        )

    def program_of(self, spelled: Spelled) -> Program | None:
        """The Program of a text of the same form, whose numbers are the same where they are not followed. None where
        its figures lead elsewhere than those of the recording: it has to be compiled."""
        numbers = spelled.numbers
        figures = [float(f"{digits_of(numbers[leaf.literal])}e{leaf.power}") for leaf in self.played.leaves]
        values = self.played.play(figures)
        if values is None:
            return None
        registers, claims = list(self.program.registers), list(self.program.claims)
        for k, slot in self.registers:
            registers[k] = _register(registers[k], float(values[slot]))
        for k, field, slot in self.claims:
            notional, paid = (float(values[slot]) if field == one else getattr(claims[k], one) for one in _FIGURES)
            claims[k] = attrs.evolve(claims[k], notional=notional, paid=paid)
        series = self.program.series.copy()
        series[self.series[:, 0], self.series[:, 1]] = values[self.series[:, 2]]
        name = "".join([part if isinstance(part, str) else numbers[part] for part in self.name])
        quantum = self.program.quantum if self.quantum is None else float(values[self.quantum])
        made = self.program.with_figures(name, tuple(registers), series, tuple(claims), quantum)
        return made if _different(made) == self._different else None

    @cached_property
    def _different(self) -> tuple[int, int]:
        return _different(self.program)


def _figures(found: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Those of (…, number) whose number is a figure."""
    return [one for one in found if isinstance(one[-1], Figure)]


def _plain(program: Program) -> Program:
    """With numbers instead of figures, and without the words, which have none."""
    claims = [
        attrs.evolve(one, notional=value_of(one.notional), paid=None if one.paid is None else value_of(one.paid))
        for one in program.claims
    ]
    registers = [_register(one, value_of(one.initial)) for one in program.registers]
    return attrs.evolve(program, registers=tuple(registers), claims=tuple(claims), steps=())


def _register(register: Register, value: float) -> Register:
    return constant(value) if register.kind is Kind.CONSTANT else attrs.evolve(register, initial=value)


def _different(program: Program) -> tuple[int, int]:
    """How many constants and how many series there are, but for the same numbers again: equal ones share a register."""
    constants = program.initial[: len(program.of_kind(Kind.CONSTANT))]
    return len({number.tobytes() for number in constants}), len({row.tobytes() for row in program.series})


def _parts(name: str, marks: Mapping[int, str]) -> tuple[str | int, ...]:
    """A name in pieces: texts, and the places of numbers."""
    places = {mark: k for k, mark in marks.items()}
    longest_first = sorted(places, key=len, reverse=True)
    pieces = re.split(f"({'|'.join(map(re.escape, longest_first))})", name) if places else [name]
    return tuple(places.get(piece, piece) for piece in pieces)


def noted(name: str, number: float) -> float:
    """A number of the Program itself; which figure it is is kept on the tape."""
    tape = recording()
    if tape is not None:
        tape.noted[name] = number
    return value_of(number)


def table(rows: Sequence[Any], periods: int) -> NDArray[np.float64]:
    """Series as an array [rows, T]; what of them are figures is kept on the tape."""
    tape = recording()
    if tape is not None:
        tape.series = [one.tolist() for one in rows]
        rows = [[value_of(number) for number in one.tolist()] for one in rows]
    return np.array(rows, dtype=np.float64).reshape(len(rows), periods)
