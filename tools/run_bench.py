"""make bench: run every benchmark, one after the other, and print what each prints."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    failed = []
    for script in sorted((ROOT / "bench").glob("*.py")):
        print(f"\n── {script.name}", flush=True)
        if subprocess.call([sys.executable, str(script)], cwd=ROOT):
            failed.append(script.name)
    if failed:
        print(f"\nfailed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
