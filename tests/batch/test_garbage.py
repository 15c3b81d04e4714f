"""What a batch sets for the collector is as it was before when the batch ends, well or not."""

from __future__ import annotations

import gc

import pytest

from tranche.batch.garbage import YOUNG, seldom_collected


def test_the_threshold_is_put_back() -> None:
    before = gc.get_threshold()
    with pytest.raises(ZeroDivisionError), seldom_collected():
        assert gc.get_threshold() == (YOUNG, *before[1:])
        _ = 1 / 0
    assert gc.get_threshold() == before
