"""Commands for files that come in: files check has old ones looked at, files list shows them."""

import typer

from gongbi.config.console import fail, table, tell


def add_to(app: typer.Typer) -> None:
    """Hang these commands on the main one."""
    files = typer.Typer(
        help="Files that came in, and the check for malware.", no_args_is_help=True
    )
    files.command("list")(list_)
    files.command("check")(check)
    app.add_typer(files, name="files")


def list_() -> None:
    """Show what waits to be looked at and what was put aside."""
    from gongbi.core.models import FileCheck

    rows = FileCheck.objects.exclude(state=FileCheck.CLEAN).order_by("owed_at", "pk")
    table(
        "Files that wait or were put aside",
        ("file", "of", "state", "came", "found or trouble"),
        (
            (str(row.file), row.about or row.keeper, row.state, f"{row.owed_at:%Y-%m-%d %H:%M}",
             row.found or row.trouble)
            for row in rows
        ),
    )  # fmt: skip


def check() -> None:
    """Have files looked at that came in before there was a scanner; nobody sees them meanwhile."""
    from gongbi.core.files.checking import owe_unchecked, scanner

    if scanner() is None:
        fail("No scanner is named; set GONGBI_SCANNER first.")
    tell(f"{owe_unchecked()} files wait to be looked at; the worker does it.")
