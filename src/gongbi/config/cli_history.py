"""Commands on history: rewind, history, backfill, vitals rehearse."""

import csv
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import Progress

from gongbi.config.console import fail, out, table, tell

if TYPE_CHECKING:
    from gongbi.config.bulk_history import Account

MOST_SHOWN = 50
BUSY_SECONDS = 60.0
"""How long to wait for the process that tends history."""
LEVELS = {-1: "no data", 0: "normal", 1: "notice", 2: "warning", 3: "alarm"}


def add_to(app: typer.Typer) -> None:
    """Hang these commands on the main one."""
    app.command("rewind")(rewind)
    app.command("history")(history)
    app.command("backfill")(backfill)
    vitals = typer.Typer(help="The city's signs.", no_args_is_help=True)
    vitals.command("rehearse")(rehearse)
    app.add_typer(vitals, name="vitals")


def rewind(
    at: Annotated[str, typer.Option(help="A time of the city: 2026-11-24T10:30.")],
    place: Annotated[str, typer.Option(help="Code of a place; the city's if left out.")] = "",
) -> None:
    """Show a past moment's signs and alerts, as they were then known."""
    from gongbi.core.public import PostHeld, Scope, city
    from gongbi.core.public import place as find
    from gongbi.vitals import public as vitals

    zone = city().zone
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        fail(f"{at!r} is no time; write it as 2026-11-24T10:30.")
    moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    where = find(place or city().code)
    if where is None:
        fail(f"There is no place {place!r}; its code stands in places.csv.")
    reach = vitals.reach()
    told = reach.levels.astimezone(zone).isoformat(" ", "minutes") if reach.levels else "nowhere"
    tell(f"{where.name} as it was known at {moment.astimezone(zone):%Y-%m-%d %H:%M:%S}.")
    tell(f"History reaches back to {told}.")
    # Whoever may run commands on this machine sees what lies below any place.
    scope = Scope("command", (PostHeld("supervisor", "", "", where.path),))
    alerts = vitals.alerts_at(scope, where.path, moment)
    rows = ((a.name, a.place_name, LEVELS[a.level], _figure(a.value), a.unit) for a in alerts)
    table(f"{len(alerts)} alerts were on", ("sign", "place", "level", "value", "unit"), rows)
    groups = vitals.signs_at(scope, where.path, moment)
    signs = [sign for _, group in groups for sign in group]
    rows = ((s.name, s.place_name, LEVELS[s.level], _figure(s.value), s.unit) for s in signs)
    table("Signs", ("sign", "place", "level", "value", "unit"), rows)


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}"


def history() -> None:
    """Compact, sum up and remove what is due now, and say how far back history goes."""
    from django.conf import settings

    from gongbi.stream import public as stream
    from gongbi.stream.history_keeper import HistoryBusy, tend

    data = Path(settings.GONGBI_DATA)
    try:
        tell(f"{tend(data)} sets made or retired.")
    except HistoryBusy as error:
        fail(str(error))
    reach = stream.reach(data)
    for name in ("raw", "hour", "day"):
        begin = getattr(reach, name)
        tell(f"{name}: {'nothing' if begin is None else stream.moment_of(begin).isoformat()}")


def rehearse(
    indicators: Annotated[Path, typer.Option(help="A changed indicators.toml.")],
    days: Annotated[int, typer.Option(help="Days back from now.")] = 7,
    place: Annotated[str, typer.Option(help="Code of a place; the city's if left out.")] = "",
) -> None:
    """Run changed rules over the readings of the last days; tell which alerts would differ."""
    from gongbi.core.public import PostHeld, Scope, Unreadable, city
    from gongbi.core.public import place as find
    from gongbi.vitals import public as vitals

    where = find(place or city().code)
    if where is None:
        fail(f"There is no place {place!r}; its code stands in places.csv.")
    scope = Scope("command", (PostHeld("supervisor", "", "", where.path),))
    try:
        rules = vitals.changed_rules(indicators)
    except Unreadable as error:
        fail(str(error))
    for code, why in rules.refused:
        tell(f"{code}: {why}", mark=" !", style="yellow")
    if not rules.changed:
        tell("No rule judges otherwise than the one in force.")
    with Progress(console=out) as bar:
        task = bar.add_task("Rehearsing", total=max(len(rules.changed), 1))
        found = []
        for code in rules.changed:
            bar.update(task, description=f"Rehearsing {code}")
            found.append(
                (code, vitals.rehearse(scope, code, rules.changed[code], where.path, days))
            )
            bar.advance(task)
    for code, trial in found:
        _show_trial(code, trial)


def _show_trial(code: str, trial: Any) -> None:
    c = trial.counts
    tell(
        f"{code}: {c['gained']} alerts more, {c['lost']} fewer, {c['moved']} moved "
        f"({trial.earlier} earlier, {trial.later} later), {c['same']} as they were; "
        f"{trial.readings:,} readings of {trial.places} places."
    )
    rows = [row for row in trial.rows if row["kind"] != "same"][:200]
    if rows:
        heads = ("place", "what", "minutes", "rule in force", "rule tried")
        table(code, heads, (_difference(row) for row in rows))


