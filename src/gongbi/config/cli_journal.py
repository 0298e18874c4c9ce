"""Commands on the journal: seal, verify, export-roots, prove."""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from gongbi.config.console import fail, out, tell


def add_to(app: typer.Typer) -> None:
    """Hang these commands on the main one."""
    journal = typer.Typer(help="Seal the journal and check it.", no_args_is_help=True)
    for name, command in (
        ("seal", seal),
        ("verify", verify),
        ("export-roots", export_roots),
        ("prove", prove),
    ):
        journal.command(name)(command)
    app.add_typer(journal, name="journal")


def seal() -> None:
    """Order and seal what is written now; the worker does so every minute."""
    from gongbi.core.outbox import order_lines
    from gongbi.core.sealing import seal_lines

    while order_lines():
        pass
    count = 0
    while some := seal_lines(at_once=True):
        count += some
    tell(f"{count:,} lines sealed.")


def verify(
    roots: Annotated[
        Path | None, typer.Option(help="Roots exported earlier: finds lines sealed anew.")
    ] = None,
) -> None:
    """Check every line and seal; name the first line that fails."""
    from gongbi.core.journal_check import check_journal
    from gongbi.core.journal_proof import RootsUnreadable, read_roots
    from gongbi.core.models import JournalLine

    try:
        anchors = read_roots(roots) if roots else {}
    except (RootsUnreadable, OSError) as error:
        fail(str(error))
    with Progress(console=out) as bar:
        total = JournalLine.objects.exclude(batch=None).count()
        task = bar.add_task("Checking", total=total or 1)
        report = check_journal(anchors=anchors, done=lambda lines: bar.advance(task, lines))
    said = f"{report.lines:,} lines in {report.seals:,} seals, {report.unsealed:,} not sealed yet."
    if report.first is None:
        tell(f"{said} All are as they were sealed.")
        return
    tell(said)
    for one in report.broken[:20]:
        tell(one.what, mark=" ✗", style="red")
    if report.first.line:
        fail(f"The first line that fails is {report.first.line}.")
    fail(report.first.what)


def export_roots(
    file: Annotated[Path | None, typer.Argument(help="Where to; printed if left out.")] = None,
    after: Annotated[int, typer.Option(help="Only seals behind this number.")] = 0,
) -> None:
    """Write every signed root, one JSON line a seal: give it to somebody else to keep."""
    from gongbi.core.journal_proof import exported_roots

    lines = [json.dumps(one, ensure_ascii=False) for one in exported_roots(after)]
    if file is None:
        for line in lines:
            typer.echo(line)
        return
    file.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    tell(f"{file}: {len(lines):,} roots. Keep it outside this house.")


def prove(
    line: Annotated[int, typer.Argument(help="Number of the line.")],
    content: Annotated[bool, typer.Option("--content", help="Also show its content.")] = False,
) -> None:
    """Print the proof of one line as JSON; docs/parts/core.md says how anyone checks it."""
    from gongbi.core.journal_proof import NotProvable
    from gongbi.core.journal_proof import prove as proof_of

    try:
        typer.echo(json.dumps(proof_of(line, with_content=content), ensure_ascii=False, indent=1))
    except NotProvable as error:
        fail(str(error))
