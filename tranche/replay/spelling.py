"""Texts that differ in their numbers only: what they share, and the numbers of each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import attrs

MOST_FOLLOWED = 40  # numbers of a text: each more is a longer spelling
LEAST_ZEROS = 2  # no float writes itself so
_LONGEST = 24  # characters of a number that is followed

# A date, or a number that nothing is joined to in front and no digit behind, without a needless zero. It begins with
# the one digit, so that the search leaps from digit to digit; what is in front of it is looked at behind it.
_FIGURE = re.compile(
    r"(\d(?:\d{3}-\d{2}-\d{2}|(?<![\w.,]\d)(?:(?<=0)|(?<=[1-9])[\d_]*)(?:\.\d+)?(?![\d_]|[.,]\d)))", re.ASCII
)


@attrs.frozen
class Spelled:
    """A text taken apart: `form`, what is between the numbers; `numbers`, as they are written."""

    form: tuple[str, ...]
    numbers: tuple[str, ...]

    @property
    def kind(self) -> tuple[object, ...]:
        """What texts share of which one can be played as another: what is between the numbers, and how each is
        written."""
        return self.form, tuple(map(_writing, self.numbers))

    @classmethod
    def of(cls, text: str) -> Spelled:
        parts = _FIGURE.split(text)
        return cls(tuple(parts[::2]), tuple(parts[1::2]))

    def text(self, instead: Mapping[int, str] | None = None) -> str:
        """The text again, with other spellings of some numbers."""
        numbers = [(instead or {}).get(k, number) for k, number in enumerate(self.numbers)]
        return "".join([part for pair in zip(self.form, [*numbers, ""], strict=True) for part in pair])


def can_be_followed(number: str) -> bool:
    return _writing(number) in ("plain", "grouped")


def _writing(number: str) -> str:
    """How a number is written: a reader may take the one and not the other."""
    if "-" in number:
        return "date"
    return "long" if len(number) > _LONGEST else "grouped" if "_" in number else "plain"


def marked(spelled: Spelled, followed: Iterable[int], beside: Iterable[str] = ()) -> dict[int, str]:
    """A spelling of its own for each number that is to be followed: with zeros behind the point, as nothing else is
    spelled in the text or in those `beside` it. It is as long as such numbers can be: a text that is not too long with
    it is not with another number."""
    text = re.sub("[_,]", "", "\n".join([spelled.text(), *beside]))
    found: dict[int, str] = {}
    taken: set[str] = set()
    for k in sorted(followed):
        mark = spelled.numbers[k] + ("" if "." in spelled.numbers[k] else ".") + "0" * LEAST_ZEROS
        mark = mark.ljust(_LONGEST, "0")
        while digits_of(mark) in text or digits_of(mark) in taken:
            mark += "0"
        taken.add(digits_of(mark))
        found[k] = mark
    return found


def digits_of(number: str) -> str:
    """A number as whoever reads it sees it."""
    return number.replace("_", "")
