"""Every page can be come to: it stands in the header, or another page leads there."""

import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

SOURCE = Path(__file__).resolve().parents[2] / "src" / "gongbi"
BY_OTHERS = {"/", "/healthz", "/readyz", "/metrics", "/live", "/language/", "/kit/"}
"""Pages for machines and for who builds pages, and where everybody begins."""


def pages(patterns: list[URLPattern | URLResolver]) -> Iterator[tuple[str, str]]:
    """(address, name) of every page without a part that changes; no API."""
    for one in patterns:
        if isinstance(one, URLResolver):
            if str(one.pattern) in ("", "^"):
                yield from pages(one.url_patterns)
            continue
        address = "/" + str(one.pattern)
        if re.fullmatch(r"/[a-z/-]*/", address) and not address.startswith("/api"):
            yield address, one.name or ""


def leads_to(text: str, address: str, name: str) -> bool:
    """Whether a template or a view names the page by its address or its name."""
    by_name = name and re.search(
        rf"""(url\s+|redirect\(|reverse\()["']{re.escape(name)}["']""", text
    )
    return bool(by_name) or re.search(rf"""["'=]{re.escape(address)}[?"'#]""", text) is not None


def test_no_page_is_an_island() -> None:
    shown = {address for address, _words, _verb in settings.NAV}
    texts = [path.read_text("utf-8") for path in SOURCE.rglob("*.html")]
    found = list(pages(get_resolver().url_patterns))
    islands = [
        address
        for address, name in found
        if address not in shown | BY_OTHERS
        and not any(leads_to(text, address, name) for text in texts)
    ]
    assert len(found) > 20
    assert islands == []


def test_the_rule_bites() -> None:
    assert leads_to('<a href="/known/">', "/known/", "known")
    assert leads_to('{% url "known" %}', "/known/", "known")
    assert not leads_to('<a href="/known/ahead/">', "/known/", "known")
