"""The commands for the register of assets: load it, print its labels."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from gongbi.config.cli_checkup import LANGUAGES, of_terminal
from gongbi.config.console import fail, out, tell


def add_to(app: typer.Typer) -> None:
    """Hang this command on the main one."""
    assets = typer.Typer(help="The register of assets.", no_args_is_help=True)
    assets.command("load")(load)
    assets.command("sheet")(sheet)
    assets.callback()(lambda: None)
    app.add_typer(assets, name="assets")


def load(
    file: Path,
    whole: Annotated[
        bool, typer.Option(help="Retire what stands of the file's kinds and is not in it.")
    ] = False,
    most: Annotated[int, typer.Option(help="How many refusals are spelled out; 0: all.")] = 50,
) -> None:
    """Take FILE, a CSV of assets, into the register; bad rows are refused, the others go on."""
    from gongbi.core.assets.loading import load_assets
    from gongbi.core.pack_files import Fault, Unreadable

    refused: list[Fault] = []

    def keep(fault: Fault) -> None:
        if not most or len(refused) < most:
            refused.append(fault)

    with Progress(*Progress.get_default_columns()[:1], "{task.completed:,.0f} rows",
                  console=out) as bar:  # fmt: skip
        task = bar.add_task("Loading", total=None)
        try:
            found = load_assets(
                file,
                by="command:gongbi",
                whole=whole,
                refused=keep,
                done=lambda rows: bar.advance(task, rows),
            )
        except Unreadable as error:
            bar.stop()
            fail(str(error.fault))
    for fault in refused:
        tell(str(fault), mark=" !")
    if found.refused > len(refused):
        tell(f"… and {found.refused - len(refused):,} more; --most 0 shows all.")
    tell(
        f"{found.new:,} new, {found.changed:,} changed, {found.same:,} as before, "
        f"{found.retired:,} retired, {found.refused:,} refused."
    )
    if found.refused:
        raise SystemExit(1)


MOST_LABELS = 5_000


def sheet(
    kind: Annotated[str, typer.Option(help="Code of the kind, as lamp.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The PDF to write.")],
    place: Annotated[str, typer.Option(help="Code of the place; without it, the city.")] = "",
    after: Annotated[str, typer.Option(help="Go on behind this asset's code.")] = "",
) -> None:
    """Print labels with square codes for assets of a kind: 24 of 70 × 37 mm on A4."""
    from django.utils.translation import override

    from gongbi.core.public import city
    from gongbi.core.public import place as place_of
    from gongbi.desk.public import CannotPrint, labels, labels_as_pdf

    if out.suffix.lower() != ".pdf":
        fail(f"{out.name} says not which form: end it in .pdf.")
    found = place_of(place or city().code)
    if found is None:
        fail(f"There is no place {place!r}; give its code, as places.csv of the pack has it.")
    try:
        with override(LANGUAGES[of_terminal()]):
            rows, behind = labels(kind, found, after=after, most=MOST_LABELS)
        out.write_bytes(labels_as_pdf(rows))
    except CannotPrint as error:
        fail(str(error))
    except OSError as error:
        fail(f"{out} could not be written: {error}")
    tell(f"{len(rows):,} labels on {-(-len(rows) // 24):,} sheets: {out}")
    if behind:
        tell(f"There are more: --after {behind!r} goes on.", mark=" !")
