"""A brief as a .docx for A4: headings, ruled tables, a link on every figure, fonts for Chinese."""

from collections.abc import Sequence
from datetime import UTC
from io import BytesIO
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from gongbi.core.public import city, now
from gongbi.desk.evaluation.figures import Figure
from gongbi.desk.evaluation.paper import Change, Line, Paper, Ref

# What offices have; a machine without them takes its own of the same kind.
SERIF, SANS = ("Times New Roman", "SimSun"), ("Arial", "SimHei")
FONTS = {"Normal": SERIF, "Title": SANS, "Subtitle": SERIF, "Heading 1": SANS}
SIZES = {"Normal": 10.5, "Title": 20, "Subtitle": 12, "Heading 1": 13}
INK, LINK = RGBColor(0x1C, 0x24, 0x2B), "1F5C8C"
RULE, WASH = "9AA5AD", "EEF1F3"
MEASURES_CM = (3.1, 1.5, 1.7, 1.9, 7.3, 1.2)
CHANGES_CM = (4.2, 2.2, 2.2, 1.6, 2.6, 3.9)
REFS_CM = (1.1, 4.6, 11.0)
SMALL, TINY = 9, 7.5


def to_docx(paper: Paper) -> bytes:
    """The brief as a document."""
    document = Document()
    _page(document, paper)
    document.add_paragraph(paper.title, style="Title")
    document.add_paragraph(f"{paper.place} · {paper.period}", style="Subtitle")
    _facts(document, paper.facts)
    for sentence in paper.lead:
        document.add_paragraph(sentence)
    _section(document, _("How matters went"))
    _measures(document, paper.how)
    _section(document, _("What changed against %(before)s") % {"before": paper.before})
    _changes(document, paper.changes)
    if paper.watch:
        _section(document, _("What may have been made to look good"))
        _measures(document, paper.watch)
        _standing(document, paper.standing)
    if paper.groups:
        _section(document, _("Groups, %(by)s") % {"by": paper.by})
        _groups(document, paper)
    _section(document, _("How to read it"))
    for note in paper.notes:
        document.add_paragraph(note, style="List Bullet")
    _section(document, _("References"))
    _refs(document, paper.refs)
    made = BytesIO()
    document.save(made)
    return made.getvalue()


def _page(document: Any, paper: Paper) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.1)
    section.top_margin, section.bottom_margin = Cm(2.2), Cm(2)
    for name, fonts in FONTS.items():
        _style(document.styles[name], fonts, SIZES[name])
    document.styles["Normal"].paragraph_format.space_after = Pt(4)
    document.styles["Heading 1"].paragraph_format.space_before = Pt(14)
    for edge in document.styles["Title"].element.iter(qn("w:pBdr")):
        edge.getparent().remove(edge)
        break
    about = document.core_properties
    about.title = f"{paper.title} · {paper.place} · {paper.period}"
    about.author, about.comments = city().name, ""
    about.language = get_language() or ""
    about.created = about.modified = now().astimezone(UTC).replace(tzinfo=None)
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(foot, f"{city().name} · {paper.title} · {paper.period} · ", SMALL)
    _field(foot, "PAGE")
    _run(foot, " / ", SMALL)
    _field(foot, "NUMPAGES")


def _style(style: Any, fonts: tuple[str, str], size: float) -> None:
    """Fonts by name for both scripts: those of the theme would win over them."""
    style.font.name, style.font.size, style.font.color.rgb = fonts[0], Pt(size), INK
    style.font.italic = False
    found = style.element.rPr.rFonts
    for name in list(found.attrib):
        if name.endswith("Theme"):
            del found.attrib[name]
    found.set(qn("w:eastAsia"), fonts[1])
    found.set(qn("w:cs"), fonts[0])
    language = style.element.rPr.find(qn("w:lang"))
    if language is None:
        language = OxmlElement("w:lang")
        style.element.rPr.append(language)
    language.set(qn("w:val"), "en-GB")
    language.set(qn("w:eastAsia"), "zh-CN")


def _section(document: Any, title: str) -> None:
    document.add_paragraph(title, style="Heading 1")


def _facts(document: Any, facts: Sequence[tuple[str, str]]) -> None:
    table = _table(document, (3.6, 13.1), ())
    for name, value in facts:
        _cells(table, (name, value))


def _measures(document: Any, lines: Sequence[Line]) -> None:
    heads = (_("Measure"), _("Share"), _("95 % interval"), _("Part of whole"), _("Definition"),
             _("Ref."))  # fmt: skip
    table = _table(document, MEASURES_CM, heads)
    for line in lines:
        one = line.figure
        row = _cells(table, (str(one.measure.name), one.said, one.interval, "", "", ""))
        _fraction(row[3], one)
        _run(row[4].paragraphs[0], str(one.measure.meaning), SMALL - 1)
        _link(row[5].paragraphs[0], line.ref, anchor=line.ref)


def _changes(document: Any, changes: Sequence[Change]) -> None:
    if not changes:
        document.add_paragraph(_("Nothing can be compared: one of the periods says too little."))
        return
    heads = (_("Measure"), _("Before"), _("This period"), _("Points"), _("95 % interval"),
             _("What it means"))  # fmt: skip
    table = _table(document, CHANGES_CM, heads)
    for one in changes:
        row = _cells(
            table,
            (str(one.now.figure.measure.name), "", "", one.gap, one.interval, one.reading),
        )
        for cell, line in ((row[1], one.before), (row[2], one.now)):
            _run(cell.paragraphs[0], f"{line.figure.said} ", SMALL)
            _link(cell.paragraphs[0], line.ref, anchor=line.ref)


