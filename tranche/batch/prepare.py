"""A case made ready to run: its files read, its market laid over, its overrides made, all compiled; or played, where a
case compiled before differs in figures only (`alike.py`). What was read last is kept."""

from __future__ import annotations

import os
from functools import lru_cache, partial
from pathlib import Path

import attrs

from tranche.errors import Problem, TrancheError
from tranche.few import Few
from tranche.files import Deal, MarketFile, files_read, load, loads, read_market_file, read_text
from tranche.inputs import Ingredients, in_market, ingredients
from tranche.replay import Spelled

from .alike import Files, Form, Prepared
from .grid import Case, file_hash

KEPT = 12  # cases: as many as are made ready for all workers before one of them is asked for
LARGE = 2  # of the cases with cash flows of their own, a number for every path and date
REMEMBERED = 4  # deals as they are read: neighbours in the grid share theirs
FORMS = 8  # of cases that differ in figures only
LONGEST = 100_000  # characters of a case that is compared with others
APART = "\0"  # between a deal and its overrides: no deal file has it

_forms: Few[object, Form] = Few(FORMS)
_known: Few[tuple[Case, int], Prepared] = Few(KEPT)
_large: Few[tuple[Case, int], Prepared] = Few(LARGE)


def remembered(case: Case, seed: int) -> Prepared:
    """`prepare_case`, once for the tasks of a case. Raises TrancheError."""
    key = (case, seed)
    known = _known.get(key) or _large.get(key)
    if known is not None:
        return known
    made = prepare_case(case, seed)
    return (_known if made.inputs.cash is None else _large).keep(key, made)


def forget() -> None:
    """Between two batches of one process the files that deals name may change."""
    _deal.cache_clear()
    _market.cache_clear()
    _known.clear()
    _large.clear()
    _forms.clear()


def prepare_case(case: Case, seed: int) -> Prepared:
    """Load, lay the market over, override, compile. Raises TrancheError."""
    changed = [
        Problem(f"{name} changed while the batch ran", "start the batch again")
        for name, said in ((case.deal, case.deal_hash), (case.market, case.market_hash))
        if name and file_hash(Path(name)) != said
    ]
    if changed:
        raise TrancheError(changed)
    form, spelled = _form(case)
    played = form.played(spelled, partial(_unchanged, case)) if form else None
    if played is not None:
        return attrs.evolve(played, inputs=attrs.evolve(played.inputs, seed=seed))
    made = _compiled(case, seed)
    if form is not None and made.inputs.cash is None:
        also = [Path(case.market)] if case.market else []
        beside = [_as_text(path) for path in (*also, *_paths(case, made.files))]
        form.compiled_to(spelled, made, partial(_spelled_otherwise, case, seed), beside)
    return made


def _form(case: Case) -> tuple[Form | None, Spelled]:
    """The form of a case, None where it is too long for that; and the numbers of its deal and its overrides."""
    text = APART.join([read_text(case.deal), *(value for _, value in case.overrides)])
    if len(text) > LONGEST or text.count(APART) != len(case.overrides):
        return None, Spelled.of("")
    spelled = Spelled.of(text)
    paths = tuple(path for path, _ in case.overrides)
    key = (spelled.kind, paths, case.market, case.market_hash, os.path.dirname(case.deal))
    return _forms.get(key) or _forms.keep(key, Form()), spelled


def _compiled(case: Case, seed: int) -> Prepared:
    deal, names = _deal(case.deal, case.deal_hash)
    inputs, more = _in_place(deal, case, seed)
    files = sorted({os.path.relpath(path, case.folder) for path in names | more})
    return Prepared(inputs, tuple((name, file_hash(case.folder / name)) for name in files))


def _spelled_otherwise(case: Case, seed: int, text: str) -> Ingredients:
    """A case with another text of its deal and its overrides."""
    deal, *values = text.split(APART)
    paths = (path for path, _ in case.overrides)
    there = attrs.evolve(case, overrides=tuple(zip(paths, values, strict=True)))
    return _in_place(loads(deal, case.deal), there, seed)[0]


def _in_place(deal: Deal, case: Case, seed: int) -> tuple[Ingredients, frozenset[Path]]:
    """The deal with the overrides and the market of a case, compiled; the files that these name."""
    names: frozenset[Path] = frozenset()
    if case.overrides:
        deal = deal.with_(dict(case.overrides))
    if case.market:
        above, names = _market(case.market, case.market_hash, deal.currency)
        deal = in_market(deal, above, case.market)
    with files_read() as late:
        inputs = ingredients(deal, seed=seed)
    return inputs, names | late


def _as_text(path: Path) -> str:
    """A file that a case has read, of whatever size; a table need not be UTF-8."""
    return path.read_bytes().decode("utf-8", errors="replace")


def _paths(case: Case, files: Files) -> list[Path]:
    return [case.folder / name for name, _ in files]


def _unchanged(case: Case, files: Files) -> bool:
    return not files or [file_hash(path) for path in _paths(case, files)] == [said for _, said in files]


@lru_cache(maxsize=REMEMBERED)
def _deal(path: str, content: str) -> tuple[Deal, frozenset[Path]]:
    """The deal of a file with that content, and the files it names."""
    with files_read() as names:
        deal = load(path)
    return deal, frozenset(names)


@lru_cache(maxsize=4 * REMEMBERED)
def _market(path: str, content: str, currency: str) -> tuple[MarketFile, frozenset[Path]]:
    with files_read() as names:
        market = read_market_file(path, currency)
    return market, frozenset(names)
