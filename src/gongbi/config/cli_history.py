"""Commands on history: rewind, history."""

from datetime import datetime
from typing import Annotated

import typer

from gongbi.config.console import fail, table, tell

LEVELS = {-1: "no data", 0: "normal", 1: "notice", 2: "warning", 3: "alarm"}


def add_to(app: typer.Typer) -> None:
    """Hang these commands on the main one."""
    app.command("rewind")(rewind)
    app.command("history")(history)


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
    from pathlib import Path

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
