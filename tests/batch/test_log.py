"""Blocks in one file: whatever is cut off, damaged or repeated, what is given back was put there."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tranche.batch.log import HEAD, MARK, Log, found_in


def address(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def fill(path: Path, blocks: Mapping[str, bytes]) -> Path:
    with closing(Log(path)) as log:
        for name, data in blocks.items():
            log.put(address(name), data)
            assert log.get(address(name)) == data
    return path


def held(path: Path, names: Iterable[str]) -> dict[str, bytes]:
    with closing(Log(path)) as log:
        found = {name: log.get(address(name)) for name in names}
    return {name: data for name, data in found.items() if data is not None}


def test_what_is_put_is_there_now_and_later(tmp_path: Path) -> None:
    blocks = {"a": b"first", "b": b"", "c": MARK * 3, "d": bytes(range(256)) * 40}
    assert held(fill(tmp_path / "log", blocks), "abcde") == blocks


@pytest.mark.parametrize("cut", range(1, 2 * HEAD + 10, 3))
def test_a_block_that_was_cut_short_is_not_there_and_the_next_takes_its_place(tmp_path: Path, cut: int) -> None:
    blocks = {"a": b"first", "b": b"other"}
    path = fill(tmp_path / "log", blocks)
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut])
    left = {name: blocks[name] for name in ("a" if cut <= HEAD + 5 else "")}
    assert held(path, "ab") == left
    fill(path, {name: data for name, data in blocks.items() if name not in left})
    assert path.read_bytes() == whole


@given(st.binary(min_size=1, max_size=3 * HEAD), st.integers(0, 300))
def test_damage_loses_only_what_it_hits(tmp_path_factory: pytest.TempPathFactory, junk: bytes, at: int) -> None:
    blocks = {name: name.encode() * 20 for name in "abcd"}
    path = fill(tmp_path_factory.mktemp("log") / "log", blocks)
    whole, each = path.read_bytes(), HEAD + 20
    at = min(at, len(whole))
    path.write_bytes(whole[:at] + junk + whole[at + len(junk) :])
    hit = range(at // each, (at + len(junk) - 1) // each + 1)
    spared = {name: data for k, (name, data) in enumerate(blocks.items()) if k not in hit}
    assert spared.items() <= held(path, blocks).items()
    assert held(fill(path, {"a": b"again"}), "a") == {"a": b"again"}


def test_junk_before_and_between_is_passed_over(tmp_path: Path) -> None:
    one = fill(tmp_path / "one", {"a": b"first"}).read_bytes()
    other = fill(tmp_path / "other", {"b": b"second"}).read_bytes()
    path = tmp_path / "both"
    path.write_bytes(b"junk" + MARK + one + MARK[:4] + other + MARK)
    assert held(path, "ab") == {"a": b"first", "b": b"second"}


def test_what_counts_no_more_is_left_out_when_it_is_the_greater_part(tmp_path: Path) -> None:
    path = fill(tmp_path / "log", {"a": b"x" * 1_000, "b": b"y" * 1_000})
    size = path.stat().st_size
    for data in (b"z", b"w"):
        fill(path, {"a": data * 1_000})
    assert held(path, "ab") == {"a": b"w" * 1_000, "b": b"y" * 1_000}
    assert path.stat().st_size == 2 * size  # half of it counts
    fill(path, {"a": b"v" * 1_000})
    assert held(path, "ab") == {"a": b"v" * 1_000, "b": b"y" * 1_000}
    assert path.stat().st_size == size
    assert [entry.name for entry in tmp_path.iterdir()] == ["log"]


def test_it_takes_its_place_when_it_is_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A loss of power is no reason to lose what was there before."""
    path = tmp_path / "log"
    for data in (b"x", b"y", b"z"):
        fill(path, {"a": data * 1_000})
    synced: list[int] = []
    plain = os.replace
    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", lambda file: synced.append(os.fstat(file).st_size))
        patched.setattr("os.replace", lambda old, new: (synced.append(-1), plain(old, new)))
        assert held(path, "a") == {"a": b"z" * 1_000}
    assert synced == [HEAD + 1_000, -1]


def test_a_block_that_cannot_be_written_leaves_no_part_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = fill(tmp_path / "log", {"a": b"first"})
    with closing(Log(path)) as log:

        def half(file: object, data: bytes) -> None:
            log.file.write(data[: len(data) // 2])
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patched:
            patched.setattr("tranche.batch.log.write_all", half)
            with pytest.raises(OSError, match="No space left"):
                log.put(address("b"), b"second" * 50)
        assert log.get(address("b")) is None
        log.put(address("c"), b"third" * 200)
    with path.open("rb") as file:
        places, end = found_in(file)
    assert (len(places), end) == (2, path.stat().st_size)
    assert held(path, "abc") == {"a": b"first", "c": b"third" * 200}
