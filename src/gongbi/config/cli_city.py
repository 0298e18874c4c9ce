"""Commands for drawing and loading a city: city new, town new, pack check, pack load, play."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from gongbi.config import cli_pack
from gongbi.config.console import fail, out, table, tell


def add_to(app: typer.Typer) -> None:
    """Hang these commands on the main one."""
    city = typer.Typer(help="Draw a whole fictional city.", no_args_is_help=True)
    city.command("new")(new_city)
    town = typer.Typer(help="Start a real town from one spreadsheet.", no_args_is_help=True)
    town.command("new")(new_town)
    town.command("sheet")(example_sheet)
    pack = typer.Typer(help="Check, compare, try and load a city pack.", no_args_is_help=True)
    pack.command("check")(check)
    pack.command("load")(load)
    pack.command("diff")(cli_pack.diff)
    pack.command("rehearse")(cli_pack.rehearse)
    for name, group in (("city", city), ("town", town), ("pack", pack)):
        app.add_typer(group, name=name)
    app.command("play")(play)


def new_city(
    folder: Path,
    people: Annotated[int, typer.Option(help="2,000 to 40,000,000.")] = 50_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 1,
    datastreams: Annotated[
        int | None, typer.Option(help="How many sensors; default: six for a hundred people.")
    ] = None,
) -> None:
    """Draw a city of that many people into FOLDER, as a city pack."""
    from gongbi.generator.public import draw_city

    with Progress(console=out) as bar:
        task = bar.add_task("Drawing", total=1.0)
        try:
            summary = draw_city(
                folder,
                people=people,
                seed=seed,
                datastreams=datastreams,
                told=lambda what, share: bar.update(task, description=what, completed=share),
            )
        except (ValueError, OSError) as error:
            bar.stop()
            fail(str(error))
        bar.update(task, completed=1.0)
    tell(str(summary))


def new_town(
    folder: Path,
    sheet: Annotated[Path, typer.Option("--from", help="The spreadsheet, .xlsx.")],
) -> None:
    """Make a city pack of a real small town from one spreadsheet."""
    from gongbi.generator.public import SheetRefused, town_from_sheet

    try:
        tell(str(town_from_sheet(sheet, folder)))
    except SheetRefused as error:
        table(
            "The sheet has faults; nothing was written",
            ("sheet", "row", "column", "reason", "remedy"),
            ((one.sheet, one.row, one.column, one.reason, one.remedy) for one in error.faults),
        )
        raise typer.Exit(1) from error


def example_sheet(file: Path) -> None:
    """Write an example spreadsheet to fill in."""
    from gongbi.generator.public import write_example_sheet

    write_example_sheet(file)
    tell(f"{file}: fill it in, then run: gongbi town new FOLDER --from {file.name}")


def check(folder: Path) -> None:
    """Name every fault of a pack with file, line and reason."""
    from gongbi.core.public import check_pack

    faults = check_pack(folder)
    for fault in faults:
        tell(str(fault))
    if faults:
        fail(f"{len(faults)} faults; nothing was loaded.")
    tell("The pack is sound.")


def load(folder: Path) -> None:
    """Load a pack: whole, or not at all."""
    from django.core.management import call_command

    from gongbi.core.public import PackRefused, load_pack

    call_command("migrate", verbosity=0)
    try:
        number = load_pack(folder, by="command")
    except PackRefused as error:
        for fault in error.faults:
            tell(str(fault))
        fail(str(error))
    tell(f"City pack {number} is in force.")


def play(
    pack: Path,
    speed: Annotated[str, typer.Option(help="City seconds in a second, or max.")] = "60",
    seed: Annotated[int, typer.Option(help="Another seed plays another day.")] = 1,
    start: Annotated[str, typer.Option(help="When the day begins: 2026-11-24T06:00.")] = "",
    truth: Annotated[Path | None, typer.Option(help="Where the truth is written.")] = None,
) -> None:
    """Play a drawn city's day through the sockets: readings, reports, crews, incidents."""
    from django.conf import settings

    from gongbi.config.accounts import make_player_keys

    make_player_keys()
    data = Path(settings.GONGBI_DATA)
    arguments = [
        *(sys.executable, "-m", "gongbi.simulator", str(pack)),
        *("--base-url", settings.GONGBI_PUBLIC_URL),
        *("--ingest-url", settings.GONGBI_INGEST_URL),
        *("--keys", str(data / "demo_keys.json"), "--seed", str(seed), "--speed", speed),
        *("--truth", str(truth or data / "truth.jsonl")),
        *("--start", start or _continue_at()),
    ]
    os.execv(sys.executable, arguments)


def _continue_at() -> str:
    """Where the play stopped last time; else this morning at six."""
    from django.conf import settings
    from django.utils import timezone

    from gongbi.core.clock import played_until
    from gongbi.core.public import city

    zone = city().zone
    until = played_until(Path(settings.GONGBI_DATA))
    if until:
        return until.astimezone(zone).isoformat()
    six = timezone.now().astimezone(zone).replace(hour=6, minute=0, second=0, microsecond=0)
    return six.isoformat()
