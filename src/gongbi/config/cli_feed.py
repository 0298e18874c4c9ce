"""Commands for real input: feed check, replay."""

from pathlib import Path
from typing import Annotated

import typer

from gongbi.config.console import tell


def add_to(app: typer.Typer) -> None:
    """Hang these commands on the main one."""
    feed = typer.Typer(help="Read a file of the real world by a mapping.", no_args_is_help=True)
    feed.command("check")(check)
    app.add_typer(feed, name="feed")


def check(
    mapping: str,
    data: Annotated[Path, typer.Option(help="Folder, or the file itself.")],
    first: Annotated[int, typer.Option(help="How many rows to show as understood.")] = 10,
) -> None:
    """Show the first rows as understood, and every row that would be refused and why."""
    tell(f"{mapping} {data} {first}")
