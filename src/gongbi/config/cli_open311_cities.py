"""The commands for other cities that are read by the clock."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from gongbi.config.console import fail, table, tell

ACTOR = "command:gongbi"
Name = Annotated[str, typer.Argument(help="Its name, as connected.")]


def add_to(app: typer.Typer) -> None:
    """Hang these commands beside the others of Open311."""
    for command in (connect, cities, pause, resume, disconnect):
        app.command(command.__name__)(command)
    app.command("read-now")(read_now)


def connect(
    name: Annotated[str, typer.Argument(help="Name of the other system, of a-z, 0-9 and -.")],
    url: Annotated[str, typer.Argument(help="Its address: https://…/open311/v2")],
    jurisdiction: Annotated[str, typer.Option(help="Its jurisdiction_id, where it asks.")] = "",
    key_file: Annotated[
        Path | None, typer.Option(help="File that holds an api_key; it is sealed.")
    ] = None,
    type_: Annotated[
        list[str] | None,
        typer.Option("--type", help="Their code and our type: 009=abandoned-vehicle; repeat."),
    ] = None,
    zone: Annotated[str, typer.Option(help="Zone of times that say none: Europe/Berlin.")] = "",
    every: Annotated[int, typer.Option(help="Minutes from one reading to the next.")] = 15,
    since: Annotated[
        str, typer.Option("--from", help="Where to begin: 2026-11-01; else a week ago.")
    ] = "",
    by: Annotated[
        str,
        typer.Option(help="updated: it takes updated_after; requested: it takes start_date only."),
    ] = "updated",
    rows: Annotated[int, typer.Option(help="Requests it gives at once, at most.")] = 1000,
    overlap: Annotated[int, typer.Option(help="Minutes that are read once more.")] = 60,
    xml: Annotated[bool, typer.Option("--xml", help="It speaks XML only.")] = False,
) -> None:
    """Read another city by the clock from now on; connected before, it goes on where it was."""
    from gongbi.reports.public import open311_cities as door

    codes = {}
    for one in type_ or []:
        code, equals, ours = one.partition("=")
        if not equals:
            fail(f"{one!r}: write CODE=TYPE with a type of this city, such as 009=litter.")
        codes[code] = ours
    try:
        wanted = door.Wanted(
            url=url,
            key=key_file.read_text("utf-8").strip() if key_file else "",
            jurisdiction=jurisdiction,
            codes=codes,
            zone=zone,
            by=by,
            form="xml" if xml else "json",
            every_minutes=every,
            overlap_minutes=overlap,
            most_rows=rows,
            since=_moment(since),
        )
        row = door.connect(name, wanted, actor=ACTOR)
    except (door.CityRefused, OSError) as refused:
        fail(str(refused))
    tell(f"{name} is read every {every} minutes, from {row.read_to:%Y-%m-%d %H:%M} UTC on.")


def _moment(said: str) -> datetime | None:
    if not said:
        return None
    try:
        at = datetime.fromisoformat(said)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        fail(f"--from {said!r} is no day: write it as 2026-11-01.")


def cities() -> None:
    """List the cities that are read by the clock, and how each fares."""
    from gongbi.reports.public import open311_cities as door

    rows = door.cities()
    table(
        "Other cities",
        ("city", "every", "last read", "up to", "reports", "next", "what was in the way"),
        (
            (
                row.name,
                f"{row.every_minutes} min",
                f"{row.read_at:%Y-%m-%d %H:%M}" if row.read_at else "–",
                f"{row.read_to:%Y-%m-%d %H:%M}",
                f"{row.stored:,}",
                "paused" if row.paused_at else f"{row.due_at:%Y-%m-%d %H:%M}",
                f"{door.in_words(row)} {row.trouble_said}".strip(),
            )
            for row in rows
        ),
    )
    raise typer.Exit(1 if any(row.trouble and not row.paused_at for row in rows) else 0)


def pause(name: Name) -> None:
    """Read a city no more until it is resumed; how far it was read stays."""
    _set(name, "pause", "is read no more until: gongbi open311 resume", "is paused already")


def resume(name: Name) -> None:
    """Read a paused city again from where it stopped."""
    _set(name, "resume", "is read again from where it stopped", "is not paused")


def read_now(name: Name) -> None:
    """Let the worker read a city at once, whatever its next turn is."""
    _set(name, "now", "is read by the worker within moments", "is paused")


def disconnect(name: Name) -> None:
    """Read a city no more and forget its address and key; the reports stay."""
    _set(name, "end", "is read no more; its reports stay", "is gone already")


def _set(name: str, verb: str, done: str, not_done: str) -> None:
    from gongbi.reports.public import open311_cities as door

    row = door.named(name)
    if row is None:
        known = ", ".join(one.name for one in door.cities()) or "none"
        fail(f"No city {name!r} is connected; there are: {known}.")
    tell(f"{name} {done if door.set_to(row, verb, actor=ACTOR) else not_done}.")
