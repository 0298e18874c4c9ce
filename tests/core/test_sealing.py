"""The journal sealed: whatever is changed afterwards is found, and the first such line named."""

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction
from tests.conftest import ROOT
from typer.testing import CliRunner

from gongbi.config.cli import app
from gongbi.core import journal_check, outbox, seal_keys, sealing
from gongbi.core.journal import Fact, commitment, publish
from gongbi.core.journal_check import check_journal
from gongbi.core.models import JournalLine, JournalSeal
from gongbi.core.public import destroy_key, seal, unseal
from gongbi.core.sealing import seal_lines

pytestmark = pytest.mark.django_db


@dataclass(frozen=True, slots=True)
class DoorOpened(Fact):
    door: str
    times: float


@pytest.fixture(autouse=True)
def house(settings, tmp_path: Path) -> Path:
    settings.GONGBI_DATA = tmp_path
    return tmp_path


def tell(count: int = 1) -> None:
    for number in range(count):
        with transaction.atomic():
            publish(DoorOpened(f"d{number}", 2.0), subject="door:1", actor=f"crew:{number}")


def sealed(*batches: int) -> None:
    """Lines written and sealed, a batch after the other."""
    for count in batches:
        tell(count)
        outbox.order_lines()
        assert seal_lines(at_once=True) == count


def run(*words: str) -> tuple[int, str]:
    done = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["journal", *words])
    return done.exit_code, done.output


def first() -> tuple[int, str]:
    found = check_journal().first
    assert found is not None
    return found.line, found.what


def test_what_was_not_touched_is_as_it_was_sealed():
    sealed(3, 5, 1)
    tell(2)
    outbox.order_lines()
    report = check_journal()
    assert (report.lines, report.seals, report.unsealed, report.broken) == (9, 3, 2, [])
    code, said = run("verify")
    assert (
        code,
        "9 lines in 3 seals, 2 not sealed yet. All are as they were sealed." in said,
    ) == (
        0,
        True,
    ), said


def line(seq: int) -> JournalLine:
    return JournalLine.objects.get(seq=seq)


def change(seq: int, **fields) -> None:
    JournalLine.objects.filter(seq=seq).update(**fields)


def swap(one: int, other: int) -> None:
    first_pk, second_pk = line(one).pk, line(other).pk
    JournalLine.objects.filter(pk=first_pk).update(seq=None)
    JournalLine.objects.filter(pk=second_pk).update(seq=one)
    JournalLine.objects.filter(pk=first_pk).update(seq=other)


def rewrite(seq: int) -> None:
    """Another content with a commitment that fits it, as whoever knows the code would."""
    old = line(seq)
    body = {"door": "another", "times": 1}
    fit = commitment(old.kind, old.subject, old.actor, body, bytes(old.salt))
    change(seq, body=body, commitment=fit)


def insert() -> None:
    """A line put between sealed ones."""
    old = line(4)
    old.pk, old.seq, old.batch = None, None, 2
    old.save(force_insert=True)


def delete_and_close_the_gap() -> None:
    line(4).delete()
    for seq in range(5, 10):
        JournalLine.objects.filter(seq=seq).update(seq=seq - 1)


def forge_leaves() -> None:
    """A rewritten line with its leaf beside the root: the root itself is signed."""
    rewrite(5)
    row = JournalSeal.objects.get(number=2)
    leaves = bytearray(row.leaves)
    leaves[32:64] = sealing.leaf_of(line(5))
    JournalSeal.objects.filter(number=2).update(leaves=bytes(leaves))


def seal_anew_without_the_key() -> None:
    """A rewritten line, and its seal made again under a key of the forger's own."""
    rewrite(5)
    stranger = Ed25519PrivateKey.generate()
    row = JournalSeal.objects.get(number=2)
    lines = list(JournalLine.objects.filter(batch=2).order_by("seq"))
    said = json.loads(row.statement)
    leaves = [sealing.leaf_of(one) for one in lines]
    said["root"] = sealing.root_of(leaves).hex()
    said["key"] = seal_keys.name_of(seal_keys.public_bytes(stranger.public_key()))
    statement = sealing.canonical(said)
    JournalSeal.objects.filter(number=2).update(
        statement=statement, signature=stranger.sign(statement.encode()), leaves=b"".join(leaves)
    )


