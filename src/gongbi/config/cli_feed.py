"""Commands for real input: feed check, feed pack, replay."""

from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.progress import Progress

from gongbi.config.console import fail, out, table, tell
from gongbi.feeds.public import (
    CheckReport,
    FileRefused,
    Mapping,
    MappingRefused,
    Understood,
    read_mapping,
)

MOST_REFUSED = 20


def add_to(app: typer.Typer) -> None:
    """Hang these commands on the main one."""
    feed = typer.Typer(help="Read files of the real world by a mapping.", no_args_is_help=True)
    feed.command("check")(check)
    feed.command("pack")(pack)
    feed.command("guess")(guess)
    app.add_typer(feed, name="feed")
    app.command("replay")(replay)


def _mapping(name: str) -> Mapping:
    try:
        return read_mapping(name)
    except MappingRefused as error:
        for fault in error.faults:
            tell(fault)
        fail(f"{len(error.faults)} faults in the mapping.")


Data = Annotated[Path, typer.Option(help="The folder of the files, or one file.")]


def check(
    mapping: str,
    data: Data,
    first: Annotated[int, typer.Option(help="Rows to show as understood.")] = 10,
    most: Annotated[int, typer.Option(help="Refusals to show.")] = 50,
) -> None:
    """Show the first rows as understood, and every row that would be refused and why."""
    from gongbi.feeds.public import check as look

    try:
        report = look(_mapping(mapping), data, first=first)
    except (FileRefused, OSError) as error:
        fail(str(error))
    table("Understood", ("row", "becomes"), ((row.row, _shown(row)) for row in report.first))
    if report.refused:
        table("Refused", ("where", "why"), _refusals(report, most))
    tell(
        f"{report.read:,} rows read = {report.understood:,} understood + "
        f"{report.repeated:,} repeated + {report.refused_rows:,} refused"
        + (f"; {report.zeros_made:,} zeros made for absent rows" if report.zeros_made else "")
    )
    nothing = report.read > 0 and report.understood == report.repeated == 0
    raise typer.Exit(1 if report.whole_file_refused or nothing else 0)


def _refusals(report: CheckReport, most: int) -> list[tuple[str, str]]:
    rows = [
        (f"{one.file}:{one.row}", str(one).split(": ", 1)[-1]) for one in report.refused[:most]
    ]
    more = sum(report.reasons.values()) - len(rows)
    return [*rows, ("…", f"{more} more")] if more > 0 else rows


def _shown(row: Understood) -> str:
    if row.report is not None:
        said = row.report
        return f"{said.at:%Y-%m-%d %H:%MZ} {said.type or '?'} {said.place or ''} {said.words[:60]}"
    return "; ".join(
        f"{one.at:%Y-%m-%d %H:%MZ} {one.datastream} = {one.value:g}" for one in row.observations
    )


def guess(
    file: Path,
    zone: Annotated[
        str, typer.Option(help="The zone its times are written in.")
    ] = "Asia/Shanghai",
    source: Annotated[str, typer.Option(help="What its reports are called.")] = "intake",
) -> None:
    """Draft a mapping for an export of tickets: save what it prints, mend it, then check it."""
    from gongbi.feeds.public import guess_mapping, to_toml

    try:
        draft = guess_mapping(file.read_bytes(), file.name, zone=zone, source=source)
    except (FileRefused, OSError) as error:
        fail(str(error))
    for reason in draft.reasons:
        tell(f"# {reason}")
    for meaning in draft.missing:
        tell(f"# No column was found for: {meaning}.")
    tell(to_toml(draft.mapping))


def pack(mapping: str, data: Data, folder: Path) -> None:
    """Write the small city pack that a shipped feed needs into FOLDER."""
    from gongbi.replay.public import NoPack, pack_for

    try:
        pack_for(_mapping(mapping), data, folder)
    except (NoPack, OSError) as error:
        fail(str(error))
    tell(f"{folder}: now run: gongbi pack load {folder}")


def replay(
    mapping: str,
    data: Data,
    speed: Annotated[str, typer.Option(help="City seconds in a second, or max.")] = "600",
    start: Annotated[str, typer.Option("--from", help="2016-02-01, in the feed's zone.")] = "",
    until: Annotated[str, typer.Option(help="2016-03-01, in the feed's zone.")] = "",
) -> None:
    """Play recorded files through the doors of live input; ends with an account to the row."""
    from django.conf import settings

    from gongbi.config.accounts import make_player_keys
    from gongbi.replay.public import Doors, Stopped
    from gongbi.replay.public import replay as play

    if settings.GONGBI_CLOCK != "played":
        fail("A replay sets the city's clock; start the city with GONGBI_CLOCK=played.")
    said = _mapping(mapping)
    zone = ZoneInfo(said.time.zone)
    with Progress(console=out) as bar:
        task = bar.add_task("Reading", total=1.0)
        doors = Doors(
            settings.GONGBI_PUBLIC_URL, settings.GONGBI_INGEST_URL, make_player_keys(), told=tell
        )
        try:
            account = play(
                said,
                data,
                doors,
                speed=_speed(speed),
                from_=_moment(start, zone),
                until=_moment(until, zone),
                told=lambda at, share: bar.update(task, description=at[:16], completed=share),
            )
        except (Stopped, FileRefused, OSError) as error:
            bar.stop()
            fail(str(error))
    _say(account)
    raise typer.Exit(0 if account.whole else 1)


def _speed(said: str) -> float | None:
    if said == "max":
        return None
    try:
        return float(said)
    except ValueError:
        fail(f"--speed {said!r} is neither a number nor max.")


def _moment(said: str, zone: ZoneInfo) -> datetime | None:
    if not said:
        return None
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        fail(f"{said!r} is not a date; write 2016-02-01 or 2016-02-01T06:00.")
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _say(account: "object") -> None:
    from gongbi.replay.public import Reconciliation

    assert isinstance(account, Reconciliation)
    tell(
        f"{account.read:,} rows read = {account.sent_rows:,} sent + {account.outside:,} outside "
        f"the span + {account.repeated_in_file:,} repeated + {account.refused_here:,} refused here"
    )
    tell(
        f"{account.sent_items:,} items sent ({account.zeros_made:,} of them zeros for absent "
        f"rows) = {account.stored:,} stored + {account.repeated:,} known already + "
        f"{account.refused_there:,} refused by the city"
    )
    if account.counts_sent:
        tell(
            f"{account.counts_sent:,} counts of reports sent = {account.counts_kept:,} kept + "
            f"{account.counts_refused:,} refused by the city"
        )
    if account.reasons:
        table(
            "Why refused", ("rows", "reason"), ((n, r) for r, n in account.reasons.most_common())
        )
    for row in account.refused[:MOST_REFUSED]:
        tell(str(row))
    more = len(account.refused) - MOST_REFUSED
    if more > 0:
        tell(f"… and {more:,} more; gongbi feed check shows them all.")
    tell(
        "The account is whole." if account.whole else "Rows are missing: this is a fault of ours."
    )
