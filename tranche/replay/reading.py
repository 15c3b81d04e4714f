"""What whoever reads a text asks of the recording: which of its numbers are figures."""

from __future__ import annotations

from .figure import Figure
from .spelling import digits_of
from .tape import Escaped, Leaf, recording


def figure_of(digits: str, power: int) -> float | None:
    """The figure that is spelled so, times 10**`power`; None where none is, or nothing is recorded."""
    tape = recording()
    literal = None if tape is None else tape.marks.get(digits.removeprefix("-"))
    if tape is None or literal is None:
        return None
    found = Figure(tape, tape.leaf(Leaf(literal, power), float(f"{digits.removeprefix('-')}e{power}")))
    if not digits.startswith("-"):
        return found
    if found == 0.0:
        raise Escaped("a zero with a sign: -0 is read as 0, and -0.0 is not")
    return -found


def is_followed(text: str) -> bool:
    """Whether the figure of an unquoted number is followed: 6.5, +6.5 and 6.5e-2 are, where 6.5 is. A file's reader
    leaves such a one as the text it is, as it does a number in quotes: the reader of its field asks `figure_of`, which
    knows its power of ten. A float made of it here would be that of the recording, for good."""
    tape = recording()
    return tape is not None and text.lower().partition("e")[0].lstrip("+-") in tape.marks


def refuse_mark(name: str) -> None:
    """For names that are compared with each other, as keys and anchors are: with other numbers in them, two may be one.
    Raises Escaped where a number in `name` is followed."""
    tape = recording()
    if tape is not None and any(mark in digits_of(name) for mark in tape.marks):
        raise Escaped("a figure in a name")