def _difference(row: dict[str, Any]) -> tuple[str, str, str, str, str]:
    spans = [_span(row[name]) for name in ("before", "after")]
    minutes = f"{row['minutes']:+g}" if row["kind"] == "moved" else ""
    return row["place"], row["kind"], minutes, spans[0], spans[1]


def _span(one: dict[str, Any] | None) -> str:
    from gongbi.core.public import city

    if one is None:
        return "–"
    zone = city().zone
    end = f"{one['end'].astimezone(zone):%m-%d %H:%M}" if one["end"] else "on"
    return f"{LEVELS[one['level']]} {one['start'].astimezone(zone):%m-%d %H:%M} – {end}"


def backfill(
    path: Annotated[
        Path | None, typer.Argument(help="A file of rows, or a folder of them; none: late rows.")
    ] = None,
    since: Annotated[str, typer.Option(help="Rows with times from then: 2026-11-01.")] = "",
    refused: Annotated[
        Path | None, typer.Option(help="Write refused rows here: file, line, reason.")
    ] = None,
) -> None:
    """Take history in from files, or where rows came too late: history is corrected.

    Files are CSV, newline JSON, Arrow or Parquet: datastream, time, value. Live levels stay.
    """
    try:
        begin = datetime.fromisoformat(since or "1970-01-01")
    except ValueError:
        fail(f"{since!r} is no time; write it as 2026-11-01.")
    faults, after = 0, 0
    if path is not None:
        faults, after = _take_files(path, refused)
    _correct(begin, after)
    if faults:
        raise typer.Exit(1)


def _take_files(path: Path, refused: Path | None) -> tuple[int, int]:
    """Send what the files hold and wait for the engine; (rows and files left out, position)."""
    from django.conf import settings

    from gongbi.config import bulk_history as bulk
    from gongbi.config.accounts import make_ingest_key
    from gongbi.config.bulk_files import CannotRead
    from gongbi.doors.public import Door, DoorShut
    from gongbi.stream import public as stream

    data = Path(settings.GONGBI_DATA)
    before = stream.status(data).log_end
    door = Door(settings.GONGBI_INGEST_URL, make_ingest_key(bulk.KEY), patience_seconds=20)
    with Progress(console=out) as bar:
        task = bar.add_task("Reading", total=1.0)
        try:
            account = bulk.take_in(
                path, door, lambda name, share: bar.update(task, description=name, completed=share)
            )
            bar.update(task, description="The engine folds", completed=0.0)
            for share in bulk.wait_for_engine(lambda: _positions(data)):
                bar.update(task, completed=share)
        except (CannotRead, OSError) as error:
            bar.stop()
            fail(
                str(error) or "The engine does not go on; see logs/engine.log, then run it again."
            )
        except DoorShut as error:
            bar.stop()
            fail(f"{error} Start the city (gongbi up), then run it again: nothing is lost.")
    _say_account(account, refused)
    # What was stored before may never have come into history: then all that is late is looked at.
    return account.refused + len(account.unread), 0 if account.known else before


def _positions(data: Path) -> tuple[int, int]:
    from gongbi.stream import public as stream

    state = stream.status(data)
    return state.engine_position, state.log_end


def _say_account(account: "Account", refused: Path | None) -> None:
    tell(
        f"{account.files} files, {account.read:,} rows read = {account.stored:,} stored + "
        f"{account.known:,} known already + {account.refused:,} refused"
    )
    for sentence in account.unread:
        tell(sentence, mark="✗", style="red")
    if refused is not None:
        with refused.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(("file", "line", "reason"))
            rows.writerows((one.file, one.line, one.reason) for one in account.shown)
    elif account.shown:
        rows_shown = [(f"{one.file}:{one.line}", one.reason) for one in account.shown[:MOST_SHOWN]]
        table("Refused", ("where", "why"), rows_shown)
    more = account.refused - (
        len(account.shown) if refused else min(len(account.shown), MOST_SHOWN)
    )
    if more > 0:
        tell(f"… and {more:,} more; --refused FILE keeps the first thousand.")


def _correct(begin: datetime, after: int) -> None:
    from django.conf import settings

    from gongbi.core.public import city, now
    from gongbi.stream import public as stream

    begin = begin if begin.tzinfo else begin.replace(tzinfo=city().zone)
    until = time.monotonic() + BUSY_SECONDS
    with Progress(console=out) as bar:
        task = bar.add_task("History is made anew", total=1.0)
        while True:
            try:
                done = stream.backfill(
                    Path(settings.GONGBI_DATA),
                    since=begin,
                    now=now(),
                    after=after,
                    told=lambda share: bar.update(task, completed=share),
                )
                bar.update(task, completed=1.0)
                break
            except stream.HistoryBusy as error:
                if time.monotonic() > until:
                    bar.stop()
                    fail(str(error))
                time.sleep(0.5)
    tell(
        f"{done.windows} windows have late rows: {done.changed} readings corrected "
        f"({done.made} of them made of others), "
        f"{done.waiting} wait for their day to be compacted, "
        f"{done.beyond_log} cannot be made anew: the log no longer holds their rows."
    )
