"""Texts are taken apart into numbers and what is between them, and put together again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tranche.replay import Spelled, can_be_followed, digits_of, marked

NUMBERS = ["5", "0", "12.5", "1_000", "2026-01-01", "1,000", "007"]
PARTS = st.sampled_from([*NUMBERS, "a1", "-", " ", "%", ".", ",", "e-6", "m", "[", "\n", "h100"])


@given(st.lists(PARTS).map("".join))
def test_a_text_is_put_together_again(text: str) -> None:
    spelled = Spelled.of(text)
    assert spelled.text() == text
    assert len(spelled.form) == len(spelled.numbers) + 1


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("notional: 675m, coupon: SOFR + 350bp floor 0%", ("675", "350", "0")),
        ("drift: -25%, at: 1e-6", ("25", "1", "6")),
        ("end: 2027-07-01", ("2027-07-01",)),
        ("1,000 and 1_000", ("1_000",)),
        ("h100: 007, v1.2.3, 0.5.1", ()),
        ("senior.coupon.2", ()),
        ("[1, 2.50]", ("1", "2.50")),
        ("max(0, 3 * a)", ("0", "3")),
    ],
)
def test_numbers(text: str, numbers: tuple[str, ...]) -> None:
    assert Spelled.of(text).numbers == numbers


def test_which_can_be_followed() -> None:
    assert can_be_followed("1_000") and can_be_followed("0.5")
    assert not can_be_followed("2026-01-01") and not can_be_followed("1" * 30)


def test_texts_of_one_kind_write_their_numbers_alike() -> None:
    """What a reader takes of the one it takes of the other."""
    texts = ("a: 5", "a: 6.5", "a: 1_000", "a: 2026-01-01", "a: " + "1" * 30, "b: 5")
    kinds = [Spelled.of(text).kind for text in texts]
    assert kinds[0] == kinds[1]
    assert len(set(kinds)) == 5


@given(st.from_regex(r"[1-9][0-9_]{0,23}|[0-9]\.[0-9]{1,22}", fullmatch=True))
def test_a_mark_is_as_long_as_any_number_it_stands_for(number: str) -> None:
    """So no text grows too long when another number takes its place."""
    (mark,) = marked(Spelled.of("a: 5"), [0]).values()
    assert can_be_followed(number)
    assert len(mark) >= len(number)


@given(st.lists(st.sampled_from(["1", "1.0", "1.00", "1.000", "10", "1_0", "0.5", "0.50"]), min_size=1, max_size=12))
def test_marks_are_the_same_numbers_spelled_as_nothing_else(numbers: list[str]) -> None:
    spelled = Spelled.of(", ".join(numbers))
    followed = range(0, len(numbers), 2)
    beside = ["and 1.0000 beside"]
    marks = marked(spelled, followed, beside)
    assert list(marks) == list(followed)
    assert all(float(marks[k]) == float(numbers[k]) for k in followed)
    digits = [digits_of(mark) for mark in marks.values()]
    assert len(set(digits)) == len(digits)
    others = {digits_of(number) for number in (*numbers, "1.0000")}
    assert others.isdisjoint(digits)
    assert Spelled.of(spelled.text(marks)).form == spelled.form
