"""A test nobody reads: it has a trigger alone, and no formula asks for it, so that it sets off nothing."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from tranche.analysis.subject import Subject
from tranche.deal import CoverageTest
from tranche.errors import DealWarning

RULE = "unread-test"
# what sets off nothing by itself
PASSIVE = frozenset({
    "name", "numerator", "denominator", "breach", "trigger", "sweep", "first_test", "every", "grace", "clean", "unit",
    "cure",
})  # fmt: skip


def unread_test(subject: Subject) -> Iterator[DealWarning]:
    for test in subject.deal.tests:
        read = any(name == test.name or name.startswith(f"{test.name}.") for name in subject.reads)
        if not read and not _acts(test):
            what = f"test {test.name} sets off nothing: it has no level for a status, and no formula reads it"
            fix = f"lock_up: or default:, or when: {test.name}.breached"
            yield subject.warning(RULE, f"tests.{test.name}", what, fix)


def _acts(test: CoverageTest) -> bool:
    fields = [field for field in attrs.fields(CoverageTest) if field.name not in PASSIVE]
    return any(getattr(test, field.name) not in (None, (), field.default) for field in fields)
