"""The layers of imports, kept by import-linter; a package that has no place makes it fail."""

import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

PARTS = [file.parent.name for file in (ROOT / "src" / "gongbi").glob("*/__init__.py")]


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    program = "from importlinter.cli import lint_imports_command as c; c()"
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(folder / "src"), "PATH": "/usr/bin:/bin"},
    )


def small_house(folder: Path, modules: dict[str, str] | None = None) -> None:
    """A house with our contracts and these modules only."""
    (folder / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text("utf-8"), "utf-8")
    for part in PARTS:
        home = folder / "src" / "gongbi" / part
        home.mkdir(parents=True)
        (home / "__init__.py").touch()
    (folder / "src/gongbi/__init__.py").touch()
    for name, text in (modules or {}).items():
        file = folder / "src" / "gongbi" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")


def test_an_empty_house_keeps_the_contracts(tmp_path: Path) -> None:
    small_house(tmp_path)
    done = lint(tmp_path)
    assert done.returncode == 0, done.stdout


def test_looking_up_is_refused(tmp_path: Path) -> None:
    small_house(tmp_path, {"cases/bad.py": "import gongbi.vitals"})
    assert "gongbi.cases.bad -> gongbi.vitals" in lint(tmp_path).stdout


def test_siblings_are_refused(tmp_path: Path) -> None:
    small_house(tmp_path, {"reports/bad.py": "import gongbi.vitals"})
    assert lint(tmp_path).returncode != 0


def test_a_package_without_a_place_is_refused(tmp_path: Path) -> None:
    small_house(tmp_path, {"newcomer/__init__.py": ""})
    assert "newcomer" in lint(tmp_path).stdout
