"""The pytest plugin: deal files are collected as tests. `pytest --tranche deals/`, or `tranche = true` in the ini file.

Each file becomes: `schema` (it loads and compiles), `warnings` (the static analysis is silent, but for what the deal
accepts), `expect` (its figures hold), and one item for each rule of `tranche.testing.invariants`, tried on stresses
that Hypothesis draws. This module is imported by every pytest run of an environment that has tranche, so it imports
nothing heavy itself.
"""

from __future__ import annotations

import os
import re
from argparse import ArgumentTypeError
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .deal_items import DealItem

EXAMPLES = 30
MOST_EXAMPLES = 1_000_000
LEFT_OUT = pytest.StashKey[dict[str, None]]()  # files that are no deals; with xdist each worker finds them all
MOST_NAMED = 10


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("tranche", "deal files as tests")
    group.addoption("--tranche", action="store_true", help="collect deal files (*.yaml, *.yml) as tests")
    group.addoption(
        "--tranche-examples", type=_count, metavar="N", help=f"stresses drawn for each rule ({EXAMPLES} by default)"
    )
    parser.addini("tranche", "collect deal files as tests", type="bool", default=False)
    parser.addini("tranche_examples", "stresses drawn for each rule", default=str(EXAMPLES))


def _count(text: str) -> int:
    if not re.fullmatch(r"0*[1-9][0-9]{0,6}", text) or int(text) > MOST_EXAMPLES:
        raise ArgumentTypeError(f"{text!r}; write a whole number, 1 to {MOST_EXAMPLES:,}")  # argparse names the option
    return int(text)


def examples(config: pytest.Config) -> int:
    """Stresses for each rule. Raises UsageError for an ini value that is no count."""
    given: int | None = config.getoption("--tranche-examples")
    if given is not None:
        return given
    try:
        return _count(str(config.getini("tranche_examples")))
    except ArgumentTypeError as error:
        raise pytest.UsageError(f"tranche_examples is {error}") from None


def pytest_configure(config: pytest.Config) -> None:
    config.stash[LEFT_OUT] = {}
    config.addinivalue_line("markers", "deal: a deal file, collected as tests")
    if _wanted(config):
        examples(config)


def pytest_report_header(config: pytest.Config) -> str | None:
    if not _wanted(config):
        return None
    seed = config.getoption("hypothesis_seed", None)
    drawn = "the same ones every time" if seed is None else f"of seed {seed}"
    return f"tranche: deal files are tests; {examples(config)} stresses for each rule, {drawn}"


def _wanted(config: pytest.Config) -> bool:
    return bool(config.getoption("--tranche") or config.getini("tranche"))


def _left_out(config: pytest.Config) -> dict[str, None]:
    return config.stash[LEFT_OUT]


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> DealFile | None:
    if not _wanted(parent.config):
        return None
    from tranche.cli.deal_files import ENDINGS

    from .candidates import shared_market, something_else

    if file_path.suffix.lower() not in ENDINGS:
        return None
    config = parent.config
    named = [config.invocation_params.dir / str(arg).split("::")[0] for arg in config.args]
    named = [Path(os.path.abspath(path)) for path in named] + [path.resolve() for path in named]
    if file_path not in named:
        folders = [path for path in named if file_path.is_relative_to(path)] or [config.rootpath]
        if shared_market(file_path, folders) or something_else(file_path):
            _left_out(config)[os.path.relpath(file_path, config.rootpath)] = None
            return None
    file: DealFile = DealFile.from_parent(parent, path=file_path)
    return file


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker of xdist tells what it left out."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["tranche_left_out"] = list(_left_out(session.config))


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    _left_out(node.config).update(dict.fromkeys(getattr(node, "workeroutput", {}).get("tranche_left_out", ())))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    found = sorted(_left_out(config))
    if found:
        more = f", … ({len(found) - MOST_NAMED} more)" if len(found) > MOST_NAMED else ""
        count = f"{len(found)} YAML file{'' if len(found) == 1 else 's'}"
        said = f"tranche: left out {count} that no deal looks like: {', '.join(found[:MOST_NAMED])}{more}"
        terminalreporter.write_line(said)


class DealFile(pytest.File):
    """One deal file."""

    def collect(self) -> Iterable[DealItem]:
        from .deal_items import items

        yield from items(self)
