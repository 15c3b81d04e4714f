"""A field that is added to the term sheet must get a reader: without one its units would not be read."""

from __future__ import annotations

import attrs
import pytest

from tranche.deal import Step
from tranche.files.converter import VALIDATORS, deal_converter
from tranche.files.fields import field_readers
from tranche.files.steps import MODIFIERS

READERS = field_readers("USD", deal_converter("USD"))


@pytest.mark.parametrize("kind", READERS, ids=lambda kind: kind.__name__)
def test_every_field_has_a_reader(kind):
    assert {field.name for field in attrs.fields(kind)} == set(READERS[kind])


@pytest.mark.parametrize("kind", VALIDATORS, ids=lambda kind: kind.__name__)
def test_validators_name_fields(kind):
    assert set(VALIDATORS[kind]) <= {field.name for field in attrs.fields(kind)}


def test_every_modifier_of_a_step_has_a_key():
    fields = {field.name for field in attrs.fields(Step)}
    assert fields - {"verb", "targets", "group"} == {field for field, _ in MODIFIERS.values()}
