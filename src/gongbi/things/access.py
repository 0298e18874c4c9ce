"""Who may read and write here: a key, a signed-in person, or anybody where the city says open."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.db.models import Q
from django.http import HttpRequest

from gongbi.core.public import application, scope_of
from gongbi.stream.public import ingest_key_owner
from gongbi.things.entities import Kind
from gongbi.things.errors import NotAllowed, Refused

READ = "things.see"


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody let in: whether they may write, and the places they may see (None: all)."""

    name: str
    may_write: bool = False
    places: tuple[str, ...] | None = None


EVERYBODY = Reader("open", may_write=True)


def is_open() -> bool:
    """Whether the operator has said that no key is needed."""
    return bool(settings.GONGBI_SENSORTHINGS.startswith("open"))


def let_in(headers: dict[str, str], *, to_write: bool) -> Reader:
    """The reader of a request; Refused (401) or NotAllowed (403) with what to do."""
    if is_open():
        return EVERYBODY
    reader = _by_key(headers) or _signed_in(headers)
    if reader is None:
        raise Refused(
            "Send 'Authorization: Bearer KEY'; a keeper makes one with: "
            "gongbi key NAME --scope ingest. Or sign in, to read.",
            401,
        )
    if to_write and not reader.may_write:
        raise NotAllowed("Writing needs a key made with: gongbi key NAME --scope ingest.")
    return reader


def _by_key(headers: dict[str, str]) -> Reader | None:
    said = headers.get("authorization", "")
    owner = ingest_key_owner(settings.GONGBI_DATA, said)
    if owner is not None:
        return Reader(owner, may_write=True)
    request = HttpRequest()
    request.META["HTTP_AUTHORIZATION"] = said
    known = application(request)
    # The keys of other applications (report, work, dispatch) were given for cases, not for this.
    return Reader(known.name) if known and "things" in known.scopes else None


def _signed_in(headers: dict[str, str]) -> Reader | None:
    key = _cookie(headers.get("cookie", ""), settings.SESSION_COOKIE_NAME)
    if not key:
        return None
    request = HttpRequest()
    request.session = SessionStore(session_key=key)
    user = get_user(request)
    if not user.is_authenticated or not user.is_active:
        return None
    places = scope_of(user).place_paths(READ)
    if not places:
        raise NotAllowed("Your post does not let you see things and their observations.")
    whole_city = any(path.strip("/").count("/") == 0 for path in places)
    return Reader(str(user.pk), places=None if whole_city else places)


def _cookie(said: str, name: str) -> str:
    for part in said.split(";"):
        key, _, value = part.strip().partition("=")
        if key == name:
            return value
    return ""


def rows_of(kind: Kind, reader: Reader) -> Any:
    """The gate: rows of a kind that the reader may see."""
    rows = kind.model._default_manager.all()
    if reader.places is None or not kind.place:
        return rows
    seen = Q()
    for path in reader.places:
        seen |= Q(**{f"{kind.place}__startswith": path})
    if "things" in kind.place.split("__")[0] or kind.name == "FeatureOfInterest":
        # One location of many things, one feature of many observations: each counts once.
        return rows.filter(pk__in=kind.model._default_manager.filter(seen).values("pk"))
    return rows.filter(seen)
