"""How commands speak: a sentence, a table, a bar."""

from collections.abc import Iterable
from typing import NoReturn

from rich.console import Console
from rich.table import Table
from rich.text import Text

out = Console()
wide = Console(width=10_000)  # a file, a pipe: its rows are searched, not looked at
err = Console(stderr=True)


def fail(sentence: str, code: int = 1) -> NoReturn:
    """End the command with one sentence on stderr."""
    tell(sentence, mark="✗", style="red", to=err)
    raise SystemExit(code)


def tell(sentence: str, *, mark: str = "", style: str = "", to: Console = out) -> None:
    """Say one sentence, behind a mark; its brackets are its own and the terminal breaks it.

    A line broken by us could not be searched, and no command would find its path in it.
    """
    said = Text.assemble((f"{mark} ", style), sentence) if mark else Text(sentence, style)
    to.print(said, highlight=False, soft_wrap=True)


def table(title: str, heads: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Print rows under heads; only a terminal has an edge at which they are broken."""
    grid = Table(title=Text(title), title_justify="left")
    for head in heads:
        grid.add_column(head, overflow="fold")
    for row in rows:
        grid.add_row(*(Text(str(cell)) for cell in row))
    (out if out.is_terminal else wide).print(grid)
