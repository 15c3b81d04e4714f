"""`tranche report`: pages, an index, and what it says of them."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Command
from tranche.cli.report import names


def test_a_page_for_each_deal_and_an_index(command: Command, deals: Path) -> None:
    result = command("report", deals, "--paths", "50", "--out", "pages", "--xlsx")
    assert result.exit_code == 0
    assert sorted(path.name for path in Path("pages").iterdir()) == [
        "fleet.html", "fleet.xlsx", "index.html", "pool.html", "pool.xlsx",
    ]  # fmt: skip
    assert result.stdout.splitlines()[-1] == f"index: {Path('pages/index.html').resolve()}"
    index = Path("pages/index.html").read_text(encoding="utf-8")
    assert 'href="pool.html"' in index
    assert 'href="fleet.html"' in index


def test_a_deal_that_fails_is_told_and_the_others_are_made(command: Command, deals: Path) -> None:
    (deals / "pool.yaml").write_text("format: 2\n")
    result = command("report", deals, "--paths", "50", "--out", "pages", "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert [deal["ok"] for deal in told["deals"]] == [True, False]
    assert "the format is 2" in Path("pages/index.html").read_text(encoding="utf-8")


def test_pages_do_not_name_the_folders_of_a_machine(command: Command, deals: Path) -> None:
    (deals / "pool.yaml").write_text("format: 2\n")
    command("report", deals.resolve(), "--paths", "50", "--out", "pages")
    for page in Path("pages").glob("*.html"):
        assert str(Path.cwd()) not in page.read_text(encoding="utf-8"), page
    index = Path("pages/index.html").read_text(encoding="utf-8")
    assert "deals/more/fleet.yml · 50 paths of seed 0" in index
    assert "deals/pool.yaml:1" in index


def test_names_do_not_meet() -> None:
    files = [Path("a/deal.yaml"), Path("b/deal.yaml"), Path("index.yaml")]
    assert names(files) == ["deal", "b-deal", "0-index"] or len(set(names(files))) == 3
    assert "index" not in names(files)


def test_a_folder_that_cannot_be_made(command: Command, deals: Path) -> None:
    Path("file").write_text("")
    result = command("report", deals, "--out", "file")
    assert result.exit_code == 2
    assert "--out FOLDER" in result.stderr
