"""From a request to its answer: who, which version, which place, which verb."""

import logging
import re
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import unquote, urlsplit

import orjson
from django.db import DatabaseError, DataError, IntegrityError, OperationalError, transaction

from gongbi.core.public import now
from gongbi.things import batch
from gongbi.things.access import Reader, let_in
from gongbi.things.arrays import take_arrays
from gongbi.things.asking import Options, read_options
from gongbi.things.errors import NotAllowed, NotThere, Refused
from gongbi.things.json_patch import apply_patch
from gongbi.things.models import Observation
from gongbi.things.packed_file import in_force
from gongbi.things.packed_reading import BY_PROPERTY, KINDS, answer_packed
from gongbi.things.paths import Place, find
from gongbi.things.reading import (
    Asked,
    narrowed,
    read_entity,
    read_property,
    read_set,
    service_root,
)
from gongbi.things.requests import Reply, Request, as_json, problem
from gongbi.things.showing import columns_of, entity, self_link
from gongbi.things.writing import Hand, change, create_in, delete

log = logging.getLogger("gongbi.things")
HOME = "/sensorthings"
VERSIONS = ("v1.1", "v1.0")
READING = ("GET", "HEAD")
ARRAYS = ("CreateObservations", "BulkObservations")  # the second is istSOS's name for the first


def answer(request: Request) -> Reply:
    """Answer a request; every way to fail has its status and its sentence."""
    try:
        return _route(request)
    except Refused as refusal:
        return problem(refusal.status, refusal.sentence)
    except RecursionError:
        return problem(400, "The request is nested too deep.")
    except (DataError, IntegrityError) as error:
        log.info("the database refused a value: %s", error)
        return problem(400, f"The database cannot take or compute this: {_first_line(error)}")
    except OperationalError as error:
        return _trouble(error)
    except DatabaseError as error:
        log.exception("database")
        return problem(400, f"The database cannot compute this: {_first_line(error)}")


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:200]


def _trouble(error: OperationalError) -> Reply:
    """SQLite says of a value it cannot reckon with what others say of themselves."""
    said = str(error)
    if re.search(
        r"user-defined|overflow|malformed JSON|too (big|deep)|parser stack|Expression tree", said
    ):
        return problem(400, f"The database cannot compute this: {_first_line(error)}")
    log.warning("database away: %s", said)
    return problem(503, "The database does not answer; nothing was stored, send again.")


def _route(request: Request) -> Reply:
    to_write = request.method not in READING
    path = request.path[len(HOME) :].strip("/")
    if not path:
        links = {version: f"{request.base}{HOME}/{version}" for version in VERSIONS}
        return Reply(200, links)
    version, _, rest = path.partition("/")
    if version not in VERSIONS:
        raise NotThere(f"There is no version {version!r}; there are {', '.join(VERSIONS)}.")
    is_batch = rest in ("$batch", "Batch")
    reader = let_in(request.headers, to_write=to_write and not is_batch)
    asked = Asked(reader, f"{request.base}{HOME}/{version}")
    if is_batch:
        return _batch(request, asked, version)
    return _dispatch(request, asked, version, rest)


def _dispatch(request: Request, asked: Asked, version: str, rest: str) -> Reply:
    if request.method in READING:
        if not rest:
            return Reply(200, service_root(asked.root, version))
        return _get(request, asked, rest)
    verb = VERBS.get(request.method)
    if verb is None:
        raise Refused(f"{request.method} is not done here.", 405)
    # The hand is made anew for each try; what was half done goes with its transaction.
    hand = Hand(asked.reader, now(), lenient=version == "v1.0")
    with transaction.atomic():
        reply = verb(request, asked, hand, rest)
        hand.finish()
    return reply


# --- reading ------------------------------------------------------------------------------


def _get(request: Request, asked: Asked, rest: str) -> Reply:
    packed = in_force() if rest.startswith(PACKED_SETS) else None
    if packed is not None:
        found = answer_packed(packed, asked, rest, request.query)
        if found is not None:
            return _of_pack(found)
    place = find(rest, asked.reader)
    if place.property is not None:
        return _property(asked, place)
    options = read_options(request.query, place.kind)
    if place.ending == "$count":
        rows = narrowed(place.kind, place.rows(asked.reader), options.filter)
        return Reply(200, str(rows.count()).encode(), kind="text/plain; charset=utf-8")
    if place.id is not None:
        return Reply(200, read_entity(asked, place, options))
    return Reply(200, read_set(asked, place, options, f"{asked.root}/{rest}"))


PACKED_SETS = (*KINDS, *BY_PROPERTY)


def _of_pack(found: Any) -> Reply:
    if isinstance(found, dict):
        return Reply(200, found)
    plain = found if isinstance(found, str) else as_json(found).decode()
    return Reply(200, plain.encode(), kind="text/plain; charset=utf-8")


def _property(asked: Asked, place: Place) -> Reply:
    one = place.property
    assert one is not None
    found = read_property(asked, place)
    optional = not (one.shown_empty or one.needed)
    if found is None and optional:
        return Reply(204)
    name = place.inside[-1] if place.inside else one.name
    if place.ending != "$value":
        return Reply(200, {name: found})
    if isinstance(found, dict | list):
        return Reply(200, as_json(found))
    plain = found if isinstance(found, str) else as_json(found).decode()
    return Reply(200, plain.encode(), kind="text/plain; charset=utf-8")


