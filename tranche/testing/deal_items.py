"""What the pytest plugin asks of one deal file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from tranche.analysis import warnings_of
from tranche.collateral.terms import Collections
from tranche.compiler import compile_deal
from tranche.deal import Deal
from tranche.deal.deal import ACCEPTABLE
from tranche.errors import TrancheError
from tranche.files import load

from . import invariants
from .broken import BrokenInvariant
from .failure import told
from .observed import Observed, observe_rows
from .plugin import examples
from .strategies import Stress, stresses

Rule = Callable[[Observed], None]
# rules that run paths in the slow twin, or many times over
SLOW = (
    invariants.exact_conservation, invariants.never_above_due, invariants.kernel_equals_reference,
    invariants.permutation_equivariant, invariants.same_bits_any_width_any_threads_any_slices,
    invariants.distributions_rise_with_cash,
)  # fmt: skip


def items(file: pytest.File) -> Iterator[DealItem]:
    """The items of a deal file, in the order in which a person would want to know."""
    shared = _Shared(file)
    yield DealItem.from_parent(file, name="schema", check=shared.schema)
    yield DealItem.from_parent(file, name="warnings", check=shared.warnings)
    yield DealItem.from_parent(file, name="expect", check=shared.expect)
    for rule in (*invariants.ALWAYS, *invariants.EXPECTED):
        yield DealItem.from_parent(file, name=rule.__name__, check=lambda rule=rule: shared.holds(rule))


class DealItem(pytest.Item):
    """One question about a deal file."""

    def __init__(self, *, check: Callable[[], None], **arguments: Any) -> None:
        super().__init__(**arguments)
        self.check = check
        self.add_marker("deal")

    def runtest(self) -> None:
        self.check()

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What a person who writes deals can act on; a traceback only for what is no finding about the deal."""
        if isinstance(excinfo.value, TrancheError | DealFailure):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Any, int, str]:
        return self.path, 0, f"{self.path.name}: {self.name}"


class DealFailure(AssertionError):
    """A finding about a deal, in words."""


class _Shared:
    """The deal of a file, loaded once."""

    def __init__(self, file: pytest.File) -> None:
        self.file = file

    @cached_property
    def deal(self) -> Deal:
        return load(self.file.path)

    @property
    def usable(self) -> Deal:
        """The deal, or a skip: `schema` says what is wrong."""
        try:
            compile_deal(self.deal)
        except TrancheError:
            pytest.skip("the file is no deal: see its `schema`")
        return self.deal

    def schema(self) -> None:
        compile_deal(self.deal)

    def warnings(self) -> None:
        found = warnings_of(self.usable)
        if found:
            raise DealFailure("\n".join(map(str, found)))

    def expect(self) -> None:
        from tranche.api import run
        from tranche.expectations import findings, misses

        deal = self.usable
        if not deal.expect.figures:
            pytest.skip("the file has no `expect:` figures")
        collateral = deal.collateral
        if isinstance(collateral, Collections) and collateral.file is None and not collateral.amounts:
            pytest.skip("its collections are given at the call")
        wrong = misses(deal, findings(deal, run(deal, deal.expect.paths, deal.expect.seed)))
        if wrong:
            raise DealFailure("\n".join(map(str, wrong)))

    def holds(self, rule: Rule) -> None:
        """The rule on every stress that is drawn."""
        deal = self.usable
        reason = deal.accept.get(f"invariants.{rule.__name__}")
        if reason is not None and f"invariants.{rule.__name__}" in ACCEPTABLE:
            pytest.skip(f"the deal accepts it: {reason}")
        seeded = self.file.config.getoption("hypothesis_seed", None) is not None

        program, breaking = compile_deal(deal), list[Stress]()

        @settings(
            max_examples=examples(self.file.config),
            derandomize=not seeded,
            database=None,
            deadline=None,
            print_blob=False,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
        )
        @given(stress=stresses(deal))
        def try_it(stress: Stress) -> None:
            tried = [stress] if rule in SLOW else stress.edges()
            try:
                rule(observe_rows(deal, np.stack([one.rows for one in tried]), program))
            except BrokenInvariant as broken:
                breaking.append(tried[broken.path or 0])
                raise

        try:
            try_it()
        except BrokenInvariant:  # the last one tried is the simplest that breaks it
            raise DealFailure(told(rule, breaking[-1])) from None
