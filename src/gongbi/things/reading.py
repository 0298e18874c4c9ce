"""Answers to GET: a set, an entity, a property; what is expanded costs two queries a level."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from gongbi.things.access import Reader, rows_of
from gongbi.things.asking import Expand, Options
from gongbi.things.compiling import Compiler, order_keys
from gongbi.things.entities import BY_PLURAL, Kind, Relation, target_of
from gongbi.things.errors import NotThere, Refused
from gongbi.things.paths import Place
from gongbi.things.showing import Row, columns_of, data_arrays, entity, self_link, value_of
from gongbi.things.sql import Ids, OneOf

MOST_EXPANDED = 100_000
SAFE = "$(),;=':/@-_.~*"
CONFORMANCE = "http://www.opengis.net/spec/iot_sensing/1.1/req/"
CLASSES = (
    *(f"datamodel/{name}" for name in ("thing", "location", "historical-location", "datastream")),
    *(f"datamodel/{name}" for name in ("sensor", "observed-property", "observation")),
    "datamodel/feature-of-interest",
    "resource-path/resource-path-to-entities",
    *(f"request-data/{name}" for name in ("order", "expand", "select", "status-codes")),
    *(f"request-data/{name}" for name in ("orderby", "skip", "top", "filter", "count")),
    *(f"request-data/{name}" for name in ("built-in-filter-operations", "pagination")),
    "request-data/built-in-query-functions",
    *(f"create-update-delete/{name}" for name in ("create-entity", "deep-insert")),
    *(f"create-update-delete/{name}" for name in ("update-entity", "delete-entity")),
    *(f"create-update-delete/{name}" for name in ("deep-insert-status-code", "update-entity-put")),
    "create-update-delete/historical-location-auto-creation",
    "batch-request/batch-request",
    "data-array/data-array",
)


@dataclass(slots=True)
class Asked:
    """One request's reader and service root, and how much it may still write out."""

    reader: Reader
    root: str
    left: int = MOST_EXPANDED

    def spend(self, rows: int) -> None:
        """Count entities written out; Refused when it becomes too many."""
        self.left -= rows
        if self.left < 0:
            raise Refused(
                f"$expand would write out more than {MOST_EXPANDED} entities; "
                "give it a smaller $top."
            )


def service_root(root: str, version: str) -> dict[str, Any]:
    """The list of sets; in 1.1 also what the server conforms to."""
    sets = [{"name": name, "url": f"{root}/{name}"} for name in BY_PLURAL]
    if version == "v1.0":
        return {"value": sets}
    settings = {"conformance": [CONFORMANCE + name for name in CLASSES]}
    return {"value": sets, "serverSettings": settings}


def read_set(asked: Asked, place: Place, options: Options, address: str) -> dict[str, Any]:
    """A page of a set, with its count and the link to the next page where asked or needed."""
    rows = narrowed(place.kind, place.rows(asked.reader), options.filter)
    answer = dict[str, Any]()
    if options.count:
        answer["@iot.count"] = rows.count()
    page = page_of(place.kind, rows, options)
    if len(page) > options.top:
        answer["@iot.nextLink"] = f"{address}?{next_query(options)}"
        page = page[: options.top]
    if place.ending == "$ref":
        answer["value"] = [
            {"@iot.selfLink": self_link(asked.root, place.kind, row["pk"])} for row in page
        ]
    elif options.data_array:
        answer["value"] = data_arrays(place.kind, page, asked.root, options)
    else:
        answer["value"] = written_out(asked, place.kind, page, options)
    return answer


def narrowed(kind: Kind, rows: Any, filter_: Any) -> Any:
    """Rows that pass a filter."""
    if filter_ is None:
        return rows
    compiler = Compiler(kind)
    condition = compiler.condition(filter_)
    if not compiler.crosses:
        return rows.filter(condition)
    # A path to many joins a row for each of them: the ids are asked for, and each counts once.
    passing = kind.model._default_manager.filter(condition).order_by().values("pk")
    return rows.filter(pk__in=passing)


def page_of(kind: Kind, rows: Any, options: Options) -> list[Row]:
    """Rows of a page, one more than asked for where there is more."""
    ordered = rows.order_by(*order_keys(kind, options.order))
    wanted = ordered[options.skip : options.skip + options.top + 1]
    return list(wanted.values(*columns_of(kind, options)))


def next_query(options: Options) -> str:
    """The query of the link to the next page."""
    kept = [(name, value) for name, value in options.said if name not in ("$skip", "$top")]
    kept += [("$top", str(options.top)), ("$skip", str(options.skip + options.top))]
    return "&".join(f"{name}={quote(value, safe=SAFE)}" for name, value in kept)


