"""A newcomer must know the room: no file over 400 lines, no function over 60."""

import ast

from tests.conftest import ROOT


def test_files_and_functions_stay_small() -> None:
    long = []
    for file in sorted((ROOT / "src").rglob("*.py")):
        if file.name.startswith("0001_squashed_"):
            continue  # written by tools/short_way.py, a table after another; nobody edits it
        text = file.read_text("utf-8")
        if text.count("\n") > 400:
            long.append(f"{file.relative_to(ROOT)}: {text.count(chr(10))} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > 60:
                    long.append(f"{file.relative_to(ROOT)}:{node.lineno} {node.name}: {lines}")
    assert not long
