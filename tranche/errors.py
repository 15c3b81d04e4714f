"""Floor 0. Every error a user can meet says where it is, what is wrong, and what would be right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs


@attrs.frozen(order=True)
class Place:
    """A place in a deal: `path` inside the deal, and the file and line where one is known (1-based; 0 unknown)."""

    path: str = ""
    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        spot = f"{self.file}:{self.line}" if self.file and self.line else self.file
        return " ".join(part for part in (spot, self.path) if part)


@attrs.frozen
class Problem:
    """One thing that is wrong: `place`, `what`, and `fix` (what would be right; empty when nobody can say)."""

    what: str
    fix: str = ""
    place: Place = Place()

    def __str__(self) -> str:
        where = f"{self.place}: " if str(self.place) else ""
        return where + self.what + (f"; {self.fix}" if self.fix else "")


@attrs.frozen
class DealWarning(Problem):
    """Something that a deal may well not mean, though it runs: `rule` names the check that found it."""

    rule: str = ""

    def __str__(self) -> str:
        where = f"{self.place}: " if str(self.place) else ""
        return f"{where}warning: {self.what}" + (f"; {self.fix}" if self.fix else "") + f" [{self.rule}]"


class TrancheError(Exception):
    """Base of all errors that `tranche` raises on purpose. `problems` holds them, one line each when printed."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.problems)

    def __reduce__(self) -> tuple[type[TrancheError], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)


class DealError(TrancheError):
    """The deal (file or object) is not a deal: unknown key, wrong unit, unknown name, cyclic formula, …"""


class DataError(TrancheError):
    """Data given to a run is unusable: NaN, negative collections, a missing month, the wrong shape, …"""


class ProgramError(TrancheError):
    """A Program breaks its own rules (an operand out of range, one register written twice by one instruction, …)."""


class UsageError(TrancheError):
    """An argument of a call or of the command line makes no sense (threads = 0, an unknown path number, …)."""


class MissingExtra(TrancheError):
    """A feature needs an optional dependency; the message names the extra to install."""


class Invalid(ValueError):
    """Raised by values that do not yet know their place; whoever reads the file turns it into a `Problem`."""

    def __init__(self, what: str, fix: str = "") -> None:
        self.what, self.fix = what, fix
        super().__init__(f"{what}; {fix}" if fix else what)


def nearest(word: str, known: Iterable[str], limit: int = 6) -> str:
    """What would be right for a name nobody knows: the nearest candidates first, then all when they are few."""
    from difflib import get_close_matches

    names = sorted(set(known))
    if not names:
        return "nothing is known here"
    close = get_close_matches(word, names, n=3, cutoff=0.6)
    if close:
        return "did you mean " + " or ".join(repr(c) for c in close) + "?"
    shown = ", ".join(names[:limit])
    return f"known: {shown}" + (f", … ({len(names)} in all)" if len(names) > limit else "")
