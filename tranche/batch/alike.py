"""Cases that differ in their figures only: the first few are compiled, and one of them recorded; the others are played
from the recording. A played case has the Program that it would be compiled to; where it might not, it is compiled."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

import attrs

from tranche.errors import TrancheError
from tranche.few import Few
from tranche.inputs import Ingredients
from tranche.replay import (
    MOST_FOLLOWED,
    Escaped,
    Spelled,
    Tape,
    Template,
    can_be_followed,
    digits_of,
    holds_figure,
    marked,
    recorded,
)

KEYS = 8  # of a form: what its numbers that are not followed can be
EACH = 3  # templates of one key: figures may lead several ways
COMPILED = 16  # numbers of compiled cases that are remembered of each form
BEFORE = 2  # cases of a key that are compiled before one is recorded
MISSED = 3  # cases that no template of their key can play, beyond those that one can, before another is recorded
SELDOM = 4  # a case of so many may be recorded: that takes as long as to compile three

# what a recording ends with when a figure is lost: it is NaN to C code, and numbers are made of it, or none
_LOST = (Escaped, TrancheError, ArithmeticError, LookupError, TypeError, ValueError)

Build = Callable[[str], Ingredients]
Numbers = tuple[str, ...]
Files = tuple[tuple[str, str], ...]


@attrs.frozen
class Prepared:
    """A case as it was compiled: what its run reads, and the files that its deal names by SHA-256."""

    inputs: Ingredients
    files: Files


@attrs.frozen
class Compiled:
    """A case that was compiled: its numbers, the hash of its Program, its name."""

    spelled: Spelled
    program: str
    name: str

    def is_played_by(self, template: Template) -> bool:
        """Whether a template gives this Program, or none."""
        played = template.program_of(self.spelled)
        return played is None or (played.hash, played.name) == (self.program, self.name)


@attrs.define(eq=False)
class Form:
    """Cases of one form. `followed`: the numbers that a recording follows, by their place; `lost`: those that none
    can; `templates` by the other numbers, the newest first."""

    cases: int = 0
    recordings: int = 0
    missed: int = 0
    compiled: deque[Compiled] = attrs.Factory(lambda: deque(maxlen=COMPILED))
    followed: frozenset[int] = frozenset()
    lost: frozenset[int] = frozenset()
    templates: Few[Numbers, tuple[tuple[Template, Prepared], ...]] = attrs.Factory(lambda: Few(KEYS))

    def played(self, spelled: Spelled, unchanged: Callable[[Files], bool]) -> Prepared | None:
        """The case of these numbers; None where it has to be compiled. `unchanged`: whether the files that a deal names
        are what they were."""
        self.cases += 1
        known = self.templates.get(_others(spelled.numbers, self.followed))
        for template, made in known or ():
            program = template.program_of(spelled) if unchanged(made.files) else None
            if program is not None:
                self.missed = max(0, self.missed - 1)
                return attrs.evolve(made, inputs=attrs.evolve(made.inputs, program=program))
        self.missed += known is not None
        return None

    def compiled_to(self, spelled: Spelled, made: Prepared, build: Build, beside: Iterable[str]) -> None:
        """Remember a case that was compiled; record it where that will pay. `build`: what compiles a text of this form;
        `beside`: the other texts that it reads."""
        numbers = spelled.numbers
        wanted = self._wanted(numbers)
        key = _others(numbers, wanted)
        alike = [one for one in self.compiled if _others(one.spelled.numbers, wanted) == key]
        self.compiled.append(Compiled(spelled, made.inputs.program.hash, made.inputs.program.name))
        known = (wanted == self.followed and self.templates.get(key)) or ()
        if len(alike) < BEFORE or (known and self.missed < MISSED) or not 0 < len(wanted) <= MOST_FOLLOWED:
            return
        if self.recordings > self.cases // SELDOM:
            return
        self.recordings, self.missed = self.recordings + 1, 0
        template = _record(spelled, wanted, made, build, beside)
        if template is None:
            found = _followable(spelled, sorted(wanted), made, build, beside)
            self.lost |= wanted - found
            wanted, known = found, ()
            template = _record(spelled, wanted, made, build, beside) if wanted else None
        if template is None or not all(one.is_played_by(template) for one in alike):
            return
        if wanted != self.followed:
            self.followed = wanted
            self.templates.clear()
        self.templates.keep(_others(numbers, wanted), ((template, made), *known)[:EACH])

    def _wanted(self, numbers: Numbers) -> frozenset[int]:
        """The numbers to be followed: those in which cases have differed, as far as they can be."""
        others = [one.spelled.numbers for one in self.compiled]
        differing = {k for one in others for k, number in enumerate(one) if number != numbers[k]}
        return self.followed | {k for k in differing if can_be_followed(numbers[k])} - self.lost


def _others(numbers: Numbers, followed: Iterable[int]) -> Numbers:
    """The numbers that are not followed."""
    return tuple(["" if k in followed else number for k, number in enumerate(numbers)])


def _record(
    spelled: Spelled, wanted: Iterable[int], made: Prepared, build: Build, beside: Iterable[str]
) -> Template | None:
    """A template that follows the wanted numbers and gives the Program that was compiled; None where none can."""
    marks = marked(spelled, wanted, beside)
    tape = Tape({digits_of(mark): k for k, mark in marks.items()})
    try:
        with recorded(tape):
            again = build(spelled.text(marks))
        if holds_figure(again.market) or again.market != made.inputs.market:  # its words may have numbers too
            return None
        template = Template.of(tape, again.program, marks)
    except _LOST:
        return None
    played = template.program_of(spelled)
    sound = played is not None and (played.hash, played.name) == (made.inputs.program.hash, made.inputs.program.name)
    return template if sound else None


def _followable(
    spelled: Spelled, wanted: list[int], made: Prepared, build: Build, beside: Iterable[str]
) -> frozenset[int]:
    """Those of the wanted numbers that can be followed: halves are tried, and halves of those that cannot."""
    if len(wanted) == 1:
        return frozenset()
    half = len(wanted) // 2
    found: frozenset[int] = frozenset()
    for part in (wanted[:half], wanted[half:]):
        if _record(spelled, part, made, build, beside) is not None:
            found |= frozenset(part)
        else:
            found |= _followable(spelled, part, made, build, beside)
    return found
