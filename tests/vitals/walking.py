"""Walking the pages of vitals as people do."""

import html
import re
from typing import Any


def main_of(answer: Any) -> str:
    """What stands in the page's main part, as words with the addresses they open in brackets."""
    page = answer.content.decode()
    page = page.split("<main", 1)[-1].split("</main>", 1)[0]
    page = re.sub(r"<script.*?</script>", " ", page, flags=re.DOTALL)
    page = re.sub(r'<a [^>]*href="([^"]*)"[^>]*>', r" [\1] ", page)
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


def read(browser: Any, address: str) -> str:
    """The words of a page that must be there."""
    answer = browser.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return main_of(answer)


def same(page: str) -> str:
    """A page without its form tokens, which are masked anew at each drawing."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page).strip()
