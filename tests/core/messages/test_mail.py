"""Mail to a real SMTP server: once each, later when it is away, aside when it is refused."""

import ssl
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from tests.core.messages.conftest import Writer
from tests.post import mail_server, only

from gongbi.core.messages import sending
from gongbi.core.messages.letters import id_of
from gongbi.core.messages.sending import send_due
from gongbi.core.models import Message, WayDay, WayOut


def now_due() -> None:
    Message.objects.update(due_at=timezone.now())
    WayOut.objects.update(rest_until=None)


def test_a_letter_comes_as_it_was_written_with_an_id_of_its_own(owe, mailbox) -> None:
    message = owe("a")
    assert send_due("mail") == 1
    assert send_due("mail") == 0
    (said,) = mailbox.came
    assert mailbox.to == ["anna@example.org"]
    assert (said["Subject"], said["From"]) == ("标题", "城 <city@xx.example>")
    assert said.get_content().strip() == "水管：a https://x.example/f/1"
    assert said["Message-ID"] == f"<{id_of(message)}@xx.example>"
    assert said["List-Unsubscribe"] == "<https://x.example/stop/1>"
    assert said["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert (said["Auto-Submitted"], said["Content-Language"]) == ("auto-generated", "zh-hans")
    message.refresh_from_db()
    assert message.sent_at is not None
    day = WayDay.objects.get()
    assert (day.sent, day.parts, day.cost) == (1, 1, 0)


def test_one_line_serves_a_turn_and_owing_twice_is_owing_once(owe, mailbox) -> None:
    for subject in ("a", "b", "a", "c"):
        owe(subject)
    assert send_due("mail") == 3
    assert [len(mailbox.came), mailbox.connections] == [3, 1]


def test_killed_between_carrying_and_writing_down_it_goes_again_under_the_same_id(
    owe, mailbox, monkeypatch
) -> None:
    owe("a")
    with monkeypatch.context() as killed:
        killed.setattr(sending, "_write_down", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            send_due("mail")
    assert send_due("mail") == 0, "the claim lasts a while"
    now_due()
    assert send_due("mail") == 1
    assert len({said["Message-ID"] for said in mailbox.came}) == 1
    assert len(mailbox.came) == 2


def test_what_a_server_refuses_for_good_is_set_aside_and_holds_up_no_other(owe, mailbox) -> None:
    mailbox.refuse_rcpt = "550 no such person"
    refused = owe("a")
    assert send_due("mail") == 1
    refused.refresh_from_db()
    assert (refused.trouble, refused.tries, bool(refused.set_aside_at)) == ("550", 1, True)
    mailbox.refuse_rcpt = ""
    owe("b")
    assert send_due("mail") == 1
    assert len(mailbox.came) == 1
    sending.try_again(refused)
    assert send_due("mail") == 1
    assert len(mailbox.came) == 2


def test_what_is_refused_for_now_is_tried_eight_times_longer_apart(owe, mailbox) -> None:
    mailbox.refuse_data = "451 later"
    message, waits = owe("a"), []
    for _ in range(8):
        at = timezone.now()
        assert send_due("mail") == 1
        message.refresh_from_db()
        waits.append(message.due_at - at)
        assert send_due("mail") == 0
        now_due()
    assert (message.trouble, message.tries, bool(message.set_aside_at)) == ("451", 8, True)
    assert waits == sorted(waits)
    assert waits[0] >= timedelta(seconds=5)
    assert send_due("mail") == 0


def test_a_server_that_is_away_rests_the_way_and_blames_no_letter(owe, mailbox) -> None:
    first, second = owe("a"), owe("b")
    mailbox.stop()
    for failures in (1, 2):
        assert send_due("mail") == 0
        way = WayOut.objects.get()
        assert (way.failures, way.last_trouble) == (failures, "ConnectionRefusedError")
        assert send_due("mail") == 0, "not knocked at again at once"
        now_due()
    for message in (first, second):
        message.refresh_from_db()
        assert (message.tries, message.sent_at, message.set_aside_at) == (0, None, None)


def test_who_wants_no_more_gets_nothing_and_a_broken_writer_is_set_aside_in_the_end(
    owe, mailbox, caplog
) -> None:
    gone, broken, good = owe("a"), owe("b", kind="broken"), owe("c")
    Writer.gone = {"a"}
    assert send_due("mail") == 3
    for message in (gone, broken, good):
        message.refresh_from_db()
    assert gone.dropped_at is not None
    assert (broken.trouble, broken.sent_at) == ("RuntimeError", None)
    assert good.sent_at is not None
    assert len(mailbox.came) == 1


def test_without_a_server_nothing_is_owed(owe, settings) -> None:
    settings.GONGBI_MAIL_URL = ""
    with pytest.raises(Message.DoesNotExist):
        owe("a")
    assert send_due("mail") == 0


def test_a_password_is_sent_and_a_wrong_one_rests_the_way(owe, settings) -> None:
    with mail_server(**only("gong", "b/i")) as box:
        settings.GONGBI_MAIL_FROM = "city@xx.example"
        settings.GONGBI_MAIL_URL = box.url.replace("//", "//gong:wrong@")
        owe("a")
        assert send_due("mail") == 0
        assert WayOut.objects.get().last_trouble == "SMTPAuthenticationError"
        now_due()
        settings.GONGBI_MAIL_URL = box.url.replace("//", "//gong:b%2Fi@")
        assert send_due("mail") == 1
        assert box.to == ["anna@example.org"]


@pytest.fixture
def certificate(tmp_path: Path) -> ssl.SSLContext:
    """A certificate nobody vouches for."""
    from datetime import UTC, datetime

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name)
        .public_key(key.public_key()).serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC)).sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = tmp_path / "server.pem"
    pem.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


