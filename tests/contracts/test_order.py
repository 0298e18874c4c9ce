"""Rows that may share an instant come in an order of their own: a time alone is none."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PARTS = Path(__file__).parents[2] / "src" / "gongbi"
ORDERS = ("order_by", "latest", "earliest")


def orders(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The last field of every order, with its line."""
    for node in ast.walk(tree):
        told: list[ast.expr] = []
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            told = node.args if node.func.attr in ORDERS else []
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "ordering":
            told = node.value.elts if isinstance(node.value, ast.List | ast.Tuple) else []
        if told and isinstance(told[-1], ast.Constant):
            yield node.lineno, str(told[-1].value)


@pytest.mark.parametrize("part", ["cases", "core", "desk", "reports", "vitals", "config"])
def test_no_order_ends_with_a_time(part: str) -> None:
    found = [
        f"{file.relative_to(PARTS)}:{line} {field}"
        for file in sorted((PARTS / part).rglob("*.py"))
        if "migrations" not in file.parts
        for line, field in orders(ast.parse(file.read_text("utf-8")))
        if field.lstrip("-").split("_")[-1] in ("at", "since", "until", "sent")
    ]
    assert not found, "add a tie-breaker, such as pk"
