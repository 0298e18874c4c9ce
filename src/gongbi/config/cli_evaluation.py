"""gongbi evaluation brief: how a period's matters went, as a document to hand on."""

from pathlib import Path
from typing import Annotated

import typer

from gongbi.config.cli_checkup import LANGUAGES, of_terminal
from gongbi.config.console import fail, table, tell


def add_to(app: typer.Typer) -> None:
    """Hang these commands on the main one."""
    evaluation = typer.Typer(help="How a period's matters went.", no_args_is_help=True)
    evaluation.callback()(lambda: None)  # one command alone would take the group's place
    evaluation.command("brief")(brief)
    app.add_typer(evaluation, name="evaluation")


def brief(
    place: Annotated[str, typer.Option(help="Code or name; without it, the city.")] = "",
    period: Annotated[
        str, typer.Option(help="month, week, day; or 2026-11, 2026-W47, 2026-11-24.")
    ] = "month",
    unit: Annotated[str, typer.Option(help="Only what is this unit's: its code or name.")] = "",
    by: Annotated[str, typer.Option(help="unit, place, type, month or source.")] = "unit",
    public: Annotated[
        bool, typer.Option("--public", help="What everybody may know, of the whole city.")
    ] = False,
    language: Annotated[str, typer.Option(help="en or zh; else your terminal's.")] = "",
    out: Annotated[
        Path | None, typer.Option(help="Where to; else a name of its own here.")
    ] = None,
) -> None:
    """Write the evaluation of a period as .docx, each figure with where its cases are listed."""
    from django.utils.translation import override

    from gongbi.desk.public import CannotExamine, evaluation_brief

    spoken = language or of_terminal()
    if spoken not in LANGUAGES:
        fail(f"There is no language {language!r}; choose en or zh.")
    if out is not None and out.suffix.lower() != ".docx":
        fail(f"{out.name} says not which form: end it in .docx.")
    if public and (place or unit):
        fail("The public's evaluation is of the whole city: leave out --place and --unit.")
    with override(LANGUAGES[spoken]):
        try:
            made = evaluation_brief(place, period, by=by, unit=unit, public=public)
        except CannotExamine as error:
            fail(str(error))
    _write(out or Path(made.name), made.content)
    table("", ("", "", "", ""), made.figures)
    tell(str(out or made.name))


def _write(out: Path, content: bytes) -> None:
    try:
        out.write_bytes(content)
    except OSError as error:
        fail(f"{out} could not be written: {error}")
