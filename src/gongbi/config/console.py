"""How commands speak: a sentence, a table, a bar."""

from collections.abc import Iterable
from typing import NoReturn

from rich.console import Console
from rich.table import Table

out = Console()
err = Console(stderr=True)


def fail(sentence: str, code: int = 1) -> NoReturn:
    """End the command with one sentence on stderr."""
    err.print(f"[red]✗[/red] {sentence}", highlight=False)
    raise SystemExit(code)


def tell(sentence: str) -> None:
    """Say one sentence."""
    out.print(sentence, highlight=False)


def table(title: str, heads: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Print rows under heads."""
    grid = Table(title=title, title_justify="left")
    for head in heads:
        grid.add_column(head, overflow="fold")
    for row in rows:
        grid.add_row(*(str(cell) for cell in row))
    out.print(grid)
