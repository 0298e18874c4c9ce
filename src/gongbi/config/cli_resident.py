"""Commands for a resident who asks for what is held of them: resident show, resident forget."""

import json
from pathlib import Path
from typing import Annotated

import typer

from gongbi.config.console import fail, tell

LINK = "The reporter's link, its last part, or the short number."


def add_to(app: typer.Typer) -> None:
    """Hang these commands on the main one."""
    resident = typer.Typer(help="What is held of one reporter.", no_args_is_help=True)
    resident.command("show")(show)
    resident.command("forget")(forget)
    app.add_typer(resident, name="resident")


def show(
    link: Annotated[str, typer.Argument(help=LINK)],
    out: Annotated[Path | None, typer.Option(help="Where to; printed if left out.")] = None,
) -> None:
    """Write all that is held of a reporter as JSON. The reading is journalled."""
    from gongbi.cases import public as cases

    try:
        said = json.dumps(
            cases.held(_token(link), "command:resident"), ensure_ascii=False, indent=1
        )
    except cases.Refused as error:
        fail(str(error))
    if out is None:
        typer.echo(said)
        return
    from gongbi.config.secrets import write_private

    write_private(out, said)
    tell(f"{out}: all that is held. Hand it over, then delete the file.")


def forget(
    link: Annotated[str, typer.Argument(help=LINK)],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete a reporter's words, contact and pictures for ever, in every copy."""
    from gongbi.cases import public as cases

    if not yes and not typer.confirm("Their words cannot be brought back. Go on?"):
        raise typer.Exit(1)
    try:
        cases.forget_reporter(_token(link), "command:resident")
    except cases.Refused as error:
        fail(str(error))
    tell("Forgotten. What the city did stays, without their words.")


def _token(link: str) -> str:
    return link.strip().rstrip("/").rpartition("/")[2]
