"""A reference minted with the form."""

from gongbi.reports import references


def test_same_form_same_words_is_the_same_report() -> None:
    signed = references.mint()
    assert references.reference_of(signed, "a") == references.reference_of(signed, "a")


def test_other_words_or_another_form_are_another_report() -> None:
    signed = references.mint()
    assert references.reference_of(signed, "a") != references.reference_of(signed, "b")
    assert references.reference_of(signed, "a") != references.reference_of(references.mint(), "a")


def test_nobody_can_claim_a_reference_they_made_up() -> None:
    assert references.is_ours(references.mint())
    assert not references.is_ours("aaaaaaaaaaaa:forged")
    assert not references.is_ours("")


def test_the_reference_holds_no_bare_digest_of_the_words() -> None:
    import hashlib

    signed = references.mint()
    reference = references.reference_of(signed, "secret")
    minted = signed.rsplit(":", 1)[0]
    assert hashlib.sha256((minted + "secret").encode()).hexdigest()[:16] not in reference
