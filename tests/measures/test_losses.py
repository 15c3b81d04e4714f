"""Expected loss, default probability and loss given default on paths whose losses are known."""

from __future__ import annotations

import math

import pytest

from tests.measures.hand_made import HandMade
from tranche.measures import default_probability, expected_loss, loss_given_default
from tranche.program import Claim

DEBT = (Claim("senior", "debt", 100.0, 1),)


def test_four_paths_by_hand() -> None:
    run = HandMade(DEBT, {"senior.balance": [0.0, 50.0, 0.0, 10.0]})
    assert run.losses("senior").worst == ((1, 0.5), (3, 0.1))
    value, error = expected_loss(run, "senior")
    assert value == pytest.approx(0.15, abs=1e-15)
    deviations = [-0.15, 0.35, -0.15, -0.05]
    assert error == pytest.approx(math.sqrt(sum(d * d for d in deviations) / 3 / 4), rel=1e-14)
    share, error = default_probability(run, "senior")
    assert share == 0.5
    assert error == pytest.approx(math.sqrt(0.25 / 3), rel=1e-14)
    assert loss_given_default(run, "senior") == pytest.approx(0.3, rel=1e-14)


def test_expected_loss_is_probability_times_severity() -> None:
    run = HandMade(DEBT, {"senior.balance": [0.0, 7.0, 93.0, 0.0, 41.0, 0.0]})
    product = default_probability(run, "senior")[0] * loss_given_default(run, "senior")
    assert expected_loss(run, "senior")[0] == pytest.approx(product, rel=1e-14)


def test_rounding_is_no_default() -> None:
    run = HandMade(DEBT, {"senior.balance": [1e-8, 2e-7]})
    assert default_probability(run, "senior")[0] == 0.5  # 1e-9 of the notional is 1e-7


def test_no_default_has_no_severity() -> None:
    assert math.isnan(loss_given_default(HandMade(DEBT, {"senior.balance": [0.0, 0.0]}), "senior"))


def test_capitalised_interest_can_be_lost_too() -> None:
    assert expected_loss(HandMade(DEBT, {"senior.balance": [130.0, 110.0]}), "senior")[0] == pytest.approx(1.2)


def test_one_path_has_no_standard_error() -> None:
    run = HandMade(DEBT, {"senior.balance": [40.0]})
    assert math.isnan(expected_loss(run, "senior")[1])
    assert math.isnan(default_probability(run, "senior")[1])