# --- writing ------------------------------------------------------------------------------


def _post(request: Request, asked: Asked, hand: Hand, rest: str) -> Reply:
    if rest in ARRAYS:
        return Reply(201, take_arrays(hand, request.json(), asked.root))
    place = find(rest, asked.reader)
    if place.id is not None or place.property is not None or place.ending not in ("", "$ref"):
        raise Refused("POST goes to a set, for example Things or Things(1)/Datastreams.", 405)
    made = create_in(hand, place.kind, request.json(), place.within)
    hand.finish()
    hand.extents.clear()
    link = self_link(asked.root, place.kind, made.pk)
    if isinstance(made, Observation):
        # All of it is at hand; what is asked for most often is not read again.
        row = {name: getattr(made, name) for name in columns_of(place.kind, Options())}
        return Reply(201, entity(place.kind, row, asked.root, Options()), link)
    whole = Place(place.kind, made.pk)
    again = Asked(_all_seeing(asked.reader), asked.root)
    return Reply(201, read_entity(again, whole, Options()), link)


def _all_seeing(reader: Reader) -> Reader:
    """Who made something may see what it became."""
    return Reader(reader.name, reader.may_write)


def _one(rest: str, asked: Asked) -> Place:
    place = find(rest, asked.reader)
    if place.id is None or place.property is not None or place.ending:
        raise Refused("This is done to one entity, for example Things(1).", 405)
    return place


def _patch(request: Request, asked: Asked, hand: Hand, rest: str) -> Reply:
    place = _one(rest, asked)
    body = request.json()
    if request.kind == "application/json-patch+json":
        shown = read_entity(asked, place, Options(select=tuple(place.kind.by_name)))
        body = apply_patch(shown, body)
    return _changed(asked, hand, place, body, whole=False)


def _put(request: Request, asked: Asked, hand: Hand, rest: str) -> Reply:
    return _changed(asked, hand, _one(rest, asked), request.json(), whole=True)


def _changed(asked: Asked, hand: Hand, place: Place, body: Any, *, whole: bool) -> Reply:
    change(hand, place.kind, place.id or 0, body, whole=whole)
    hand.finish()
    hand.recounts.clear()
    again = Place(place.kind, place.id)
    return Reply(
        200, read_entity(asked, again, Options()), self_link(asked.root, place.kind, place.id or 0)
    )


def _delete(request: Request, asked: Asked, hand: Hand, rest: str) -> Reply:
    place = _one(rest, asked)
    delete(hand, place.kind, place.id or 0)
    return Reply(200, {})


Verb = Callable[[Request, Asked, Hand, str], Reply]
VERBS: dict[str, Verb] = {"POST": _post, "PATCH": _patch, "PUT": _put, "DELETE": _delete}


# --- several at once ----------------------------------------------------------------------


def _batch(request: Request, asked: Asked, version: str) -> Reply:
    if request.method != "POST":
        raise Refused("A batch is sent with POST.", 405)
    is_mixed = request.kind.startswith("multipart/")
    if is_mixed:
        parts = batch.read_multipart(request.body, request.headers.get("content-type", ""))
    else:
        parts = batch.read_parts(request.json())
    done = batch.run_parts(parts, partial(_part, asked, version), _together)
    if not is_mixed:
        return Reply(200, {"responses": done})
    kind, text = batch.say_multipart(done)
    return Reply(200, text, kind=kind)


def _together(work: Callable[[], None]) -> None:
    with transaction.atomic():
        work()


def _part(asked: Asked, version: str, part: batch.Part) -> batch.Done:
    if part.method != "get" and not asked.reader.may_write:
        refusal = NotAllowed("Writing needs a key made with: gongbi key NAME --scope ingest.")
        return batch.Done(403, {"code": 403, "message": refusal.sentence})
    try:
        address = urlsplit(part.url)
    except ValueError:
        reply = problem(400, f"{part.url[:100]!r} is no address.")
        return batch.Done(reply.status, reply.body)
    path = unquote(address.path)
    # Whole addresses, paths from the server's root, and paths below the service root all occur.
    rest = path.partition(f"{HOME}/{version}")[2] if f"{HOME}/{version}" in path else path
    request = Request(
        part.method.upper(),
        path,
        address.query,
        part.headers,
        orjson.dumps(part.body) if part.body is not None else b"",
    )
    inner = Asked(asked.reader, asked.root)
    reply = _answered(partial(_dispatch, request, inner, version, rest.strip("/")))
    body = reply.body
    return batch.Done(
        reply.status, body.decode() if isinstance(body, bytes) else body, reply.location
    )


def _answered(work: Callable[[], Reply]) -> Reply:
    try:
        return work()
    except Refused as refusal:
        return problem(refusal.status, refusal.sentence)
    except (DataError, IntegrityError) as error:
        return problem(400, f"The database cannot take or compute this: {_first_line(error)}")
