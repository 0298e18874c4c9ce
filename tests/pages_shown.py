"""What stood on the pages when a test with a browser failed: its report says it."""

from typing import Any

MOST = 3_000


def pages_of(browser: Any) -> str:
    """Address, messages and words of each page that is open."""
    pages = [page for context in browser.contexts for page in context.pages]
    return "\n\n".join(_page(page) for page in pages)


def _page(page: Any) -> str:
    from playwright.sync_api import Error

    try:
        return f"--- {page.url}\n{page.inner_text('body', timeout=2_000)[:MOST]}"
    except Error as error:  # a page that is gone must not hide why the test failed
        return f"--- {page.url}\n({type(error).__name__})"
