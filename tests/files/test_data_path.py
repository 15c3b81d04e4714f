"""A deal reads files of its own folder and no others."""

from __future__ import annotations

import pytest

from tests.files.deal_texts import BENCHMARK, FLEET
from tranche.errors import DataError, Invalid
from tranche.files import collections_path, load
from tranche.files.data_path import resolve_inside


@pytest.fixture
def folder(tmp_path):
    home = tmp_path / "home"
    (home / "data").mkdir(parents=True)
    (home / "cash.csv").write_text("date,cash\n")
    (home / "data" / "cash.csv").write_text("date,cash\n")
    (tmp_path / "secret.csv").write_text("date,cash\n")
    (home / "deal.yaml").write_text(BENCHMARK)
    return home


def test_beside_or_below(folder):
    assert resolve_inside(folder, "cash.csv") == folder / "cash.csv"
    assert resolve_inside(folder, "data/cash.csv") == folder / "data" / "cash.csv"
    assert collections_path(load(folder / "deal.yaml")) == folder / "cash.csv"


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("../secret.csv", "leaves the folder"),
        ("data/../../secret.csv", "leaves the folder"),
        ("/etc/passwd", "an absolute path"),
        ("none.csv", "there is no file"),
        ("data", "is not a file"),
        ("", "is not the name of a file"),
        ("a\0b", "is not the name of a file"),
    ],
)
def test_refused(folder, name, what):
    with pytest.raises(Invalid) as caught:
        resolve_inside(folder, name)
    assert what in caught.value.what


def test_links_may_not_leave(folder):
    (folder / "link.csv").symlink_to(folder.parent / "secret.csv")
    with pytest.raises(Invalid, match="a link that leaves the folder"):
        resolve_inside(folder, "link.csv")
    (folder / "round.csv").symlink_to(folder / "round.csv")
    with pytest.raises(Invalid, match="there is no file"):
        resolve_inside(folder, "round.csv")


def test_the_place_is_the_deals_line(folder):
    (folder / "cash.csv").unlink()
    with pytest.raises(DataError) as caught:
        collections_path(load(folder / "deal.yaml"))
    [problem] = caught.value
    assert (problem.place.path, problem.place.line) == ("collateral.collections.file", 15)


def test_a_fleet_names_no_file(folder):
    (folder / "deal.yaml").write_text(FLEET)
    assert collections_path(load(folder / "deal.yaml")) is None
