"""Counter-based words: the known answers that come with Random123 (file kat_vectors), in the kernel and in the twin."""

import numpy as np
import pytest

from tranche._kernels.scenario import PHILOX, philox_lanes
from tranche.market import twin

ANSWERS = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
]


def words(text: str) -> tuple[int, ...]:
    return tuple(int(word, 16) for word in text.split())


@pytest.mark.parametrize(("counter", "key", "answer"), ANSWERS)
def test_known_answers(counter, key, answer):
    assert twin.philox(words(counter), words(key)) == words(answer)
    for version in range(len(PHILOX)):
        for lanes in (1, 16):
            found = philox_lanes(words(counter), words(key), lanes, version)
            assert tuple(found[0]) == words(answer), (PHILOX[version], lanes)


@pytest.mark.parametrize("version", range(len(PHILOX)), ids=PHILOX)
@pytest.mark.parametrize("first", [0, 2**32 - 5, 2**64 - 7])
@pytest.mark.parametrize("lanes", [1, 2, 7, 8, 64, 67])
def test_every_version_counts_the_lanes_as_the_twin_does(version, first, lanes):
    found = philox_lanes((first & twin.WORD, first >> 32, 7, 4), (0xA4093822, 0x299F31D0), lanes, version)
    paths = [(first + lane) % 2**64 for lane in range(lanes)]
    theirs = [twin.philox((path & twin.WORD, path >> 32, 7, 4), (0xA4093822, 0x299F31D0)) for path in paths]
    assert found.tolist() == [list(row) for row in theirs]


def test_uniforms_are_inside_the_open_interval_and_fill_it():
    draws = np.array([twin.uniform(seed=5, path=p, period=3, driver=1) for p in range(4000)])
    assert draws.min() > 0 and draws.max() < 1
    counts = np.histogram(draws, bins=20, range=(0, 1))[0]
    assert ((counts - 200) ** 2 / 200).sum() < 43.8  # chi-square, 19 degrees of freedom, p = 0.001


@pytest.mark.parametrize(("word", "expected"), [(0, 2.0**-53), (2**64 - 1, 1 - 2.0**-53)])
def test_the_outermost_words(monkeypatch, word, expected):
    monkeypatch.setattr(twin, "philox", lambda counter, key: (word & twin.WORD, word >> 32) * 2)
    assert twin.uniform(0, 0, 0, 0) == expected


def test_each_of_path_period_driver_and_seed_enters():
    base = {"seed": 2**40, "path": 2**33 + 1, "period": 4, "driver": 2}
    others = [base | {"seed": 0}, base | {"path": 1}, base | {"period": 5}, base | {"driver": 3}, base | {"driver": 4}]
    draws = {twin.uniform(**given) for given in [base, *others]}
    assert len(draws) == 6
