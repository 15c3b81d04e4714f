"""Hypothesis profiles and what every run prints about them.

`HYPOTHESIS_PROFILE=ci` (the default): the same examples every time, so that a red test is the change's fault.
`HYPOTHESIS_PROFILE=all`: many more examples, other ones every time; the seed is printed and repeats the run.
"""

from __future__ import annotations

import os
import random

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    max_examples=60,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "all",
    deadline=None,
    max_examples=1_000,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "ci")
settings.load_profile(PROFILE)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Choose the seed before Hypothesis reads it; pytest-xdist hands the options on to its workers."""
    if PROFILE != "ci" and config.getoption("hypothesis_seed", None) is None:
        config.option.hypothesis_seed = str(random.SystemRandom().randrange(2**32))


def pytest_report_header(config: pytest.Config) -> str:
    seed = config.getoption("hypothesis_seed", None)
    if seed is None:
        return f"hypothesis: profile {PROFILE}, seed: fixed by each test's own code (derandomised)"
    return f"hypothesis: profile {PROFILE}, seed {seed} (again: HYPOTHESIS_PROFILE={PROFILE} --hypothesis-seed={seed})"
