"""A three-tranche CBO with OC and IC cures, drawn by the rules of cbo_monte_carlo.json (ORE 1.8.17).

The file's own notes say that ORE took a recovery of 0 (`recovery_effective`), and that it pays what cures a test right
after the interest of its tranche. `loss` tells the pool what the defaults took; no cash hangs on it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import norm

import tranche
from tranche.compiler import dates_of
from tranche.engine import cash_flows, path_flows, scenario

HERE = Path(__file__).parent
ORACLE = json.loads((HERE / "cbo_monte_carlo.json").read_text())
DEAL = tranche.load(HERE / "cbo.yaml")
NOTES = {"senior": "CBO_SeniorNote", "mezz": "CBO_MezzNote", "junior": "CBO_JuniorNote"}
FLOWS = {"senior": ("interest", "prepaid"), "mezz": ("interest", "prepaid"), "junior": ("distribution",)}
DATES = dates_of(DEAL)
TIMES = np.array([(date - DATES.closing).days / 365.0 for date in DATES.dates])
PATHS, SEED = 20_000, 7


def drawn(inputs: dict[str, Any], paths: int, seed: int) -> dict[str, NDArray[np.float64]]:
    """Collections [paths, T]: one-factor Gaussian default times of equal bonds; a coupon is paid on dates before the
    default, the recovery as principal at the end of its period."""
    names, months, bond = inputs["NB"], inputs["periods"], inputs["bond"]
    noise, rho = np.random.default_rng(seed), inputs["gaussian_one_factor_corr"]
    common = noise.standard_normal((paths, 1))
    latent = np.sqrt(rho) * common + np.sqrt(1.0 - rho) * noise.standard_normal((paths, names))
    with np.errstate(divide="ignore"):
        default = -norm.logsf(latent) / inputs["hazard"]
    alive = np.stack([(default > time).sum(axis=1) for time in TIMES[:months]], axis=1)
    dead = -np.diff(alive, axis=1, prepend=names)
    found = {name: np.zeros((paths, DATES.periods)) for name in ("interest", "principal", "loss")}
    found["interest"][:, :months] = alive * bond["notional"] * bond["coupon"] / 12.0
    found["principal"][:, :months] = dead * bond["notional"] * inputs["recovery_effective"]
    found["principal"][:, months - 1] += alive[:, -1] * bond["notional"]
    found["loss"][:, :months] = dead * bond["notional"] * (1.0 - inputs["recovery_effective"])
    return found


def present_values(inputs: dict[str, Any], paths: int, seed: int) -> dict[str, NDArray[np.float64]]:
    """What each note is worth on every path: a flat continuous rate, actual/365."""
    program = tranche.compile(DEAL)
    source = scenario(program, [cash_flows(program, drawn(inputs, paths, seed))])
    flows = path_flows(source, 0, paths)
    discount = np.exp(-inputs["flat_cont_zero"] * TIMES)
    return {
        name: sum(flows[:, :, program.record(f"{name}.{field}")] for field in fields) @ discount
        for name, fields in FLOWS.items()
    }


def test_without_defaults_every_note_is_worth_what_the_source_says() -> None:
    case = ORACLE["cases"][0]
    assert case["inputs"]["hazard"] == 0
    values = present_values(case["inputs"], 1, SEED)
    for name, note in NOTES.items():
        assert values[name][0] == pytest.approx(case["npv"][note]["mean"], abs=1e-6)


def test_with_defaults_every_note_is_worth_the_same_within_three_standard_errors() -> None:
    case = ORACLE["cases"][1]
    assert case["inputs"]["hazard"] > 0
    values = present_values(case["inputs"], PATHS, SEED)
    for name, note in NOTES.items():
        ours, theirs = values[name], case["npv"][note]
        error = np.hypot(ours.std(ddof=1) / np.sqrt(PATHS), theirs["se"])
        assert abs(ours.mean() - theirs["mean"]) < 3.0 * error, (name, (ours.mean() - theirs["mean"]) / error)


def test_the_cures_matter() -> None:
    """Without them the senior is worth less by far more than the error of either."""
    case = ORACLE["cases"][1]
    steps = tuple(step for step in DEAL.waterfall.performing if step.limit is None or "cure" not in step.limit.text)
    assert len(steps) == len(DEAL.waterfall.performing) - 2
    cash = drawn(case["inputs"], 5_000, SEED)
    kept = tranche.run(DEAL, collections=cash).tranches().loc["senior", "expected_loss"]
    bare = attrs.evolve(DEAL, waterfall=attrs.evolve(DEAL.waterfall, performing=steps))
    assert tranche.run(bare, collections=cash).tranches().loc["senior", "expected_loss"] > 1.2 * kept
