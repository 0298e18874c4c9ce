"""The command for the register of assets: assets load."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from gongbi.config.console import fail, out, tell


def add_to(app: typer.Typer) -> None:
    """Hang this command on the main one."""
    assets = typer.Typer(help="The register of assets.", no_args_is_help=True)
    assets.command("load")(load)
    assets.callback()(lambda: None)
    app.add_typer(assets, name="assets")


def load(
    file: Path,
    whole: Annotated[
        bool, typer.Option(help="Retire what stands of the file's kinds and is not in it.")
    ] = False,
    most: Annotated[int, typer.Option(help="How many refusals are spelled out; 0: all.")] = 50,
) -> None:
    """Take FILE, a CSV of assets, into the register; bad rows are refused, the others go on."""
    from gongbi.core.assets.loading import load_assets
    from gongbi.core.pack_files import Fault, Unreadable

    refused: list[Fault] = []

    def keep(fault: Fault) -> None:
        if not most or len(refused) < most:
            refused.append(fault)

    with Progress(*Progress.get_default_columns()[:1], "{task.completed:,.0f} rows",
                  console=out) as bar:  # fmt: skip
        task = bar.add_task("Loading", total=None)
        try:
            found = load_assets(
                file,
                by="command:gongbi",
                whole=whole,
                refused=keep,
                done=lambda rows: bar.advance(task, rows),
            )
        except Unreadable as error:
            bar.stop()
            fail(str(error.fault))
    for fault in refused:
        tell(str(fault), mark=" !")
    if found.refused > len(refused):
        tell(f"… and {found.refused - len(refused):,} more; --most 0 shows all.")
    tell(
        f"{found.new:,} new, {found.changed:,} changed, {found.same:,} as before, "
        f"{found.retired:,} retired, {found.refused:,} refused."
    )
    if found.refused:
        raise SystemExit(1)
