"""The brief as a document: its figures are the page's, and each leads to its cases."""

import io
import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from docx import Document
from docx.oxml.ns import qn
from tests.desk.checking import verdicts
from tests.desk.conftest import NOW
from typer.testing import CliRunner

from gongbi.cases.models import Case, Deadline
from gongbi.config.cli import app

QUERY = "?period=2026-11&by=place"
HOME = "http://testserver"


@pytest.fixture
def two_months(report, settings):
    """Twelve cases in October, of which few were in time; twenty in November, of which most."""
    settings.GONGBI_PUBLIC_URL = HOME
    october = [report("xx-e-1-a", at=NOW - timedelta(days=40)) for _ in range(12)]
    east = [report("xx-e-1-a") for _ in range(17)]
    west = [report("xx-w-1-a", kind="lamp-out") for _ in range(3)]
    solve = Deadline.objects.filter(kind="solve")
    solve.filter(case__number__in=[*october[:2], *east[:15]]).update(ended_at=NOW, ended_as="met")
    solve.filter(case__number__in=[*october[2:], *east[15:]]).update(missed_at=NOW)
    Case.objects.filter(number__in=east[:2]).update(returned=1)
    verdicts(east[0], solved=8, not_solved=4, unanswered=3)
    return SimpleNamespace(october=october, east=east, west=west)


def read(answer):
    """A document's tables, each a list of rows of texts, and all its text."""
    assert answer["Content-Type"].endswith("wordprocessingml.document")
    return Document(io.BytesIO(answer.content))


def cells(table):
    return [[cell.text for cell in row.cells] for row in table.rows]


def links(document, element):
    """(words, address) of the links within a part of the document."""
    found = []
    for link in element.iter(qn("w:hyperlink")):
        words = "".join(text.text or "" for text in link.iter(qn("w:t")))
        if link.get(qn("r:id")):
            found.append((words, document.part.rels[link.get(qn("r:id"))].target_ref))
    return found


def table_under(document, heading):
    """The first table after a heading."""
    body = list(document.element.body)
    begin = next(n for n, one in enumerate(body) if _text(one) == heading)
    found = next(one for one in body[begin:] if one.tag == qn("w:tbl"))
    return next(table for table in document.tables if table._tbl is found)


def _text(element):
    return "".join(text.text or "" for text in element.iter(qn("w:t")))


def test_its_figures_are_those_of_the_page(signed_in, two_months):
    officer = signed_in("officer")
    laid = officer.get(f"/evaluation/{QUERY}").context["laid"]
    document = read(officer.get(f"/evaluation/brief.docx{QUERY}"))
    for heading, figures in (
        ("How matters went", laid.plain),
        ("What may have been made to look good", laid.watch),
    ):
        rows = cells(table_under(document, heading))[1:]
        assert len(rows) == len(figures)
        for row, one in zip(rows, figures, strict=True):
            assert row[:2] == [str(one.measure.name), one.said]
            assert row[2:4] == [one.interval, one.fraction]
            assert row[4] == str(one.measure.meaning)
    groups = cells(table_under(document, "Groups, by place"))
    assert [row[0] for row in groups[1:]] == [row.group.name for row in laid.rows]
    on_time = groups[0].index("On time")
    for told, row in zip(groups[1:], laid.rows, strict=True):
        one = next(one for one in row.figures if one.measure.code == "on_time")
        told_of = [] if one.share.share is None else [one.fraction]
        assert told[on_time].split("\n") == [one.said, *told_of]


def test_every_figure_leads_to_the_cases_it_was_counted_from(signed_in, two_months):
    officer = signed_in("officer")
    document = read(officer.get(f"/evaluation/brief.docx{QUERY}"))
    followed = 0
    for heading in ("How matters went", "Groups, by place"):
        for words, address in links(document, table_under(document, heading)._tbl):
            assert address.startswith(f"{HOME}/evaluation/cases/?")
            assert "at=2026-11-24T02%3A00%3A00" in address
            page = officer.get(address.removeprefix(HOME))
            assert page.context["found"].figure == int(words)
            followed += 1
    assert followed >= 20
    references = cells(table_under(document, "References"))[1:]
    told = {row[0] for row in references}
    assert len(told) == len(references)
    anchors = {one.get(qn("w:anchor")) for one in document.element.iter(qn("w:hyperlink"))}
    assert anchors - {None} <= told
    marks = {one.get(qn("w:name")) for one in document.element.iter(qn("w:bookmarkStart"))}
    assert told <= marks


def test_the_reference_stands_on_paper_too(signed_in, two_months):
    officer = signed_in("officer")
    document = read(officer.get(f"/evaluation/brief.docx{QUERY}"))
    row = next(
        row for row in cells(table_under(document, "References")) if row[1].startswith("On time")
    )
    counted, of = row[2].split("\n")
    assert officer.get(_address(counted)).context["found"].figure == 15
    assert officer.get(_address(of)).context["found"].figure == 17
    assert "2026-11-24 10:00" in dict(cells(document.tables[0]))["Counted at"]


def _address(said):
    return said.split(": ", 1)[1].removeprefix(HOME)


def test_what_changed_against_the_period_before(signed_in, two_months):
    document = read(signed_in("officer").get(f"/evaluation/brief.docx{QUERY}"))
    rows = cells(table_under(document, "What changed against October 2026"))
    on_time = next(row for row in rows if row[0] == "On time")
    assert re.fullmatch(r"17 % R\d+", on_time[1])
    assert re.fullmatch(r"88 % R\d+", on_time[2])
    assert on_time[3] == "+72"
    assert on_time[5] == "more often"
    returned = next(row for row in rows if row[0] == "Returned")
    assert returned[5] == "not beyond chance"


