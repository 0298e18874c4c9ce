"""Commands on history: rewind, history, vitals rehearse."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress

from gongbi.config.console import fail, out, table, tell

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
    since: Annotated[str, typer.Option(help="Rows with times from then: 2026-11-01.")] = "",
) -> None:
    """Make history anew where rows came too late for their windows; live levels stay."""
    from django.conf import settings

    from gongbi.core.public import city, now
    from gongbi.stream import public as stream

    try:
        begin = datetime.fromisoformat(since or "1970-01-01")
    except ValueError:
        fail(f"{since!r} is no time; write it as 2026-11-01.")
    begin = begin if begin.tzinfo else begin.replace(tzinfo=city().zone)
    try:
        done = stream.backfill(Path(settings.GONGBI_DATA), since=begin, now=now())
    except stream.HistoryBusy as error:
        fail(str(error))
    tell(
        f"{done.windows} windows have late rows: {done.changed} readings corrected, "
        f"{done.waiting} wait for their day to be compacted, "
        f"{done.beyond_log} cannot be made anew: the log no longer holds their rows."
    )
