"""deadlines learn: what a city promises, read from a file of what it has done."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from gongbi.config.console import fail, table, tell

Rows = dict[str, list[tuple[int, int]]]


def add_to(app: typer.Typer) -> None:
    """Hang these commands on the main one."""
    deadlines = typer.Typer(help="What a city promises.", no_args_is_help=True)
    deadlines.callback()(lambda: None)
    deadlines.command("learn")(learn)
    app.add_typer(deadlines, name="deadlines")


def learn(
    file: Annotated[Path, typer.Argument(help="CSV with a heading, one row a case.")],
    type_: Annotated[str, typer.Option("--type", help="Column of the type.")] = "type",
    opened: Annotated[str, typer.Option(help="Column of when it came.")] = "opened",
    due: Annotated[str, typer.Option(help="Column of when it was to be done.")] = "due",
    out: Annotated[Path | None, typer.Option(help="Where to write the proposal.")] = None,
) -> None:
    """Find each type's promise and the office hours behind it; propose them for a pack."""
    from gongbi.core.public import city

    columns = (type_, opened, due)
    try:
        rows, refused = _read(file, columns, city().zone)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        fail(f"{file.name} cannot be read as CSV in UTF-8: {error}")
    for line, reason in refused[:10]:
        tell(f"{file.name}:{line}: {reason}", mark=" !", style="yellow")
    if len(refused) > 10:
        tell(f"… and {len(refused) - 10:,} more rows were left out.", mark=" !", style="yellow")
    if not rows:
        fail("No row has a type, a time it came and a time it was due; nothing can be learnt.")
    hours, found = _learn(rows)
    _show(hours, found)
    if out:
        out.write_text("\n".join(_proposal(file.name, hours, found)), "utf-8")
        tell(f"{out}: read it, then copy what holds into calendars.toml and case_types.toml.")


def _read(
    file: Path, columns: tuple[str, str, str], zone: Any
) -> tuple[Rows, list[tuple[int, str]]]:
    """Times by type in microseconds, and the rows that cannot be taken, by line; others go on."""
    rows, refused = defaultdict(list), []
    with file.open(encoding="utf-8-sig", newline="") as text:
        reader = csv.DictReader(text)
        missing = [name for name in columns if name not in (reader.fieldnames or ())]
        if missing:
            fail(f"{file.name} has no column {', '.join(missing)}; name yours by an option.")
        for row in reader:
            kind, *edges = (row[name] or "" for name in columns)
            if not edges[1]:
                continue  # nothing was promised
            try:
                start, end = (_instant(edge, zone) for edge in edges)
            except ValueError:
                refused.append((reader.line_num, f"{edges} are not two times."))
                continue
            if not kind or end <= start:
                reason = "it has no type" if not kind else f"due {edges[1]} before it came"
                refused.append((reader.line_num, f"Left out: {reason}."))
                continue
            rows[kind].append((start, end))
    return dict(rows), refused


def _instant(said: str, zone: Any) -> int:
    from gongbi.kernel.worktimes import instant_of

    moment = datetime.fromisoformat(said.strip())
    return instant_of(moment if moment.tzinfo else moment.replace(tzinfo=zone))


def _learn(rows: Rows) -> tuple[tuple[int, int] | None, dict[str, Any]]:
    import numpy as np

    from gongbi.core.public import city
    from gongbi.kernel.calendars import WorkingCalendar
    from gongbi.kernel.cases.promise_learning import learn as learn_one
    from gongbi.kernel.cases.promise_learning import learn_hours

    arrays = {kind: np.array(some, np.int64) for kind, some in rows.items()}
    every = np.concatenate(list(arrays.values()))
    zone = city().zone
    hours = learn_hours(every[:, 0], every[:, 1], zone)
    calendars = {
        "learnt": WorkingCalendar(zone, (hours or (540, 1020),), frozenset({1, 2, 3, 4, 5})),
        "always": WorkingCalendar(zone, ((0, 1440),), frozenset(range(1, 8))),
    }
    found = {kind: learn_one(some[:, 0], some[:, 1], calendars) for kind, some in arrays.items()}
    return hours, {kind: one for kind, one in found.items() if one}


def _show(hours: tuple[int, int] | None, found: dict[str, Any]) -> None:
    if hours:
        tell(f"Office hours behind the deadlines: {_span(hours)}, Monday to Friday.")
    else:
        tell("No office hours show in the deadlines; 09:00-17:00 was tried.", mark=" !")
    rows = sum(one.rows for one in found.values())
    close = sum(one.close * one.rows for one in found.values())
    tell(f"{len(found)} types, {rows:,} rows: {close / rows:.1%} said within an hour.")
    shown = sorted(found.items(), key=lambda one: -one[1].rows)
    table(
        "Promises",
        ("type", "rows", "promise", "calendar", "within a minute", "an hour", "next best"),
        (
            (kind, one.rows, one.promise, one.calendar, f"{one.exact:.1%}", f"{one.close:.1%}",
             f"{one.runner_up} {one.runner_up_weight:.0%}" if one.runner_up else "–")
            for kind, one in shown
        ),
    )  # fmt: skip


def _span(hours: tuple[int, int]) -> str:
    return "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in hours)


def _proposal(name: str, hours: tuple[int, int] | None, found: dict[str, Any]) -> Iterator[str]:
    import json

    yield f"# Promises learnt from {name}. A proposal: read it, then copy what holds."
    if hours:
        yield f'\n[calendar.learnt]\nweekdays = [1, 2, 3, 4, 5]\nhours = ["{_span(hours)}"]'
    for kind, one in sorted(found.items()):
        yield f"\n# {one.rows} rows, {one.close:.1%} within an hour; next best: {one.runner_up}"
        yield f"[[promise]]\ntype = {json.dumps(kind, ensure_ascii=False)}"
        yield f'solve = "{one.promise}"\ncalendar = "{one.calendar}"'
    yield ""