def test_in_chinese_with_fonts_for_it(signed_in, two_months):
    officer = signed_in("officer")
    officer.cookies["django_language"] = "zh-hans"
    document = read(officer.get(f"/evaluation/brief.docx{QUERY}"))
    text = "\n".join(one.text for one in document.paragraphs)
    assert "办理评价" in text
    assert "办理情况" in text
    assert not re.search(r"\b(cases|share|interval|Residents)\b", text)
    for name, font in (("Normal", "SimSun"), ("Heading 1", "SimHei"), ("Title", "SimHei")):
        fonts = document.styles[name].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) == font
        assert not [key for key in fonts.attrib if key.endswith("Theme")]
    assert document.core_properties.language == "zh-hans"


def test_it_is_laid_for_paper(signed_in, two_months):
    document = read(signed_in("officer").get(f"/evaluation/brief.docx{QUERY}"))
    section = document.sections[0]
    assert (round(section.page_width.cm, 1), round(section.page_height.cm, 1)) == (21.0, 29.7)
    wide = section.page_width - section.left_margin - section.right_margin
    for table in document.tables:
        assert sum(column.width for column in table.columns) <= wide
    measures = table_under(document, "How matters went")
    assert measures.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in measures.rows)
    assert "PAGE" in section.footer._element.xml
    order = [one.tag.split("}")[1] for one in measures._tbl.tblPr]
    assert order.index("tblBorders") < order.index("tblLayout") < order.index("tblLook")


def test_the_public_s_says_no_more_than_its_page(signed_in, two_months):
    laid = signed_in().get("/evaluation/public/?period=2026-11").context["laid"]
    document = read(signed_in().get("/evaluation/public/brief.docx?period=2026-11"))
    rows = cells(table_under(document, "How matters went"))[1:]
    assert [row[0] for row in rows] == [str(one.measure.name) for one in laid.plain]
    assert [row[3] for row in rows] == [one.fraction for one in laid.plain]
    xml = document.element.xml + str([one.target_ref for one in document.part.rels.values()])
    assert "/evaluation/cases/" not in xml
    assert "Water" not in xml
    assert "made to look good" not in xml
    assert [row[0] for row in cells(document.tables[0])].count("Cases opened") == 0
    assert "cases were opened" not in xml
    west = next(row for row in laid.rows if row.group.code == "xx-w")
    told = next(
        row for row in cells(table_under(document, "Groups, by place")) if row[0] == "West"
    )
    assert told == ["West"] + [
        one.said if one.share.share is None else f"{one.said}\n{one.fraction}"
        for one in west.figures
    ]


def test_who_may_have_it(signed_in, two_months):
    address = f"/evaluation/brief.docx{QUERY}"
    assert signed_in().get(address).status_code == 302
    for name in ("stranger", "worker"):
        assert signed_in(name).get(address).status_code == 403
    west = read(signed_in("west").get(address))
    assert ["Cases opened", "3"] in cells(west.tables[0])
    assert signed_in("west").get(f"{address}&place=xx-e").status_code == 404
    assert signed_in().get("/evaluation/public/brief.docx?period=2026-11").status_code == 200


def test_its_cost_does_not_grow(signed_in, two_months, report, django_assert_max_num_queries):
    officer = signed_in("officer")
    officer.get(f"/evaluation/brief.docx{QUERY}")
    for _ in range(4):
        report("xx-e-1-a")
    with django_assert_max_num_queries(34):
        officer.get(f"/evaluation/brief.docx{QUERY}")


def run(*said):
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, ["evaluation", "brief", *said])


def test_by_command(signed_in, two_months, tmp_path):
    file = tmp_path / "november.docx"
    said = run("--period", "2026-11", "--by", "place", "--language", "en", "--out", str(file))
    assert said.exit_code == 0, said.output
    document = Document(str(file))
    laid = signed_in("officer").get(f"/evaluation/{QUERY}").context["laid"]
    rows = cells(table_under(document, "How matters went"))[1:]
    assert [row[3] for row in rows] == [one.fraction for one in laid.plain]
    assert "88 %" in said.output
    assert ["Counted of", "all cases of the place"] in cells(document.tables[0])


def test_a_unit_s_by_command_in_chinese(two_months, tmp_path):
    Case.objects.filter(number__in=two_months.east).update(unit="water", unit_path="/water/")
    file = tmp_path / "water.docx"
    said = run("--period", "2026-11", "--unit", "水务", "--language", "zh", "--out", str(file))
    assert said.exit_code == 0, said.output
    facts = dict(cells(Document(str(file)).tables[0]))
    assert facts["单位"] == "水务"
    assert "17" in facts.values()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (("--period", "soon"), "no period"),
        (("--place", "xx-z"), "no place"),
        (("--unit", "nobody"), "no unit"),
        (("--by", "person"), "no grouping"),
        (("--out", "brief.pdf"), ".docx"),
        (("--public", "--unit", "water"), "whole city"),
        (("--language", "fr"), "language"),
    ],
)
def test_what_cannot_be_made_is_said_in_a_sentence(small_city, said, told):
    answer = run("--language", "en", *said) if "--language" not in said else run(*said)
    assert answer.exit_code == 1
    assert told in answer.output
