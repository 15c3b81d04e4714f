"""What is kept of paths that are not: against exact arithmetic on the paths, however they were cut."""

from __future__ import annotations

import math
import pickle
import subprocess
import sys
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import tranche
from tests.measures.hand_made import HandMade
from tests.small_deals import FLEET, STRESSED, cash
from tranche import engine
from tranche.errors import UsageError
from tranche.files import loads
from tranche.inputs import prepare
from tranche.program import Claim
from tranche.reduction import WORST, Reduction, Tally, over
from tranche.results import Results
from tranche.testing import reduce_totals

ROOT = Path(__file__).parent.parent
DEBT = (Claim("a", "debt", 100.0, 1),)


def bits(reduction: Reduction) -> dict[str, bytes]:
    return {field.name: getattr(reduction.tally, field.name).tobytes() for field in attrs.fields(Tally)} | {
        "sums": reduction.sums.tobytes(), "count": str(reduction.count).encode()
    }  # fmt: skip


@pytest.fixture(scope="module")
def inputs() -> engine.Scenario:
    return prepare(loads(STRESSED), collections=cash(9_000))


@pytest.fixture(scope="module")
def whole(inputs: engine.Scenario) -> Results:
    return engine.run_program(inputs, 9_000, threads=1)


def test_the_kernel_keeps_what_the_twin_keeps(whole: Results) -> None:
    """More paths than sums are carried after, and debts that lose on many of them."""
    assert whole.losses("mezz").spread.positive > 0.2
    assert bits(whole.reduction) == bits(reduce_totals(whole.program, whole.kept, whole.sums))


@pytest.mark.parametrize("keep", [True, False])
def test_slices_threads_and_widths_keep_the_same_bits(
    inputs: engine.Scenario, whole: Results, keep: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "CALL", 1_000)
    for width, threads in ((32, 1), (64, 2), (96, 2), (128, 1)):
        run = engine.run_program(inputs, 9_000, width=width, threads=threads, keep_paths=keep)
        assert bits(run.reduction) == bits(whole.reduction)
    cuts = [0, 1, 65, 4_000, 4_001, 8_123, 9_000]
    parts = [engine.run_program(inputs, b - a, first_path=a, keep_paths=keep) for a, b in pairwise(cuts)]
    joined = Results.join([pickle.loads(pickle.dumps(part)) for part in parts[::-1]])
    assert bits(joined.reduction) == bits(whole.reduction)
    assert joined.tranches().equals(whole.tranches())
    assert joined.audit.path == whole.audit.path
    assert (joined.totals is not None) is keep


def test_means_and_standard_errors_are_those_of_exact_arithmetic(whole: Results) -> None:
    for record in whole.program.records:
        spread, totals = whole.spread(record.name), whole.total(record.name)
        exact = [Fraction(x) for x in totals.tolist()]
        mean = sum(exact) / len(exact)
        assert spread.mean == pytest.approx(float(mean), rel=1e-15, abs=1e-20)
        assert whole.final_mean(record.name) == spread.mean
        variance = sum((x - mean) ** 2 for x in exact) / (len(exact) - 1)
        assert spread.error == pytest.approx(math.sqrt(variance / len(exact)), rel=1e-9, abs=whole.program.quantum)
        assert (spread.least, spread.most) == (totals.min(), totals.max())
        assert spread.positive == (totals > 0).mean()


def test_losses_are_those_of_the_paths(whole: Results) -> None:
    losses, lost = whole.losses("mezz"), whole.paths("mezz")["loss"] / 4e6
    ranked = sorted(zip(-lost, lost.index, strict=True))[:WORST]
    assert losses.worst == tuple((path, -loss) for loss, path in ranked)
    for share in (0.5, 0.9, 0.95, 0.99, 0.999):
        rank = max(1, math.ceil(share * len(lost)))
        assert losses.quantile(share) == pytest.approx(np.sort(lost)[rank - 1], abs=1.001e-4)
        tail = np.sort(lost)[-round((1 - share) * len(lost)) :]
        assert losses.shortfall(share) == pytest.approx(tail.mean(), abs=0.51e-4)


