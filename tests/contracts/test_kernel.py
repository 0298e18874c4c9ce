"""The kernel knows arrays and nothing else: an allow-list, and a run without Django."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from tests.conftest import ROOT

KERNEL = ROOT / "src" / "gongbi" / "kernel"
ALLOWED = set(sys.stdlib_module_names) | {
    "numpy",
    "scipy",
    "numba",
    "llvmlite",
    "shapely",
    "gongbi",
}
NEVER = {"logging", "os", "socket", "subprocess", "random", "time", "asyncio", "sqlite3"}
CLOCKS = {"now", "utcnow", "today"}


def strangers(source: str) -> set[str]:
    """What a kernel file imports or calls that it may not."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            base = node.func.value
            if (
                node.func.attr in CLOCKS
                and isinstance(base, ast.Name)
                and base.id in ("datetime", "date")
            ):
                found.add(f"{base.id}.{node.func.attr}")
        for name in names:
            top = name.split(".")[0]
            if (
                top not in ALLOWED
                or top in NEVER
                or (top == "gongbi" and not name.startswith("gongbi.kernel"))
            ):
                found.add(name)
    return found


def test_the_kernel_imports_nothing_else() -> None:
    found = {
        str(file.relative_to(KERNEL)): bad
        for file in sorted(KERNEL.rglob("*.py"))
        if (bad := strangers(file.read_text("utf-8")))
    }
    assert not found


@pytest.mark.parametrize(
    "line",
    [
        "import django",
        "from gongbi.core.public import now",
        "import logging",
        "x = datetime.now()",
    ],
)
def test_the_rule_bites(line: str) -> None:
    assert strangers(line)


def test_the_kernel_runs_where_django_is_not() -> None:
    modules = [
        ".".join(file.relative_to(ROOT / "src").with_suffix("").parts)
        for file in sorted(KERNEL.rglob("*.py"))
        if file.name != "__init__.py"
    ]
    program = (
        "import sys, importlib\n"
        "for name in ('django', 'pyarrow', 'httpx', 'openpyxl'): sys.modules[name] = None\n"
        f"for name in {modules!r}: importlib.import_module(name)\n"
        "assert not [m for m in sys.modules if m.startswith('gongbi.core')]\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(KERNEL).parents[2])


def test_packages_on_the_way_are_empty() -> None:
    for file in [ROOT / "src/gongbi/__init__.py", *KERNEL.rglob("__init__.py")]:
        body = ast.parse(file.read_text("utf-8")).body
        assert all(isinstance(node, ast.Expr) for node in body), f"{file} does something on import"
