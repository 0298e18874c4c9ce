"""gongbi checkup: a place's state over a period, on the screen and on paper."""

import locale
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress

from gongbi.config.console import err, fail, table, tell

LANGUAGES = {"en": "en", "zh": "zh-hans"}
FORMS = (".html", ".pdf")


def add_to(app: typer.Typer) -> None:
    """Hang the command on the main one."""
    app.command("checkup")(checkup)


def checkup(
    place: Annotated[str, typer.Option(help="Code or name; without it, the city.")] = "",
    period: Annotated[
        str, typer.Option(help="week, month, day; or 2026-W47, 2026-11, 2026-11-24.")
    ] = "week",
    language: Annotated[str, typer.Option(help="en or zh; else your terminal's.")] = "",
    out: Annotated[Path | None, typer.Option(help="Write FILE.html or FILE.pdf too.")] = None,
) -> None:
    """Examine a place: its score, what moved it, what was done, what to do."""
    from django.utils.translation import override

    from gongbi.desk.public import CannotExamine

    spoken = language or of_terminal()
    if spoken not in LANGUAGES:
        fail(f"There is no language {language!r}; choose en or zh.")
    if out is not None:
        _refuse_file(out)
    with override(LANGUAGES[spoken]):
        try:
            _examine(place, period, out)
        except CannotExamine as error:
            fail(str(error))


def of_terminal() -> str:
    """The language of whoever types."""
    spoken = (locale.getlocale()[0] or "").lower()
    return "zh" if spoken.startswith(("zh", "chinese")) else "en"


def _refuse_file(out: Path) -> None:
    if out.suffix.lower() not in FORMS:
        fail(f"{out.name} says not which form: end it in .html or .pdf.")
    if not out.absolute().parent.is_dir():
        fail(f"There is no folder {out.absolute().parent}; make it first.")


def _examine(place: str, period: str, out: Path | None) -> None:
    from gongbi.desk import public as desk

    with Progress(console=err, transient=True) as bar:
        task = bar.add_task("", total=1.0)
        one = desk.examine(
            place,
            period,
            lambda words, share: bar.update(task, description=words, completed=share),
        )
        if out is not None:
            made = desk.as_pdf(one) if out.suffix.lower() == ".pdf" else desk.as_html(one).encode()
    _show(one.paper)
    if out is not None:
        try:
            out.write_bytes(made)
        except OSError as error:
            fail(f"{out} could not be written: {error}")
        tell(str(out))


def _show(paper: dict[str, Any]) -> None:
    """The summary alone: who wants all of it has the file."""
    tell(f"{paper['title']} · {paper['place']} · {paper['period']} · {paper['as_known']}")
    if paper["provisional"]:
        tell(paper["provisional"], style="yellow")
    for block in paper["summary"]:
        if block["kind"] in ("lead", "text"):
            tell(block["text"], style="bold")
        elif block["kind"] == "figures":
            rows = ((one["label"], one["value"], one["note"]) for one in block["items"])
            table("", ("", "", ""), rows)
        elif block["kind"] == "advice":
            for one in block["items"]:
                tell(f"{one['what']} · {one['why']}", mark="→", style="bold")