@given(st.lists(st.floats(0.001, 199.0), min_size=1, max_size=30), st.floats(0, 1))
def test_quantile_shortfall_and_the_worst_are_in_order(lost: list[float], share: float) -> None:
    losses = HandMade(DEBT, {"a.balance": [0.0, *lost]}).losses("a")
    most = losses.worst[0][1] if losses.worst else 0.0
    assert losses.quantile(share) <= losses.shortfall(share) * (1 + 1e-12) <= most * (1 + 2e-12)


@given(st.lists(st.floats(0.001, 199.0), min_size=1, max_size=30), st.floats(0, 1))
@example([0.01, 0.015, 199.99, 7.0], 0.3)
def test_a_shortfall_goes_down_from_the_highest_bin(lost: list[float], share: float) -> None:
    losses = HandMade(DEBT, {"a.balance": [0.0, *lost]}).losses("a")
    wanted = left = (1.0 - share) * (1 + len(lost))
    parts = []
    for k in np.flatnonzero(losses.bins).tolist()[::-1]:
        low, paths, taken = k / 10_000, int(losses.bins[k]), min(left, int(losses.bins[k]))
        high = min((k + 1) / 10_000, max(low, max(lost) / 100.0))
        parts.append(taken * (high - 0.5 * taken / paths * (high - low)))
        left -= taken
    assert losses.shortfall(share) == (math.fsum(parts) / wanted if wanted > 0 else losses.worst[0][1])


@given(st.lists(st.floats(0.0, 250.0), min_size=1, max_size=30))
@example([0.0])
@example([100.0, 200.0])
def test_the_bins_are_searched_up_to_that_of_the_highest_loss(lost: list[float]) -> None:
    losses = HandMade(DEBT, {"a.balance": lost}).losses("a")
    assert losses.filled.tolist() == np.flatnonzero(losses.bins).tolist()
    assert losses.counts.tolist() == losses.bins[losses.filled].tolist()


def test_a_share_is_one() -> None:
    losses = HandMade(DEBT, {"a.balance": [0.0, 50.0]}).losses("a")
    for share in (-0.1, 1.5, math.nan):
        with pytest.raises(UsageError, match="a number from 0 to 1"):
            losses.quantile(share)
        with pytest.raises(UsageError, match="a number from 0 to 1"):
            losses.shortfall(share)


def test_four_paths_by_hand() -> None:
    losses = HandMade(DEBT, {"a.balance": [0.0, 50.0, 0.0, 10.0]}).losses("a")
    assert losses.quantile(0.5) == 0.0
    assert losses.quantile(0.75) == pytest.approx(0.1, abs=1.001e-4)
    assert losses.quantile(0.9) == pytest.approx(0.5, abs=1.001e-4)  # of the fourth there is a part
    assert losses.quantile(1.0) == 0.5
    assert losses.shortfall(0.5) == pytest.approx(0.3, abs=0.51e-4)  # of 50 and 10
    assert losses.shortfall(0.9) == pytest.approx(0.5, abs=0.51e-4)
    assert losses.shortfall(1.0) == 0.5
    assert losses.worst == ((1, 0.5), (3, 0.1))


def test_a_loss_beyond_the_last_bin_is_counted_and_has_no_number() -> None:
    losses = HandMade(DEBT, {"a.balance": [0.0, 250.0]}).losses("a")
    assert losses.quantile(0.5) == 0.0
    assert losses.quantile(0.9) == losses.shortfall(0.9) == math.inf
    assert losses.worst == ((1, 2.5),)


def test_nothing_lost() -> None:
    losses = HandMade(DEBT, {"a.balance": [0.0, 1e-8]}).losses("a")  # 1e-8 of 100 is rounding
    assert (losses.spread.mean, losses.spread.positive, losses.worst) == (0.0, 0.0, ())
    assert losses.quantile(0.999) == losses.shortfall(0.99) == losses.shortfall(1.0) == 0.0


def test_equal_losses_rank_by_their_number() -> None:
    losses = HandMade(DEBT, {"a.balance": [7.0] * (WORST + 10)}).losses("a")
    assert [path for path, _ in losses.worst] == list(range(WORST))


