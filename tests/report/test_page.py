"""Pages, index and workbook as text and tables; `test_browser.py` looks at them in a browser."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest

import tranche
from tests.report.hostile import FORMULA, SCRIPT, TEXT
from tranche.files import loads
from tranche.report import Entry, Study, study, write_index, write_report, write_workbook
from tranche.report.charts import Chart
from tranche.report.figures import short_name
from tranche.report.html import element, script_data, text
from tranche.report.page import page
from tranche.report.sections.assumptions import confidence

DEALS = Path(__file__).parents[2] / "deals"


@pytest.fixture(scope="module")
def hostile() -> Study:
    return study(loads(TEXT))


@pytest.fixture(scope="module")
def gpu() -> Study:
    return study(tranche.load(DEALS / "gpu_ddtl_2024.yaml"), 2_000, 7)


class Outline(HTMLParser):
    """Tags, ids and what scripts there are."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.loads: list[str] = []
        self.handlers: list[str] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        named = dict(attrs)
        self.ids += [str(named["id"])] if "id" in named else []
        self.loads += [str(named[key]) for key in ("src", "href") if key in named and tag not in ("a", "svg")]
        self.handlers += [key for key in named if key.startswith("on")]


def test_hostile_text_is_text(hostile: Study) -> None:
    markup = page(hostile)
    outline = Outline(markup)
    assert outline.tags.count("script") == 3  # data, Plotly, our own
    assert outline.handlers == []
    assert "img" not in outline.tags
    assert SCRIPT not in markup
    assert text(SCRIPT) in markup


def test_a_page_loads_nothing(gpu: Study) -> None:
    outline = Outline(page(gpu))
    assert outline.loads == ["data:,"]  # the icon that a browser would ask for
    assert {"tranches", "tests", "charts", "worst", "waterfall", "terms", "assumptions", "audit"} <= set(outline.ids)


def test_the_tranche_table_says_what_the_results_say(gpu: Study) -> None:
    row = gpu.results.tranches().loc["senior"]
    markup = page(gpu)
    for said in (f"{row['expected_loss']:.3%}", f"{row['expected_loss_se']:.3%}", f"{row['default_probability']:.2%}"):
        assert f">{said}<" in markup
    assert gpu.program.hash in markup


