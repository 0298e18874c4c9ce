"""Commands for a resident who asks for what is held of them: resident show, forget, find, mark."""

import json
from pathlib import Path
from typing import Annotated

import typer

from gongbi.config.console import fail, table, tell

LINK = "The reporter's link, its last part, or the short number."


def add_to(app: typer.Typer) -> None:
    """Hang these commands on the main one."""
    resident = typer.Typer(help="What is held of one reporter.", no_args_is_help=True)
    # The last part of a link may begin with a dash, and is no option for that.
    as_said = {"ignore_unknown_options": True}
    resident.command("show", context_settings=as_said)(show)
    resident.command("forget", context_settings=as_said)(forget)
    resident.command("find")(find)
    resident.command("mark")(mark)
    app.add_typer(resident, name="resident")


def find(
    contact: Annotated[str, typer.Argument(help="A telephone number or e-mail address.")],
    request: Annotated[str, typer.Option(help="Number of the request's file.")],
    purpose: Annotated[str, typer.Option(help="access, erasure, correction or law.")] = "access",
    out: Annotated[
        Path | None, typer.Option(help="Write all that is held of them there, as JSON.")
    ] = None,
    forget_all: Annotated[
        bool, typer.Option("--forget", help="Forget them, in every report found.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Find reports by the way their reporter left; show or forget them. All is journalled."""
    from gongbi.cases import public as cases

    actor = "command:resident"
    try:
        found = cases.find_reports(None, contact, purpose=purpose, request=request, actor=actor)
    except cases.Refused as error:
        fail(str(error))
    table(
        f"{len(found)} reports held",
        ("case", "type", "state", "by", "at"),
        ((o.number, o.type_name, o.state_name, o.source, f"{o.at:%Y-%m-%d %H:%M}") for o in found),
    )
    if out is not None:
        from gongbi.config.secrets import write_private

        held = [cases.show_found(None, one.signal, actor) for one in found]
        write_private(out, json.dumps(held, ensure_ascii=False, indent=1))
        tell(f"{out}: all that is held. Hand it over, then delete the file.")
    if forget_all and found:
        if not yes and not typer.confirm("Their words cannot be brought back. Go on?"):
            raise typer.Exit(1)
        for one in found:
            cases.forget_found(None, one.signal, actor)
        tell(f"Forgotten in {len(found)} reports. What the city did stays, without their words.")


def mark() -> None:
    """Make contacts findable that were kept before there were marks of them."""
    from gongbi.cases import public as cases

    tell(f"{cases.mark_older()} reports were looked at.")


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
