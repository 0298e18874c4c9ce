"""The command for terms: what is kept of residents, and what would be deleted when."""

from datetime import datetime, timedelta
from typing import Annotated

import typer

from gongbi.config.console import fail, table


def add_to(app: typer.Typer) -> None:
    """Hang this command on the main one."""
    app.command()(keeping)


def keeping(
    until: Annotated[
        str, typer.Option(help="Count what goes by that day, 2027-01-31; 30 days if left out.")
    ] = "",
) -> None:
    """Show what is kept of reporters by type, and what the clock would delete. Deletes nothing."""
    from gongbi.cases import public as cases
    from gongbi.core.public import now

    days = _days(until) if until else 30
    table(
        "Kept after the end of a case (days), held, and gone: now, by then",
        ("type", "what", "kept", "held", "now", "by then"),
        (
            (one.code, one.part, str(one.days or "until asked"), str(one.held),
             *(str(many) for many in one.gone))
            for one in cases.kept_parts(now(), (0, days))
        ),
    )  # fmt: skip


def _days(until: str) -> int:
    from gongbi.core.public import city, now

    here = now().astimezone(city().zone)
    try:
        day = datetime.strptime(until, "%Y-%m-%d").replace(tzinfo=here.tzinfo)
    except ValueError:
        fail(f"{until!r} is no day; write 2027-01-31.")
    return max(0, (day + timedelta(days=1) - here).days + 1)
