"""Commands that say what a city pack would change: pack diff, pack rehearse."""

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress

from gongbi.config.console import fail, out, table, tell

if TYPE_CHECKING:
    from gongbi.cases.public import Trial


def diff(
    folder: Path,
    most: Annotated[int, typer.Option(help="How many changes are spelled out; 0 for all.")] = 50,
) -> None:
    """Say what loading FOLDER would change, noun by noun. Nothing is loaded."""
    from gongbi.core.public import kept_folder, pack_version
    from gongbi.core.public import pack_changes as changes_of

    _need_sound(folder)
    number = pack_version()
    if not number:
        fail("No pack is in force yet; load one with: gongbi pack load FOLDER")
    changes = changes_of(kept_folder(number), folder)
    if not changes:
        tell(f"Nothing would change: FOLDER says what pack {number} says.")
        return
    counts = Counter((one.file, one.noun, one.how) for one in changes)
    rows = ((file, noun, how, count) for (file, noun, how), count in sorted(counts.items()))
    table(f"Against pack {number}, in force", ("file", "what", "how", "count"), rows)
    for change in changes[: most or None]:
        tell(str(change), mark=" ·")
    if most and len(changes) > most:
        tell(f"… and {len(changes) - most} more; --most 0 shows all.")


def rehearse(
    folder: Path,
    since: Annotated[str, typer.Option(help="Cases opened from then: 2026-11-01.")] = "",
    until: Annotated[str, typer.Option(help="Cases opened before then; now if left out.")] = "",
) -> None:
    """Say which recorded cases FOLDER would have sent elsewhere, or due at another time."""
    from gongbi.cases.public import count_recorded, rehearse_pack
    from gongbi.core.public import now

    _need_sound(folder)
    to = _moment(until) if until else now()
    begin = _moment(since) if since else to - timedelta(days=30)
    if begin >= to:
        fail(f"--since {begin:%Y-%m-%d %H:%M} is not before --until {to:%Y-%m-%d %H:%M}.")
    with Progress(console=out) as bar:
        task = bar.add_task("Rehearsing", total=count_recorded(begin, to) or 1)
        trial = rehearse_pack(folder, begin, to, done=lambda count: bar.advance(task, count))
    _show(trial)


def _need_sound(folder: Path) -> None:
    from gongbi.core.public import check_pack

    faults = check_pack(folder)
    for fault in faults:
        tell(str(fault))
    if faults:
        fail(f"{len(faults)} faults; mend them first.")


def _moment(said: str) -> datetime:
    from gongbi.core.public import city

    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        fail(f"{said!r} is no time; write it as 2026-11-01 or 2026-11-01T08:00.")
    return found if found.tzinfo else found.replace(tzinfo=city().zone)


def _show(trial: "Trial") -> None:
    tell(
        f"{trial.cases:,} cases: {trial.moved:,} would have gone elsewhere; "
        f"{trial.shifted:,} of {trial.promises:,} promises would fall due at another time."
    )
    for code, count in trial.no_type.most_common():
        tell(f"{count:,} cases are of the type {code!r}, which FOLDER no longer has.", mark=" !")
    if trial.asks_load:
        codes = ", ".join(trial.asks_load)
        tell(f"Past loads are not kept: {codes} were tried as if there was room.", mark=" !")
    if trial.elsewhere:
        rows = sorted(trial.elsewhere.items(), key=lambda row: -row[1].count)
        shown = (
            (was or "nobody", to or "nobody", rule or "–", one.count, ", ".join(one.examples))
            for (was, to, rule), one in rows
        )
        table("Elsewhere", ("from", "to", "by rule", "cases", "such as"), shown)
    if trial.shifts:
        late = sorted(trial.shifts.items(), key=lambda row: -row[1].count)
        shifts = (
            (code, kind, one.earlier, one.later, _span(one.most), ", ".join(one.examples))
            for (code, kind), one in late
        )
        heads = ("type", "promise", "earlier", "later", "at most", "such as")
        table("Deadlines", heads, shifts)


def _span(by: timedelta) -> str:
    minutes = round(by / timedelta(minutes=1))
    days, rest = divmod(abs(minutes), 1440)
    said = f"{rest // 60}:{rest % 60:02}"
    return f"{'-' if minutes < 0 else '+'}{f'{days} d ' if days else ''}{said}"
