"""gongbi: one command for running a city, drawing one, and feeding it."""

import os
import sys

import typer

from gongbi.config import (
    cli_applications,
    cli_assets,
    cli_checkup,
    cli_city,
    cli_deadlines,
    cli_evaluation,
    cli_feed,
    cli_files,
    cli_history,
    cli_house,
    cli_journal,
    cli_keeping,
    cli_likely,
    cli_open311,
    cli_reading,
    cli_resident,
)
from gongbi.config.console import fail

app = typer.Typer(
    name="gongbi",
    help="Run a very large city with fine brushwork.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
cli_house.add_to(app)
cli_city.add_to(app)
cli_feed.add_to(app)
cli_files.add_to(app)
cli_checkup.add_to(app)
cli_evaluation.add_to(app)
cli_history.add_to(app)
cli_journal.add_to(app)
cli_deadlines.add_to(app)
cli_keeping.add_to(app)
cli_resident.add_to(app)
cli_reading.add_to(app)
cli_likely.add_to(app)
cli_applications.add_to(app)
cli_assets.add_to(app)
cli_open311.add_to(app)

SENSING = [["ingest"], ["engine"], ["history"], ["mqtt"]]
"""Processes that know no tables: all that is read of Django are its settings and its logs."""


def main() -> None:
    """Set Django up, then do what was asked; a fault a user can cause ends in one sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongbi.config.settings")
    from gongbi.config.options import BadOption

    try:
        _set_up()
    except BadOption as error:
        fail(str(error))
    _run()


def _run() -> None:
    from django.db import DatabaseError

    try:
        app()
    except DatabaseError:
        # What the command stumbled over is named only where it is the database itself.
        from gongbi.config.doctor import database

        bad = [f"{one.what} {one.remedy}" for one in database() if one.verdict == "bad"]
        if not bad:
            raise
        fail(f"The database is not ready: {' '.join(bad)}")


def _set_up() -> None:
    if "--help" in sys.argv:
        return
    import django
    from django.conf import settings
    from django.utils.log import configure_logging

    if sys.argv[1:2] == ["run"] and sys.argv[2:] in SENSING:
        configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
    else:
        django.setup()


if __name__ == "__main__":
    main()
