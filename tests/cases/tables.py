"""The tables of the life cycle as docs/parts/cases.md prints them."""

from gongbi.cases import consequences, states

HEAD = ("verb", "from", "to", "who", "fill in", "follows", "when", "on the clock", "told")
TASK_HEAD = ("verb", "from", "to", "when")
SEEN_HEAD = ("told", "sees it on")


def rows() -> list[str]:
    """The life of a case, every column."""
    return [
        _line(
            f"`{row.verb}`", row.source, row.target, _who(row), ", ".join(row.asks),
            ", ".join(row.follows), row.when or "always", consequences.clock_of(row.verb),
            ", ".join(consequences.tells(row.verb)),
        )
        for row in states.TABLE
    ]  # fmt: skip


def task_rows() -> list[str]:
    """The life of a task."""
    return [
        _line(f"`{row.verb}`", row.source or "–", row.target, row.when or "always")
        for row in consequences.TASK_TABLE
    ]


def seen_rows() -> list[str]:
    """Where those told see it."""
    return [_line(who, where) for who, where in consequences.SEEN.items()]


def _who(row: states.Edge) -> str:
    return row.needs or {"reporter": "the reporter", "system": "the clock"}[row.by]


def _line(*cells: str) -> str:
    return "| " + " | ".join(cell or "–" for cell in cells) + " |"


def printed(head: tuple[str, ...], lines: list[str]) -> str:
    """A table with its head."""
    return "\n".join([_line(*head), _line(*("---" for _ in head)), *lines])
