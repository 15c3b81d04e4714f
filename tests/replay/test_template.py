"""A Program played from a recording is the Program that the compiler makes, or there is none."""

from __future__ import annotations

import doctest
import random
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.small_deals import FLEET
from tranche import replay
from tranche.compiler import compile_deal
from tranche.errors import TrancheError
from tranche.files import loads
from tranche.program import Program
from tranche.replay import Escaped, Spelled, Tape, Template, can_be_followed, digits_of, marked, recorded

DEALS = Path(__file__).parents[2] / "deals"
FEW = ("gpu_ddtl_2024", "btc_miner_loan", "features/fees", "features/tests_kinds", "features/annuity", "fleet_abl")
TEXT = """\
format: 1
name: "Deal 7 of 1.0"
schedule: {closing: 2026-01-01, maturity: 2028-01-01, frequency: quarterly}
collateral: {collections: {amounts: [30m, 30m, 30m, 30m, 30m, 30m, 30m, 30m]}}
fees: {agent: {amount: 20k}}
tranches:
  senior: {notional: 100m, coupon: 6%, amortisation: level}
  mezz: {notional: 40m, coupon: 9%, amortisation: none}
  equity: {residual: {notional: 10m}}
tests: {oc: {ratio: 2.5 * senior.balance / mezz.balance, lock_up: 1.15x}}
waterfall:
  - pay: agent
  - pay: senior.interest
  - pay: senior.principal
  - sweep: senior.principal
    share: 35%
  - pay: mezz.interest
  - pay: equity
"""


def compiled(text: str, file: str = "<text>") -> Program:
    return compile_deal(loads(text, file))


def template(spelled: Spelled, followed: Iterable[int], file: str = "<text>") -> Template:
    marks = marked(spelled, followed)
    tape = Tape({digits_of(mark): k for k, mark in marks.items()})
    with recorded(tape):
        program = compiled(spelled.text(marks), file)
    return Template.of(tape, program, marks)


def place(spelled: Spelled, number: str, nth: int = 0) -> int:
    return [k for k, one in enumerate(spelled.numbers) if one == number][nth]


def other(spelled: Spelled, changes: dict[int, str]) -> Spelled:
    return Spelled.of(spelled.text(changes))


def test_other_figures_are_other_programs() -> None:
    spelled = Spelled.of(TEXT)
    at = {number: place(spelled, number) for number in ("100", "6", "20", "2.5", "1.15", "35")}
    made = template(spelled, at.values())
    changed = other(spelled, dict(zip(at.values(), ("88.5", "7.25", "30", "3", "1.3", "61"), strict=True)))
    played, wanted = made.program_of(changed), compiled(changed.text())
    assert played is not None
    assert (played.hash, played.name) == (wanted.hash, wanted.name)
    assert played.hash != compiled(TEXT).hash
    assert [register.name for register in played.registers] == [register.name for register in wanted.registers]


def test_the_example_in_the_docstring() -> None:
    found = doctest.testmod(replay)
    assert found.attempted >= 10 and not found.failed


def test_the_amounts_of_a_schedule_are_followed() -> None:
    text = TEXT.replace("amortisation: none", "amortisation: {schedule: [4m, 5m, 6m, 7m, 0, 0, 0, 0]}")
    spelled = Spelled.of(text)
    at = [place(spelled, "4"), place(spelled, "6")]
    made = template(spelled, at)
    changed = other(spelled, dict(zip(at, ("8.1", "9.3"), strict=True)))
    played = made.program_of(changed)
    assert played is not None and played.hash == compiled(changed.text()).hash
    assert made.program_of(other(spelled, {at[0]: "28.1"})) is None, "more than the notional is refused"


def test_numbers_in_the_name_are_words() -> None:
    spelled = Spelled.of(TEXT)
    made = template(spelled, [place(spelled, "7"), place(spelled, "1.0")])
    played = made.program_of(other(spelled, {place(spelled, "7"): "12", place(spelled, "1.0"): "30"}))
    assert played is not None and played.name == "Deal 12 of 30"


