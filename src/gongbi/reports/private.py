"""Pages that a secret address opens: no referrer, no cache, no search engine."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponseBase

View = Callable[..., HttpResponseBase]


def private(view: View) -> View:
    """Keep the address of a page from leaking: into other sites, caches, or an index."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **named: object) -> HttpResponseBase:
        response = view(request, *args, **named)
        # Not no-referrer: under it browsers send "Origin: null", and every form here would be
        # refused as forged. same-origin tells other sites just as little.
        response["Referrer-Policy"] = "same-origin"
        response["Cache-Control"] = "no-store, private"
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return response

    return answer