@given(st.lists(st.floats(-(2.0**49), 2.0**49), min_size=2, max_size=30))
def test_amounts_of_any_size_keep_their_mean_and_error(amounts: list[float]) -> None:
    run = HandMade((), {"x.y": [x * 2.0**-44 for x in amounts]})  # up to half the bound, in quanta of 2**-44
    spread, exact = run.spread("x.y"), [Fraction(x) * Fraction(1, 2**44) for x in amounts]
    mean = sum(exact) / len(exact)
    assert spread.mean == pytest.approx(float(mean), rel=1e-15, abs=2.0**-93)
    variance = sum((x - mean) ** 2 for x in exact) / (len(exact) - 1) / len(exact)
    assert spread.error == pytest.approx(math.sqrt(variance), rel=1e-12, abs=2.0**-44)


@given(st.integers(1, 2**27), st.integers(-(2**50), 2**50), st.integers(1, 2**53), st.integers(0, 60))
@example(10_000, 7, 2**53, 3)
def test_a_quotient_is_the_float_nearest(count: int, whole: int, odd: int, shift: int) -> None:
    """Python divides integers exactly: anywhere, about whole numbers and halves, and about the middle of two floats."""
    middle = count * (2**53 + 2 * odd + 1) >> 54 - min(shift, 49)  # of 54 bits
    totals = [
        whole >> shift,
        *(near + k for near in (whole * count, whole * count + count // 2, middle) for k in (-1, 0, 1)),
    ]
    limbs = [[total & 0xFFFFFFFF for total in totals], [(total >> 32) & (2**64 - 1) for total in totals]]
    assert over(np.array(limbs, dtype=np.uint64), count).tolist() == [total / count for total in totals]


def test_views_of_losses_are_made_once_and_not_pickled(whole: Results) -> None:
    assert whole.losses("mezz") is whole.losses("mezz")
    assert whole.mean("mezz.balance").tolist() == whole.means[:, whole.program.record("mezz.balance")].tolist()
    sent = pickle.loads(pickle.dumps(whole))
    assert not {"_losses", "_rows"} & set(vars(sent))
    assert sent.losses("mezz").quantile(0.99) == whole.losses("mezz").quantile(0.99)


def test_paths_that_were_not_kept_say_how_to_keep_them() -> None:
    results = tranche.run(loads(FLEET), 100, keep_paths=False)
    with pytest.raises(UsageError, match="the 100 paths of 'Small fleet' were not kept") as caught:
        results.paths("loan")
    assert "keep_paths=True" in str(caught.value)
    assert results.tranches().equals(tranche.run(loads(FLEET), 100, keep_paths=True).tranches())


def test_paths_are_kept_up_to_a_size(monkeypatch: pytest.MonkeyPatch) -> None:
    records = len(tranche.compile(loads(FLEET)).records)
    monkeypatch.setattr(engine, "KEPT", 8 * records * 100)
    assert tranche.run(loads(FLEET), 100).totals is not None
    assert tranche.run(loads(FLEET), 101).totals is None
    assert tranche.run(loads(FLEET), 101, keep_paths=True).totals is not None


def test_keep_paths_that_makes_no_sense() -> None:
    wrong: Any = "yes"
    with pytest.raises(UsageError, match="keep_paths is 'yes'"):
        tranche.run(loads(FLEET), 10, keep_paths=wrong)


def test_losses_of_what_is_no_debt(whole: Results) -> None:
    with pytest.raises(UsageError, match="'equity' is no debt: it has no losses; known: mezz, senior"):
        whole.losses("equity")


def test_a_reduction_is_small_on_its_way(inputs: engine.Scenario) -> None:
    run = engine.run_program(inputs, 9_000, keep_paths=False)
    assert len(pickle.dumps(run.reduction)) < 100_000


def test_memory_does_not_grow_with_the_paths() -> None:
    """A whole run, by default, in a process of its own: ten times the paths, within 50 MB of the peak."""
    code = (
        "import resource, sys, tranche\n"
        "results = tranche.run('deals/gpu_ddtl_2024.yaml', int(sys.argv[1]), keep_paths='auto')\n"
        "results.tranches(), results.audit, results.cashflows('senior')\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )
    peaks = []
    for paths in (100_000, 1_000_000):
        done = subprocess.run(
            [sys.executable, "-c", code, str(paths)], cwd=ROOT, capture_output=True, text=True, check=True
        )
        peaks.append(int(done.stdout) * (1 if sys.platform == "darwin" else 1_024))
    assert peaks[1] - peaks[0] < 50e6, [f"{peak / 1e6:.1f} MB" for peak in peaks]