def test_charts_are_data_that_says_what_the_run_says(gpu: Study) -> None:
    (data,) = re.findall(r'<script type="application/json" id="figures">(.*?)</script>', page(gpu))
    charts = {chart["name"]: chart for chart in json.loads(data)["charts"]}
    bars = {trace["name"]: trace["y"] for trace in charts["cashflows"]["traces"] if trace["type"] == "bar"}
    means = gpu.results.cashflows("senior")["interest"] / 1e6
    assert bars["senior interest"] == pytest.approx(means.to_list(), rel=1e-5)
    ratio = gpu.ratio("dscr")
    median = next(trace for trace in charts["test-0"]["traces"] if trace.get("name") == "dscr, median")
    assert median["y"][0] is None  # before the first test
    assert median["y"][1] == pytest.approx(float(sorted(ratio[:, 1])[len(ratio) // 2]), rel=1e-3)
    lost = sum(charts["losses"]["traces"][0]["y"])
    assert lost == pytest.approx(gpu.results.tranches()["default_probability"]["senior"], rel=1e-4)


def test_watching_a_deal_moves_no_bit_of_it(gpu: Study) -> None:
    names = [record.name for record in gpu.watched.records]
    for k, record in enumerate(gpu.program.records):
        if record.flow:
            total = gpu.flows[:, :, names.index(record.name)].sum(axis=1)
            assert total.mean() == pytest.approx(gpu.results.spread(record.name).mean, rel=1e-9, abs=1e-6), k


def test_no_cell_of_a_workbook_is_a_formula(hostile: Study, tmp_path: Path) -> None:
    path = tmp_path / "deal.xlsx"
    write_workbook(hostile, path)
    book = openpyxl.load_workbook(path)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert not any(cell.hyperlink for cell in cells)
    assert FORMULA in {cell.value for cell in cells}
    assert book["Tranches"]["B2"].value == 80
    assert [cell.value for cell in book["Tests"][2]][:3] == ["cover", "trigger", "below 1.20x"]
    assert [path.name for path in tmp_path.iterdir()] == ["deal.xlsx"]  # nothing is left beside it


def test_the_index_names_what_failed(hostile: Study, tmp_path: Path) -> None:
    path = tmp_path / "index.html"
    write_index(path, [Entry.of(hostile, "a.yaml", "a.html"), Entry(SCRIPT, failed=f"b.yaml:3 {SCRIPT}")])
    outline = Outline(path.read_text(encoding="utf-8"))
    assert "script" not in outline.tags
    assert "1 deal, 1 failed" in path.read_text(encoding="utf-8")


def test_the_index_says_of_what_its_figures_are(gpu: Study, tmp_path: Path) -> None:
    path = tmp_path / "index.html"
    write_index(path, [Entry.of(gpu, "deals/gpu.yaml", "gpu.html")])
    said = path.read_text(encoding="utf-8")
    assert "deals/gpu.yaml · 2,000 paths of seed 7, USD" in said
    assert "in percent of the notional" in said
    assert '<th scope="row">senior</th>' in said
    assert not re.search(r"<th[^>]*></th>", said)  # every row and group has a name


def test_no_file_is_named_by_the_folders_of_a_machine(
    gpu: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = gpu.deal.source.file
    assert Path(file).is_absolute()
    assert str(DEALS) not in page(gpu)
    monkeypatch.chdir(tmp_path)
    assert [short_name(str(tmp_path / "a" / "b.yaml")), short_name(file), short_name("a/b.yaml")] == [
        "a/b.yaml", "gpu_ddtl_2024.yaml", "a/b.yaml",
    ]  # fmt: skip


def test_the_audit_fits_a_phone(gpu: Study) -> None:
    markup = page(gpu)
    assert f"<td><code>{gpu.program.hash}</code></td>" in markup  # breaks, where a number does not
    assert "code{overflow-wrap:anywhere}" in markup


def test_a_chart_of_nothing_is_its_note(monkeypatch: pytest.MonkeyPatch, hostile: Study) -> None:
    one = [Chart("convergence", "As correlations converge", "Nothing is lost.", []), Chart("x", "X", "", [{}], {}, 500)]
    monkeypatch.setattr("tranche.report.page.charts", lambda _: iter(one))
    markup = page(hostile)
    assert "Nothing is lost." in markup
    assert 'id="convergence"' not in markup
    assert 'id="x" class="plot" style="height:500px"' in markup
    (data,) = re.findall(r'<script type="application/json" id="figures">(.*?)</script>', markup)
    assert [chart["name"] for chart in json.loads(data)["charts"]] == ["x"]


def test_a_page_is_whole_or_not_there(hostile: Study, tmp_path: Path) -> None:
    with pytest.raises(tranche.UsageError, match="cannot be written"):
        write_report(hostile, tmp_path / "missing" / "deal.html")
    write_report(hostile, tmp_path / "deal.html")
    assert (tmp_path / "deal.html").stat().st_size < 6_000_000


def test_markup() -> None:
    assert element("p", "a < b", class_="x\"y") == '<p class="x&quot;y">a &lt; b</p>'
    assert text("\x1b[31m") == "\N{REPLACEMENT CHARACTER}[31m"
    said = script_data("d", {"a": "</script><!--", "b": float("nan")})
    assert said.count("<") == 2
    assert json.loads(said[said.index(">") + 1 : said.rindex("<")]) == {"a": "</script><!--", "b": None}


@pytest.mark.parametrize(
    ("said", "found"),
    [("75-90% billed (B)", "B"), ("public (A, year end 2024)", "A"), ("Assumption; fell (B).", "B, assumption"),
     ("Rent drifts. Assumption", "assumption"), ("from Jan", ""),
     ("Rent drifts by -20%. Assumption; H100 rent fell and rose again (B)", "B, assumption"),
     ("initial (A); rest assumption", "A, assumption"),
     ("Assumptions but for the volatility (40-55%, B)", "B, assumption"),
     ("(9-11m, B)", "B"), ("evenly over 340 days (B and assumption)", "B, assumption"), ("40-60% (B/C)", "B, C"),
     ("one (A, B), two (C)", "A, B, C"), ("from a training run (A, derived from it)", "A, derived"),
     ("derived from rents (A)", "A"), ("a plan (C corporation, Series B notes)", "")],
)  # fmt: skip
def test_confidence(said: str, found: str) -> None:
    assert confidence(said) == found