@pytest.mark.parametrize(
    ("harm", "line", "what"),
    [
        (lambda: change(5, actor="crew:9"), 5, "Line 5 is not the one that was sealed."),
        (lambda: change(5, kind="core.Else"), 5, "Line 5 is not the one"),
        (lambda: change(5, unit_path="/x/"), 5, "Line 5 is not the one"),
        (lambda: change(5, at=datetime(2020, 1, 1, tzinfo=UTC)), 5, "Line 5 is not the one"),
        (lambda: change(5, body={"door": "d9"}), 5, "The content of line 5 was changed."),
        (lambda: change(5, salt=b"x" * 16), 5, "The content of line 5 was changed."),
        (lambda: rewrite(5), 5, "Line 5 is not the one that was sealed."),
        (lambda: line(5).delete(), 5, "Line 5 is gone."),
        (delete_and_close_the_gap, 4, "Line 4 is not the one that was sealed."),
        (lambda: swap(5, 7), 5, "Line 5 is not the one that was sealed."),
        (lambda: swap(2, 7), 2, "Line 2 is not the one that was sealed."),
        (insert, 0, "was put between sealed lines."),
        (lambda: change(5, batch=None), 5, "Line 5 names seal None, but seal 2 holds it."),
        (forge_leaves, 4, "Lines 4 to 8 do not give the root of seal 2."),
        (seal_anew_without_the_key, 4, "which is not ours."),
        (
            lambda: JournalSeal.objects.filter(number=2).update(signature=b"x" * 64),
            4,
            "The signature of seal 2 is false.",
        ),
        (lambda: JournalSeal.objects.get(number=2).delete(), 4, "Seal 2 is gone"),
        (lambda: JournalSeal.objects.filter(number=3).delete(), 9, "Line 9 names seal 3"),
        (lambda: change(10, body={}), 10, "The content of line 10 was changed unsealed."),
        (lambda: line(10).delete(), 10, "Line 10 is gone; it was not sealed yet."),
    ],
)
def test_the_first_line_that_was_harmed_is_named(harm, line, what):
    sealed(3, 5, 1)
    tell(2)
    outbox.order_lines()
    harm()
    named, said = first()
    assert (named, what in said) == (line, True), said
    code, told = run("verify")
    assert code == 1
    assert what in told
    assert (f"The first line that fails is {line}." in told) is bool(line)


def test_the_newest_lines_cut_off_with_their_seal_are_missed(house):
    sealed(3, 5, 1)
    JournalLine.objects.filter(batch=3).delete()
    JournalSeal.objects.filter(number=3).delete()
    assert "Seal 3, the last that was made, is gone" in first()[1]
    sealed(2)  # the sealer goes on, and the cut stays told
    assert "Seals up to 3 were cut off once" in first()[1]
    (house / "journal_head.lost-3.json").unlink()
    assert check_journal().broken == []


def test_sealed_anew_with_the_key_is_found_by_roots_that_left_the_house(house):
    sealed(3, 5)
    roots = house / "roots.jsonl"
    assert run("export-roots", str(roots))[0] == 0
    rewrite(2)
    JournalSeal.objects.all().delete()
    JournalLine.objects.update(batch=None)
    (house / "journal_head.json").unlink()
    while seal_lines(5, at_once=True):
        pass
    assert run("verify")[0] == 0  # nothing inside the house tells
    code, said = run("verify", "--roots", str(roots))
    assert (code, "Seal 1 is not the one that was exported: sealed anew." in said) == (1, True)
    assert "The first line that fails is 1." in said


def test_exported_roots_that_are_none_are_refused_with_their_line(house):
    (house / "roots.jsonl").write_text('{"statement": "{}", "signature": ""}\n', "utf-8")
    code, said = run("verify", "--roots", str(house / "roots.jsonl"))
    assert (code, "roots.jsonl, line 1, is no exported root" in said) == (1, True)


SNIPPET = re.compile(r"```python\n(import hashlib.*?)```", re.DOTALL)


