"""Secrets are made once, by whoever comes first, and only their owner can read them."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from gongbi.config.accounts import random_password
from gongbi.config.secrets import secret_key, write_private


def test_many_at_once_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: secret_key(tmp_path), range(16)))
    assert len(found) == 1
    assert len(found.pop()) > 60
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_a_private_file_is_replaced_whole(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    write_private(file, "old")
    write_private(file, "new")
    assert file.read_text() == "new"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["keys.json"]


def test_passwords_are_random_and_readable_aloud() -> None:
    first, second = random_password(), random_password()
    assert first != second
    assert len(first) == 19
    assert not set(first) & set("il1o0O")
