"""Words are unreadable without their key, and a destroyed key never comes back."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gongbi.core import keyring
from gongbi.core.models import SealedText
from gongbi.core.public import destroy_key, seal, seal_bytes, unseal, unseal_bytes, unseal_many

pytestmark = pytest.mark.django_db
WORDS = "楼下水管爆了,请打 13800001111"


@pytest.fixture(autouse=True)
def own_data(settings: object, tmp_path: Path) -> Path:
    settings.GONGBI_DATA = tmp_path  # type: ignore[attr-defined]
    return tmp_path


def test_words_come_back() -> None:
    first, second = seal("case:1", WORDS), seal("case:2", "b")
    assert unseal(first) == WORDS
    assert unseal_many([first, second, None]) == {first: WORDS, second: "b"}


def test_no_file_and_no_row_shows_the_words(own_data: Path) -> None:
    row = SealedText.objects.get(pk=seal("case:1", WORDS))
    assert WORDS.encode() not in bytes(row.cipher)
    assert all(WORDS.encode() not in file.read_bytes() for file in own_data.iterdir())


def test_deletion_destroys_the_key_for_ever(own_data: Path) -> None:
    kept, photo = seal("case:1", WORDS), seal_bytes("case:1", b"jpeg")
    secret = keyring.key_for("case:1")
    copy = own_data / "older.sqlite3"
    copy.write_bytes(keyring.path().read_bytes())
    destroy_key("case:1", actor="clerk")
    assert unseal(kept) is None
    assert unseal_bytes("case:1", photo) is None
    assert secret not in keyring.path().read_bytes()
    with pytest.raises(keyring.KeyDestroyed):
        seal("case:1", "again")
    keyring.merge_from(copy)
    assert unseal(kept) is None
    assert secret not in keyring.path().read_bytes()


def test_a_copy_of_the_keyring_brings_back_what_was_not_destroyed(own_data: Path) -> None:
    kept = seal("case:1", WORDS)
    copy = own_data / "copy.sqlite3"
    keyring.path().rename(copy)
    assert unseal(kept) is None
    assert keyring.merge_from(copy) == 1
    assert unseal(kept) == WORDS


def test_another_key_under_the_same_name_opens_nothing() -> None:
    kept = seal("case:1", WORDS)
    keyring.path().unlink()
    seal("case:1", "new")
    assert unseal(kept) is None


def test_the_keyring_is_opened_once_a_thread_until_another_takes_its_place(
    own_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, connect = [], keyring._connected
    monkeypatch.setattr(keyring, "_connected", lambda file: opened.append(file) or connect(file))
    kept = seal("case:1", WORDS)
    assert unseal(kept) == WORDS
    assert len(opened) == 1
    with ThreadPoolExecutor(1) as other:
        assert other.submit(keyring.keys_of, ["case:1"]).result().keys() == {"case:1"}
    assert len(opened) == 2
    older = own_data / "older.sqlite3"
    older.write_bytes(keyring.path().read_bytes())
    older.replace(keyring.path())  # as a restore does
    assert unseal(kept) == WORDS
    assert len(opened) == 3


def test_only_the_owner_may_read_the_keyring() -> None:
    seal("case:1", WORDS)
    assert stat.S_IMODE(keyring.path().stat().st_mode) == 0o600


def test_a_key_destroyed_while_somebody_asks_for_it_is_not_made_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A resident has their words deleted at the moment in which one more is sealed."""
    draw = keyring.secrets.token_bytes

    def destroyed_meanwhile(size: int) -> bytes:
        keyring.destroy("case:1")
        return draw(size)

    monkeypatch.setattr(keyring.secrets, "token_bytes", destroyed_meanwhile)
    with pytest.raises(keyring.KeyDestroyed):
        keyring.key_for("case:1")
    assert keyring.keys_of(["case:1"]) == {}
