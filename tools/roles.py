"""Write the marks of docs/roles.md anew from the code; what a verb opens is said there by hand."""

import re
from pathlib import Path

from gongbi.config.roles import ROLES

PAGE = Path(__file__).resolve().parents[1] / "docs" / "roles.md"
TABLE = re.compile(r"^\| may \|.*\n(?:\|.*\n)+", re.MULTILINE)


def rows_of(table: str) -> dict[str, str]:
    """What each verb opens, in the order of the page."""
    rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in table.splitlines()[2:]]
    return {row[0]: row[-1] for row in rows}


def written(table: str) -> str:
    """The table as the code has it; a new verb comes last, and waits for its words."""
    every, said = set().union(*ROLES.values()), rows_of(table)
    heads = [*table.splitlines()[:1], "| --- |" + " :-: |" * len(ROLES) + " --- |"]
    verbs = [one for one in said if one in every] + sorted(every - said.keys())
    rows = [
        f"| {verb} | "
        + " | ".join("●" if verb in ROLES[role] else "" for role in ROLES)
        + f" | {said.get(verb, '')} |"
        for verb in verbs
    ]
    return "\n".join([*heads, *rows]) + "\n"


if __name__ == "__main__":
    text = PAGE.read_text("utf-8")
    PAGE.write_text(TABLE.sub(lambda found: written(found[0]), text), "utf-8")
