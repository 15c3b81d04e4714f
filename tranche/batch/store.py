"""The folder of a batch: results under the hash of all that decides them, and the dataset that is made of them.

    OUT/cases.parquet, tranches.parquet, …   the dataset: see `dataset.py`
    OUT/manifest.json                        what was run, on what, and the SHA-256 of every table; written last
    OUT/.tranche/lock                        held while a batch runs
    OUT/.tranche/results.log                 results, and names of the files that deals name: see `log.py`
    OUT/.tranche/slices                      slices of paths until their case is done, a file each

Files appear whole or not at all: they are written beside their place and then renamed; results are one log.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from tranche._version import __version__
from tranche.errors import Invalid, Problem, UsageError
from tranche.files.write import UNFINISHED, write_whole, writing

from .grid import Case, file_hash
from .log import Log
from .packed import Unpacked, pack, unpack

MANIFEST = "manifest.json"
TABLES = ("cases", "tranches", "cashflows", "losses", "tests")
LIBRARIES = ("numpy", "scipy", "pandas", "QuantLib", "pyarrow")
INNER = ".tranche"
ELSEWHERE = "write to another folder (--out)"

Files = tuple[tuple[str, str], ...]


class Store:
    """Results by address in the folder `out`; `code`: see `code_hash`. Raises UsageError where it cannot write."""

    def __init__(self, out: Path, code: str) -> None:
        self.out, self.code = out, code
        self.inner = out / INNER
        self.results, self.slices = self.inner / "results.log", self.inner / "slices"
        with writing(self.inner, ELSEWHERE):
            self.inner.mkdir(parents=True, exist_ok=True)
            for name in (*(f"{table}.parquet" for table in TABLES), MANIFEST):  # known before the work, not after it
                if (out / name).is_dir():
                    raise UsageError(Problem(f"{out / name} is a folder", ELSEWHERE))

    @property
    def lock(self) -> Path:
        return self.inner / "lock"

    def __enter__(self) -> Store:
        """Open it, without what killed processes left half written. Only under the lock."""
        with writing(self.out, ELSEWHERE):
            for folder, kind in ((self.out, ""), (self.inner, ""), (self.slices, "*/")):
                for path in folder.glob(f"{kind}*{UNFINISHED}"):
                    path.unlink(missing_ok=True)
        with writing(self.results, ELSEWHERE):
            self._log = Log(self.results)
        return self

    def __exit__(self, *_: object) -> None:
        self._log.close()

    def terms(self, case: Case, seed: int, paths: int | None) -> str:
        """The address of a case but for the files that its deal names."""
        return _digest([self.code, case.deal_hash, case.market_hash, case.overrides, seed, paths])

    def address(self, terms: str, case: Case, files: Files | None = None) -> str:
        """The address of a case. `files` (name, SHA-256) are those that its deal names; without them, the names that an
        earlier run met, as they are now."""
        if files is None:
            said = _unpacked(self._log.get(_names_address(terms)))
            names = [] if said is None else said[0]["names"]
            files = tuple((name, file_hash(case.folder / name)) for name in names)
        return _digest([terms, files])

    def remember(self, terms: str, files: Files) -> None:
        """The names of the files of a case, for the next run."""
        if not files:
            return
        address, names = _names_address(terms), pack({"names": [name for name, _ in files]}, {})
        if self._log.get(address) != names:
            self._put(address, names)

    def result(self, address: str) -> Unpacked | None:
        """The result at an address; None when there is none, or none whole."""
        return _unpacked(self._log.get(address))

    def keep_result(self, address: str, data: bytes) -> None:
        self._put(address, data)

    def slice(self, address: str) -> Unpacked | None:
        """The slice at an address; None when there is none, or none whole."""
        try:
            return _unpacked(self._slice_path(address).read_bytes())
        except OSError:
            return None

    def keep_slice(self, address: str, data: bytes) -> None:
        path = self._slice_path(address)
        with writing(path, ELSEWHERE):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, data)

    def drop_slices(self, addresses: Iterable[str]) -> None:
        for address in addresses:
            path = self._slice_path(address)
            with writing(path, ELSEWHERE):
                path.unlink(missing_ok=True)

    def _put(self, address: str, data: bytes) -> None:
        with writing(self.results, ELSEWHERE):
            self._log.put(address, data)

    def _slice_path(self, address: str) -> Path:
        return self.slices / address[:2] / address


def _unpacked(data: bytes | None) -> Unpacked | None:
    try:
        return None if data is None else unpack(data)
    except (Invalid, ValueError):
        return None


def _names_address(terms: str) -> str:
    return _digest(["names", terms])


def slice_address(address: str, first: int, count: int) -> str:
    return _digest([address, first, count])


def _digest(parts: list[Any]) -> str:
    return hashlib.sha256(json.dumps(parts, separators=(",", ":")).encode()).hexdigest()


@cache
def code_hash(binaries: bool = True) -> str:
    """SHA-256 of all that computes a figure: this package's sources, its compiled kernels (unless `binaries` is False),
    and the versions of the libraries. Another version of anything computes everything again."""
    digest = hashlib.sha256(json.dumps(versions(), sort_keys=True).encode())
    package = Path(__file__).parents[1]
    endings = (".py", ".so", ".pyd") if binaries else (".py",)
    for path in sorted(path for path in package.rglob("*") if path.suffix in endings):
        digest.update(str(path.relative_to(package)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def versions() -> dict[str, str]:
    """What a manifest says of the software."""
    found = {"tranche": __version__, "python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "missing"
    return found