@pytest.mark.parametrize(
    ("number", "instead", "why"),
    [
        ("35", "100", "a share of 1 is none, and the step has no factor"),
        ("6", "0", "a coupon of nothing pays no interest"),
        ("35", "250", "more than all is refused"),
        ("1.15", "2.5", "the level is the number of the ratio: both are one constant"),
    ],
)
def test_figures_that_lead_elsewhere_are_not_played(number: str, instead: str, why: str) -> None:
    spelled = Spelled.of(TEXT)
    k = place(spelled, number)
    made = template(spelled, [k])
    assert made.program_of(other(spelled, {k: number + ".01"})) is not None, "it plays what is near"
    assert made.program_of(other(spelled, {k: instead})) is None, why


def test_a_recording_leaves_nothing_behind() -> None:
    """What is compiled after it has numbers, also where the numbers are spelled like its marks."""
    spelled = Spelled.of(TEXT)
    before = compiled(TEXT).hash
    marks = marked(spelled, [place(spelled, "35")])
    template(spelled, [place(spelled, "35")])
    assert compiled(TEXT).hash == before
    assert compiled(spelled.text(marks)).hash == before


def test_a_recording_leaves_no_market_behind() -> None:
    """Markets are kept by what is written of them, marks too."""
    spelled = Spelled.of(FLEET)
    marks = marked(spelled, [place(spelled, "60")])
    market = loads(FLEET).market
    with pytest.raises(Escaped):
        template(spelled, [place(spelled, "60")])
    assert loads(spelled.text(marks)).market == market


def test_dates_and_counts_are_not_followed() -> None:
    text = TEXT.replace("lock_up: 1.15x", "lock_up: 1.15x, grace: 2")
    spelled = Spelled.of(text)
    with pytest.raises((Escaped, TrancheError)):
        template(spelled, [place(spelled, "2")])


def test_what_a_window_looks_at_is_not_followed() -> None:
    """Windows over the same formula are one, which figures that are equal by chance decide."""
    amount = "max(prev(0.01 * senior.balance), prev(0.02 * senior.balance))"
    spelled = Spelled.of(TEXT.replace("amount: 20k", f"amount: \"{amount}\""))
    with pytest.raises(Escaped):
        template(spelled, [place(spelled, "0.01"), place(spelled, "0.02")])


@pytest.mark.parametrize("name", FEW)
def test_example_deals_with_other_figures(name: str) -> None:
    assert assert_played_as_compiled(DEALS / f"{name}.yaml", random.Random(name), trials=4) > 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "path", sorted([*DEALS.glob("*.yaml"), *(DEALS / "features").glob("*.yaml")]), ids=lambda path: path.stem
)
def test_every_deal_with_other_figures(path: Path) -> None:
    assert_played_as_compiled(path, random.Random(path.stem), trials=40)


def assert_played_as_compiled(path: Path, draw: random.Random, trials: int) -> int:
    """Some of a deal's numbers are followed, and changed; what is played is what is compiled. How many were played."""
    spelled = Spelled.of(path.read_text(encoding="utf-8"))
    plain = compiled(spelled.text(), str(path)).hash
    can = [k for k, number in enumerate(spelled.numbers) if can_be_followed(number)]
    count = 0
    for _ in range(trials):
        followed = [k for k in draw.sample(can, min(8, len(can))) if _follows(spelled, k, path, plain)]
        made = template(spelled, followed, str(path))
        sound = made.program_of(spelled)
        assert sound is not None and sound.hash == plain
        for _ in range(3):
            factors = {k: float(digits_of(spelled.numbers[k])) * draw.choice([1, 1.01, 1.3, 0.9]) for k in followed}
            changed = other(spelled, {k: f"{number:.5f}" for k, number in factors.items()})
            played = made.program_of(changed)
            if played is None:
                continue
            count += 1
            wanted = compiled(changed.text(), str(path))
            assert (played.hash, played.name) == (wanted.hash, wanted.name)
    return count


def _follows(spelled: Spelled, k: int, path: Path, plain: str) -> bool:
    """Whether a number can be followed at all: dates, counts and what numpy has to itself cannot."""
    try:
        played = template(spelled, [k], str(path)).program_of(spelled)
    except (Escaped, TrancheError, ArithmeticError, LookupError, TypeError, ValueError):
        return False
    return played is not None and played.hash == plain
