"""What every template may say: the city, and where the reader may go."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from gongbi.core.city import city
from gongbi.core.modes import modes_for
from gongbi.core.nav import nav_number
from gongbi.core.scope import scope_of


def house(request: HttpRequest) -> dict[str, Any]:
    """``city``; ``nav``: (address, words, is it this page, its number) of what the reader may use.

    ``modes``: what is not ordinary where the reader works, asked when a page shows it.
    """
    scope = scope_of(getattr(request, "user", None))
    allowed = [(url, words) for url, words, verb in settings.NAV if not verb or scope.can(verb)]
    here = max((url for url, _ in allowed if request.path.startswith(url)), key=len, default="")
    return {
        "city": city(),
        "nav": [(url, words, url == here, nav_number(url, scope)) for url, words in allowed],
        "modes": SimpleLazyObject(lambda: modes_for(scope)),
    }
