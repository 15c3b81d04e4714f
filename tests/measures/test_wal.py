"""Weighted average life against closed forms."""

from __future__ import annotations

import math

import pytest

from tests.measures.hand_made import HandMade
from tranche.measures import wal
from tranche.program import Claim

DEBT = (Claim("senior", "debt", 120.0, 1),)


def years(count: int) -> tuple[float, ...]:
    return tuple(k / 12 for k in range(count + 1))


def test_bullet_lives_to_maturity() -> None:
    run = HandMade(DEBT, {}, {"senior.principal": [0.0] * 59 + [120.0]}, years(60))
    assert wal(run, "senior") == pytest.approx(5.0, rel=1e-14)


def test_level_principal_lives_half_a_period_longer_than_half() -> None:
    run = HandMade(DEBT, {}, {"senior.principal": [2.0] * 60}, years(60))
    assert wal(run, "senior") == pytest.approx((60 + 1) / 2 / 12, rel=1e-14)


def test_what_is_swept_counts_and_what_is_lost_does_not() -> None:
    run = HandMade(DEBT, {}, {"senior.principal": [10.0, 0.0], "senior.prepaid": [0.0, 30.0]}, (0.0, 1.0, 3.0))
    assert wal(run, "senior") == pytest.approx((10 * 1 + 30 * 3) / 40, rel=1e-14)


def test_nothing_repaid_has_no_life() -> None:
    assert math.isnan(wal(HandMade(DEBT, {}, {}, years(3)), "senior"))