def test_nothing_is_said_over_tls_to_a_server_nobody_vouches_for(
    owe, settings, certificate
) -> None:
    with mail_server(tls_context=certificate) as box:
        settings.GONGBI_MAIL_FROM = "city@xx.example"
        settings.GONGBI_MAIL_URL = box.url.replace("smtp:", "smtp+starttls:")
        owe("a")
        assert send_due("mail") == 0
        assert box.came == []
        assert WayOut.objects.get().last_trouble == "SSLCertVerificationError"


def test_old_messages_go_and_those_still_owed_stay(owe, mailbox) -> None:
    owe("a")
    send_due("mail")
    owe("b")
    assert sending.forget_old(timezone.now() + timedelta(days=31)) == 1
    assert [row.subject for row in Message.objects.all()] == ["b"]


def test_the_term_runs_from_the_sending_and_not_from_the_owing(owe, mailbox) -> None:
    at = timezone.now()
    long_ago = {"made_at": at - timedelta(days=40)}
    for subject, said in (
        ("late", {"sent_at": at - timedelta(days=1)}),
        ("gone", {"sent_at": at - timedelta(days=31)}),
        ("given up late", {"dropped_at": at - timedelta(days=1)}),
        ("given up", {"dropped_at": at - timedelta(days=31)}),
        ("aside", {"set_aside_at": at - timedelta(days=39)}),
        ("owed", {}),
    ):
        Message.objects.filter(pk=owe(subject).pk).update(**long_ago | said)
    assert sending.forget_old() == 2
    left = {"late", "given up late", "aside", "owed"}
    assert {row.subject for row in Message.objects.all()} == left


def test_a_letter_that_no_server_can_be_given_holds_up_no_other(owe, mailbox) -> None:
    bad = owe("a")
    Message.objects.filter(pk=bad.pk).update(due_at=timezone.now() - timedelta(hours=1))
    Writer.turns = ["anna@example.org\nBcc: all@example.org", "li@example.org"]
    owe("b")
    assert send_due("mail") == 2
    assert mailbox.to == ["li@example.org"]
    bad.refresh_from_db()
    assert (bad.tries, bad.sent_at, "li@" in bad.trouble) == (1, None, False)
    assert bad.due_at > timezone.now()
    assert not WayOut.objects.exclude(failures=0).exists()