def _standing(document: Any, standing: Sequence[tuple[str, Figure]]) -> None:
    for name, one in standing:
        said = document.add_paragraph(style="List Bullet")
        said.add_run(_("%(group)s stands out") % {"group": name}).bold = True
        said.add_run(f" · {one.measure.name}: {one.percent} ({one.interval}) ")
        _fraction_in(said, one)


def _groups(document: Any, paper: Paper) -> None:
    wide = 12.0 / max(1, len(paper.columns))
    counted = any(cases is not None for _name, cases, _figures in paper.groups)
    first = ((_("Group"), 3.2), *(((_("Cases"), 1.5),) if counted else ()))
    heads = (*(head for head, _cm in first), *(str(one.name) for one in paper.columns))
    table = _table(document, (*(cm for _head, cm in first), *[wide] * len(paper.columns)), heads)
    for name, cases, figures in paper.groups:
        many = (f"{cases:,}",) if counted else ()
        row = _cells(table, (name, *many, *(one.said for one in figures)))
        for cell, one in zip(row[len(first) :], figures, strict=True):
            if one.share.share is not None:
                _fraction(cell, one, fresh=True)


def _refs(document: Any, refs: Sequence[Ref]) -> None:
    table = _table(document, REFS_CM, (_("Ref."), _("Figure"), _("Cases behind it")))
    for number, one in enumerate(refs):
        row = _cells(table, ("", one.what, ""))
        _marked(row[0].paragraphs[0], one.code, number)
        places = ((_("cases counted"), one.part), (_("cases they are of"), one.of))
        said = row[2].paragraphs[0]
        for words, address in (place for place in places if place[1]):
            if said.runs or said.hyperlinks:
                said = row[2].add_paragraph()
            _run(said, f"{words}: ", TINY)
            _link(said, address, address=address, size=TINY)


def _table(document: Any, widths: Sequence[float], heads: Sequence[str]) -> Any:
    """An empty table with thin rules; its head stands again on each page."""
    table = document.add_table(rows=0, cols=len(widths))
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    # Word wants the parts of a table's properties in this order.
    table._tbl.tblPr.find(qn("w:tblLayout")).addprevious(_rules())
    if heads:
        row = _cells(table, heads)
        for cell in row:
            for run in cell.paragraphs[0].runs:
                run.bold = True
            cell._tc.get_or_add_tcPr().append(_made("w:shd", val="clear", fill=WASH))
        table.rows[0]._tr.get_or_add_trPr().append(_made("w:tblHeader"))
    return table


def _cells(table: Any, texts: Sequence[str]) -> Any:
    """A row that is not cut by the end of a page."""
    row = table.add_row()
    row._tr.get_or_add_trPr().append(_made("w:cantSplit"))
    for cell, column, text in zip(row.cells, table.columns, texts, strict=True):
        cell.width = column.width
        said = cell.paragraphs[0]
        said.paragraph_format.space_after = Pt(1)
        if text:
            _run(said, text, SMALL)
    return row.cells


def _fraction(cell: Any, one: Figure, *, fresh: bool = False) -> None:
    said = cell.add_paragraph() if fresh else cell.paragraphs[0]
    said.paragraph_format.space_after = Pt(1)
    _fraction_in(said, one)


def _fraction_in(said: Any, one: Figure) -> None:
    """Part and whole, each a link to its cases where there is a list."""
    if not one.part_href:
        _run(said, one.fraction, SMALL - 1)
        return
    home = settings.GONGBI_PUBLIC_URL
    _link(said, str(one.share.part), address=home + one.part_href)
    _run(said, "/", SMALL)
    _link(said, str(one.share.of), address=home + one.of_href)


def _run(said: Any, text: str, size: float) -> Any:
    run = said.add_run(text)
    run.font.size = Pt(size)
    return run


def _link(
    said: Any, text: str, *, address: str = "", anchor: str = "", size: float = SMALL
) -> None:
    """Words that open an address, or a place in the document."""
    run = _run(said, text, size)
    run.font.color.rgb = RGBColor.from_string(LINK)
    run.font.underline = True
    link = OxmlElement("w:hyperlink")
    if address:
        link.set(qn("r:id"), said.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, True))
    else:
        link.set(qn("w:anchor"), anchor)
    run._r.addprevious(link)
    link.append(run._r)


def _marked(said: Any, code: str, number: int) -> None:
    """A place in the document that links lead to."""
    begin, end = _made("w:bookmarkStart", id=str(number), name=code), _made("w:bookmarkEnd")
    end.set(qn("w:id"), str(number))
    run = _run(said, code, SMALL)
    run._r.addprevious(begin)
    run._r.addnext(end)


def _field(said: Any, code: str) -> None:
    """A number that the reader's program fills in."""
    for kind, text in (("begin", ""), ("", code), ("end", "")):
        run = _run(said, "", SMALL)
        if kind:
            run._r.append(_made("w:fldChar", fldCharType=kind))
            continue
        told = OxmlElement("w:instrText")
        told.text = text
        run._r.append(told)


def _rules() -> Any:
    rules = OxmlElement("w:tblBorders")
    for edge in ("top", "bottom", "insideH"):
        rules.append(_made(f"w:{edge}", val="single", sz="4", space="0", color=RULE))
    return rules


def _made(tag: str, /, **said: str) -> Any:
    made = OxmlElement(tag)
    for key, value in said.items():
        made.set(qn(f"w:{key}"), value)
    return made
