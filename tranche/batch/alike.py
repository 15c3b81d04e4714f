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

# a recording takes as long as one or two compilations, a play a hundredth of one
KEYS = 8  # of a form, what its numbers that are not followed can be: each keeps a compiled case
EACH = 3  # templates of one key: figures may lead several ways, and a case that none can play has tried them all
COMPILED = 16  # numbers of compiled cases that are remembered of each form: each is compared with every one that comes
BEFORE = 2  # cases of a key that are compiled before one is recorded: they show which numbers differ, and prove it
MISSED = 3  # cases that no template can play, beyond those that one can, before another is recorded: fewer would have
# been compiled in less time
SELDOM = 4  # a case of so many may be recorded: where no recording is of use, the cases take half as long again

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
        wanted = self._wanted(spelled.numbers)
        key = _others(spelled.numbers, wanted)
        alike = [one for one in self.compiled if _others(one.spelled.numbers, wanted) == key]
        self.compiled.append(Compiled(spelled, made.inputs.program.hash, made.inputs.program.name))
        if len(alike) >= BEFORE and self._will_pay(wanted, key):
            self._record(_Recorder(spelled, made, build, tuple(beside)), wanted, alike)

    def _will_pay(self, wanted: frozenset[int], key: Numbers) -> bool:
        """Whether a recording that follows the wanted numbers can be made, and is worth its time."""
        can = 0 < len(wanted) <= MOST_FOLLOWED and self.recordings <= self.cases // SELDOM
        has_one = wanted == self.followed and self.templates.get(key) is not None
        return can and (not has_one or self.missed >= MISSED)

    def _record(self, recorder: _Recorder, wanted: frozenset[int], alike: Iterable[Compiled]) -> None:
        """Record a case, and keep the template where it plays those `alike` as they were compiled."""
        self.recordings, self.missed = self.recordings + 1, 0
        template = recorder.template(wanted)
        if template is None:
            found = recorder.followable(sorted(wanted))
            self.lost |= wanted - found
            wanted, template = found, recorder.template(found) if found else None
        if template is not None and all(one.is_played_by(template) for one in alike):
            self._keep(wanted, _others(recorder.spelled.numbers, wanted), (template, recorder.made))

    def _keep(self, followed: frozenset[int], key: Numbers, template: tuple[Template, Prepared]) -> None:
        """Beside those that follow the same numbers; others can no longer be found by their keys."""
        if followed != self.followed:
            self.followed = followed
            self.templates.clear()
        self.templates.keep(key, (template, *(self.templates.get(key) or ()))[:EACH])

    def _wanted(self, numbers: Numbers) -> frozenset[int]:
        """The numbers to be followed: those in which cases have differed, as far as they can be."""
        others = [one.spelled.numbers for one in self.compiled]
        differing = {k for one in others for k, number in enumerate(one) if number != numbers[k]}
        return self.followed | {k for k in differing if can_be_followed(numbers[k])} - self.lost


def _others(numbers: Numbers, followed: Iterable[int]) -> Numbers:
    """The numbers that are not followed."""
    return tuple(["" if k in followed else number for k, number in enumerate(numbers)])


@attrs.frozen
class _Recorder:
    """A case that can be compiled again as a recording: see `Form.compiled_to`."""

    spelled: Spelled
    made: Prepared
    build: Build
    beside: tuple[str, ...]

    def template(self, wanted: Iterable[int]) -> Template | None:
        """One that follows the wanted numbers and gives the Program that was compiled; None where none can."""
        made = self.made.inputs
        marks = marked(self.spelled, wanted, self.beside)
        tape = Tape({digits_of(mark): k for k, mark in marks.items()})
        try:
            with recorded(tape):
                again = self.build(self.spelled.text(marks))
            if holds_figure(again.market) or again.market != made.market:  # its words may have numbers too
                return None
            template = Template.of(tape, again.program, marks)
        except _LOST:
            return None
        played = template.program_of(self.spelled)
        sound = played is not None and (played.hash, played.name) == (made.program.hash, made.program.name)
        return template if sound else None

    def followable(self, wanted: list[int]) -> frozenset[int]:
        """Those of the wanted numbers that can be followed: halves are tried, and halves of those that cannot."""
        if len(wanted) == 1:
            return frozenset()
        half = len(wanted) // 2
        found: frozenset[int] = frozenset()
        for part in (wanted[:half], wanted[half:]):
            found |= frozenset(part) if self.template(part) is not None else self.followable(part)
        return found
