"""The same bits, whatever runs the paths, in whatever order."""

from __future__ import annotations

from itertools import pairwise

import attrs
import numpy as np
from numpy.typing import NDArray

from tranche import engine
from tranche._kernels import waterfall
from tranche.reduction import Reduction, Tally
from tranche.results import Results
from tranche.testing.broken import BrokenInvariant
from tranche.testing.observed import Observed
from tranche.testing.tallied import reduce_totals


def same_bits_any_width_any_threads_any_slices(seen: Observed) -> None:
    """Totals and sums are the same bits for every block width, for 1 and 2 threads, and in three slices.
    Raises BrokenInvariant."""
    threads = (1, 2) if waterfall.openmp else (1,)
    runs = {
        f"width {width}, {count} threads": engine.run_program(seen.inputs, seen.paths, width=width, threads=count)
        for width in waterfall.WIDTHS
        for count in threads
    }
    cuts = sorted({0, seen.paths // 3, seen.paths // 2 + 1, seen.paths} - {seen.paths + 1})
    slices = [
        engine.run_program(seen.inputs, last - first, first_path=first, threads=1) for first, last in pairwise(cuts)
    ]
    runs["slices"] = Results.join(slices[::-1])
    for how, run in runs.items():
        _same(seen, f"the same bits ({how})", seen.results.kept, run.kept)
        _same_reduction(seen, f"the same bits ({how})", seen.results.reduction, run.reduction)


def kernel_equals_reference(seen: Observed) -> None:
    """The kernel gives the bits of the slow twin: every movement of every period, every total.
    Raises BrokenInvariant."""
    kept = seen.results.kept
    for path in range(seen.paths):
        twin = seen.twin(path)
        movements: NDArray[np.float64] = np.array(twin.movements).reshape(seen.flows.shape[1:])
        for t, k in np.argwhere(movements != seen.flows[path])[:1]:
            name = seen.program.records[k].name
            said = f"{name} is {seen.flows[path, t, k]:.17g}, in the twin {movements[t, k]:.17g}"
            raise BrokenInvariant("kernel = reference", seen.name, said, path, int(t) + 1)
        _same(seen, "kernel = reference", np.array([twin.totals]), kept[path : path + 1], path)
    twins = reduce_totals(seen.program, kept, seen.results.sums)
    _same_reduction(seen, "kernel = reference", seen.results.reduction, twins)


def permutation_equivariant(seen: Observed) -> None:
    """Every path alone gives what it gives among the others, so that permuting paths permutes results.
    Raises BrokenInvariant."""
    order = np.random.default_rng(seen.paths).permutation(seen.paths)
    alone = [engine.run_program(seen.inputs, 1, first_path=int(path), threads=1) for path in order]
    totals = np.concatenate([run.kept for run in alone])
    _same(seen, "permuting paths", seen.results.kept, totals[np.argsort(order)])
    _same_reduction(seen, "permuting paths", seen.results.reduction, Reduction.join([run.reduction for run in alone]))


def _same_reduction(seen: Observed, rule: str, a: Reduction, b: Reduction) -> None:
    if not np.array_equal(a.sums, b.sums):
        raise BrokenInvariant(rule, seen.name, "the sums over the paths differ")
    for field in attrs.fields(Tally):
        if getattr(a.tally, field.name).tobytes() != getattr(b.tally, field.name).tobytes():
            raise BrokenInvariant(rule, seen.name, f"what is kept of the paths differs: {field.name}")


def _same(seen: Observed, rule: str, a: NDArray[np.float64], b: NDArray[np.float64], first: int = 0) -> None:
    for path, k in np.argwhere(a.view(np.uint64) != b.view(np.uint64))[:1]:
        name = seen.program.records[k].name
        raise BrokenInvariant(rule, seen.name, f"{name} is {a[path, k]:.17g} and {b[path, k]:.17g}", first + int(path))
