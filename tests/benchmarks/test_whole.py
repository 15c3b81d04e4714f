"""The deal of the usual size: the compiled Program and the numpy code give the same figures, and it stays small."""

from __future__ import annotations

import numpy as np

from benchmarks import whole, whole_numpy


def test_the_deal_has_what_it_is_said_to_have_and_stays_small() -> None:
    program = whole.program()
    kinds = [claim.kind for claim in program.claims if claim.name != "cash"]
    assert [kinds.count(kind) for kind in ("debt", "residual", "fee", "account", "test")] == [4, 1, 6, 4, 6]
    assert len(program.instructions) < whole.MOST_INSTRUCTIONS


def test_both_versions_agree_where_everything_happens() -> None:
    cash = whole.collections(2_000)
    results = whole.ours(whole.program(), cash)
    peer = whole_numpy.run(cash)
    assert whole.disagreements(results, peer) == []
    happens = dict(zip(whole_numpy.FIGURES, (peer[0] > 0).any(axis=0), strict=True))
    assert [figure for figure, at_all in happens.items() if not at_all] == ["a.deferred"]  # never capitalised


def test_a_disagreement_is_seen() -> None:
    cash = whole.collections(50)
    totals, sums = whole_numpy.run(cash)
    totals = totals.copy()
    totals[7, 3] += 1e-3 * max(1.0, float(np.abs(totals[:, 3]).max()))
    assert len(whole.disagreements(whole.ours(whole.program(), cash), (totals, sums))) == 1
