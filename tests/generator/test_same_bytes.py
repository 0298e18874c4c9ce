"""The same seed gives the same bytes, whatever process draws; another seed gives another city."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

PROGRAM = (
    "import sys; from pathlib import Path; from gongbi.generator.public import draw_city; "
    "draw_city(Path(sys.argv[1]), people=12_000, seed=int(sys.argv[2]))"
)
SOURCE = Path(__file__).resolve().parents[2] / "src"


def draw_apart(folder: Path, seed: int, salt: str) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": salt, "PYTHONPATH": str(SOURCE)}
    subprocess.run([sys.executable, "-c", PROGRAM, folder, str(seed)], check=True, env=environment)
    digest = hashlib.sha256()
    for file in sorted(folder.iterdir()):
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()


def test_same_seed_same_bytes_in_two_processes(tmp_path: Path):
    first = draw_apart(tmp_path / "a", 9, "1")
    assert first == draw_apart(tmp_path / "b", 9, "4242")
    assert first != draw_apart(tmp_path / "c", 10, "1")