@pytest.mark.parametrize("count", [1, 2, 7])
def test_a_third_party_checks_a_proof_with_the_lines_of_the_document(house, count):
    sealed(2, count)
    (code,) = SNIPPET.findall((ROOT / "docs/parts/core.md").read_text("utf-8"))
    (house / "check.py").write_text(code, "utf-8")
    ours = seal_keys.public_bytes(seal_keys.signing_key().public_key()).hex()

    def check(proof: dict, key: str = ours) -> subprocess.CompletedProcess[str]:
        (house / "proof.json").write_text(json.dumps(proof), "utf-8")
        command = [sys.executable, str(house / "check.py"), str(house / "proof.json"), key]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    seq = 2 + count
    told, printed = run("prove", str(seq), "--content")
    proof = json.loads(printed)
    assert told == 0
    assert f"Line {seq} stands as it was sealed" in check(proof).stdout
    assert check(proof | {"line": [*proof["line"][:4], "other", *proof["line"][5:]]}).returncode
    assert check(proof | {"content": proof["content"] | {"body": {}}}).returncode
    assert "content" not in json.loads(run("prove", str(seq))[1])
    if count == 7:
        stranger = seal_keys.public_bytes(Ed25519PrivateKey.generate().public_key()).hex()
        assert check(proof, stranger).returncode


def test_a_line_that_cannot_be_proved_is_told():
    tell()
    outbox.order_lines()
    assert "Line 1 is not sealed yet" in run("prove", "1")[1]
    assert "There is no line 7" in run("prove", "7")[1]
    assert "1 lines sealed." in run("seal")[1]
    assert run("prove", "1")[0] == 0


def test_a_batch_waits_a_minute_or_until_it_is_full():
    tell(3)
    outbox.order_lines()
    assert seal_lines() == 0
    assert seal_lines(2) == 2
    JournalLine.objects.filter(batch=None).update(
        recorded_at=datetime.now(UTC) - timedelta(seconds=61)
    )
    assert seal_lines() == 1
    assert seal_lines() == 0


def test_a_line_that_was_gone_before_sealing_is_told_and_stops_nothing():
    tell(4)
    outbox.order_lines()
    line(2).delete()
    assert seal_lines(at_once=True) == 3
    assert first()[1] == "Seal 1 was made while lines were missing."


def test_forgetting_a_person_changes_no_line():
    words = seal("signal:7", "my name and number")
    sealed(2)
    destroy_key("signal:7", actor="system:test")
    run("seal")
    assert unseal(words) is None
    report = check_journal()
    assert (report.lines, report.broken) == (3, [])


def test_the_key_is_the_owner_s_alone_and_in_no_copy(house):
    sealed(1)
    from gongbi.config.backup import FILES, FOLDERS

    assert (house / "seal_key").stat().st_mode & 0o777 == 0o600
    assert "seal_key" not in {*FILES, *FOLDERS}  # its public halves, in seal_keys, are


def test_an_older_key_still_checks_what_it_signed(house):
    sealed(2)
    (house / "seal_key").rename(house / "retired")
    sealed(2)
    assert check_journal().broken == []
    assert len(seal_keys.trusted()) == 2
    (house / "retired").unlink()
    assert (
        json.loads(JournalSeal.objects.get(number=2).statement)["key"]
        != json.loads(JournalSeal.objects.get(number=1).statement)["key"]
    )


def test_hashes_have_the_size_that_is_stored():
    sealed(2)
    assert len(JournalSeal.objects.get().leaves) == 2 * journal_check.HASH_BYTES


@pytest.mark.parametrize("half", ["", "0", "0123abcd"])
def test_killed_while_its_public_half_is_written_it_is_written_again(house, half):
    sealed(2)
    public = seal_keys.public_bytes(seal_keys.signing_key().public_key())
    (house / "seal_keys" / f"{seal_keys.name_of(public)}.pub").write_text(half, "ascii")
    seal_keys._read.cache_clear()  # another process
    assert run("verify")[0] == 0
    assert seal_keys.trusted() == {seal_keys.name_of(public): public}
    (house / "seal_keys" / "0123.pub").write_text("no key", "ascii")
    assert run("verify")[0] == 0, "a file that is none is no key"
