"""Hiding how to reach a person in words that a stranger must read to do the work."""

import re

MASK = "▇▇▇"
# Telephone, identity and account numbers: seven digits or more, with the spaces or dashes people
# put between them; house numbers are shorter, and a date (2026-11-24) is let through.
_DATE = r"(?!(?:19|20)\d\d-\d{1,2}-\d{1,2}(?!\d))"
_NUMBER = re.compile(rf"(?<![\d.]){_DATE}\+?\d(?:[ \-]?\d){{6,18}}[xX]?(?![\d.]*\d)")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_CHAT = re.compile(
    r"((?:微信|wechat|weixin|qq)\s*(?:号|id)?\s*[:\uff1a]?\s*)[\w-]{5,}", re.IGNORECASE
)


def mask_contacts(text: str) -> str:
    """The text with telephone and identity numbers, mail and chat addresses masked.

    It finds what has a shape; a name has none, so it does not claim to find names.
    """
    text = _MAIL.sub(MASK, text)
    text = _CHAT.sub(rf"\1{MASK}", text)
    return _NUMBER.sub(MASK, text)