def read_entity(asked: Asked, place: Place, options: Options) -> dict[str, Any]:
    """One entity."""
    if place.ending == "$ref":
        return {"@iot.selfLink": self_link(asked.root, place.kind, place.id or 0)}
    rows = list(place.rows(asked.reader).values(*columns_of(place.kind, options))[:1])
    if not rows:
        raise NotThere(f"There is no {place.kind.name} {place.id} here.")
    return written_out(asked, place.kind, rows, options)[0]


def read_property(asked: Asked, place: Place) -> Any:
    """The value of a property; NotThere where the path inside it leads nowhere."""
    one = place.property
    assert one is not None
    if one.column == "pk":
        return place.id
    columns = columns_of(place.kind, Options(select=(one.name,)))
    row = place.rows(asked.reader).values(*columns).first()
    if row is None:
        raise NotThere(f"There is no {place.kind.name} {place.id} here.")
    found = value_of(place.kind, one, row)
    for step in place.inside:
        found = _inside(found, step)
    return found


def _inside(found: Any, step: str) -> Any:
    if isinstance(found, dict) and step in found:
        return found[step]
    if isinstance(found, list) and step.isdecimal() and int(step) < len(found):
        return found[int(step)]
    raise NotThere(f"There is nothing at {step!r}.")


def written_out(
    asked: Asked, kind: Kind, rows: list[Row], options: Options
) -> list[dict[str, Any]]:
    """Entities as JSON, with what is expanded inside them."""
    shown = [entity(kind, row, asked.root, options) for row in rows]
    for one in options.expand:
        way = kind.ways[one.way]
        if way.many:
            _write_many(asked, kind, rows, shown, one)
        else:
            _write_one(asked, way, rows, shown, one)
    return shown


def children(asked: Asked, kind: Kind, keys: set[int], options: Options) -> dict[int, Any]:
    """Entities by id, written out; one query for all of them."""
    if not keys:
        return {}
    asked.spend(len(keys))
    found = rows_of(kind, asked.reader).filter(OneOf(F("pk"), sorted(keys)))
    rows = list(found.values(*columns_of(kind, options)))
    shown = written_out(asked, kind, rows, options)
    return {row["pk"]: one for row, one in zip(rows, shown, strict=True)}


def _write_one(
    asked: Asked, way: Relation, rows: list[Row], shown: list[dict[str, Any]], one: Expand
) -> None:
    column = f"{way.column}_id"
    keys = {row[column] for row in rows if row[column] is not None}
    found = children(asked, target_of(way), keys, one.options)
    for row, parent in zip(rows, shown, strict=True):
        if row[column] in found:
            parent[way.name] = found[row[column]]
            parent.pop(f"{way.name}@iot.navigationLink", None)


def _write_many(
    asked: Asked, kind: Kind, rows: list[Row], shown: list[dict[str, Any]], one: Expand
) -> None:
    way, options = kind.ways[one.way], one.options
    lists, counts = _keys_of(asked, kind, way, [row["pk"] for row in rows], options)
    keys = {key for some in lists.values() for key in some[: options.top]}
    found = children(asked, target_of(way), keys, options)
    for row, parent in zip(rows, shown, strict=True):
        mine = lists.get(row["pk"], [])
        parent.pop(f"{way.name}@iot.navigationLink", None)
        if options.count:
            parent[f"{way.name}@iot.count"] = counts.get(row["pk"], 0)
        parent[way.name] = [found[key] for key in mine[: options.top] if key in found]
        if len(mine) > options.top:
            link = f"{self_link(asked.root, kind, row['pk'])}/{way.name}"
            parent[f"{way.name}@iot.nextLink"] = f"{link}?{next_query(options)}"


def _keys_of(
    asked: Asked, kind: Kind, way: Relation, parents: list[int], options: Options
) -> tuple[dict[int, list[int]], dict[int, int]]:
    """For each parent the ids of its children in order, and how many there are in all.

    A correlated list for each parent: the newest observation of a thousand datastreams is then
    a thousand look-ups in an index, not a sort of all observations.
    """
    target = target_of(way)
    inner = rows_of(target, asked.reader).filter(**{way.back: OuterRef("pk")})
    inner = narrowed(target, inner, options.filter)
    ordered = inner.order_by(*order_keys(target, options.order))
    window = ordered[options.skip : options.skip + options.top + 1]
    wanted: dict[str, Any] = {"gx": Ids(window.annotate(gx=F("pk")).values("gx"))}
    if options.count:
        counted = inner.order_by().values(way.back).annotate(n=Count("pk")).values("n")
        wanted["gn"] = Coalesce(Subquery(counted), 0)
    found = kind.model._default_manager.filter(Q(OneOf(F("pk"), parents)))
    rows = list(found.order_by().values("pk", **wanted))
    lists = {row["pk"]: row["gx"] for row in rows}
    return lists, {row["pk"]: row["gn"] for row in rows} if options.count else {}
