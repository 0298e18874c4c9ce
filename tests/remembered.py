"""A pack is read once a run; every later test that loads the same one gets its rows put back.

Reading, checking and writing a pack costs ten times what its rows do, and a thousand tests begin
with it. What is put back is exactly what ``load_pack`` wrote the first time, ids included, and the
folder beside it. A test in whose database something stands already loads its pack anew.
"""

import os
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.models.sql import InsertQuery
from django.utils import timezone

ROWS_AT_ONCE = 10
Statements = list[tuple[str, Any]]
_made: dict[Any, tuple[int, Statements, Path]] = {}


def load(pack: Path, then: Callable[[], object] = lambda: None) -> int:
    """``load_pack`` of this folder, then what else the test's city begins with; the number."""
    from gongbi.core import packs

    data, key = Path(settings.GONGBI_DATA), _key(pack, then)
    fresh = not data.exists() and not any(_full())
    if fresh and key in _made:
        return _put_back(*_made[key])
    number = packs.load_pack(pack, by="test")
    then()
    if fresh:
        kept = folder() / "data"
        shutil.copytree(data, kept)
        _made[key] = number, _statements(), kept
    return number


def rows(make: Callable[[], object]) -> None:
    """What ``make`` writes into a database where nothing stands."""
    if any(_full()):
        make()
    elif make in _made:
        _write(_made[make][1])
    else:
        make()
        _made[make] = 0, _statements(), Path()


def folder() -> Path:
    """A new folder that goes with the run."""
    return Path(tempfile.mkdtemp(prefix="remembered-", dir=os.environ["GONGBI_DATA"]))


def _key(pack: Path, then: Callable[[], object]) -> Any:
    """Everything that decides what a load writes: the files, who reads them, and today."""
    from gongbi.core import packs

    readers = tuple(settings.PACK_READERS)
    return packs.digest(pack), readers, then, timezone.now().date(), connection.vendor


def _put_back(number: int, statements: Statements, kept: Path) -> int:
    from gongbi.core.city import let_city_go
    from gongbi.core.holding import forget_kept

    shutil.copytree(kept, settings.GONGBI_DATA)
    _write(statements)
    let_city_go()
    forget_kept()
    return number


def _write(statements: Statements) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement, values in statements:
            cursor.execute(statement, values)


@cache
def _models() -> tuple[Any, ...]:
    """Tables, each after those its rows name; none of Django's own registers."""
    own = ("contenttypes", "auth", "sites")
    every = [one for one in apps.get_models(include_auto_created=True) if one._meta.managed]
    waiting = [one for one in every if one._meta.app_label not in own and not one._meta.proxy]
    sorted_: list[Any] = []
    while waiting:
        ready = [one for one in waiting if not (_named(one) & set(waiting)) - {one}]
        sorted_ += ready or waiting
        waiting = [one for one in waiting if one not in sorted_]
    return tuple(sorted_)


def _named(model: Any) -> set[Any]:
    """The tables that rows of this one name."""
    return {field.related_model for field in model._meta.concrete_fields if field.is_relation}


def _full() -> list[Any]:
    """The tables that hold something."""
    quoted = connection.ops.quote_name
    asked = [
        f"SELECT {n} WHERE EXISTS (SELECT 1 FROM {quoted(model._meta.db_table)})"
        for n, model in enumerate(_models())
    ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return [_models()[n] for (n,) in sorted(cursor.fetchall())]


def _statements() -> Statements:
    """What writes the rows that stand now."""
    found: Statements = []
    for model in _full():
        rows = list(model._base_manager.order_by("pk"))
        for begin in range(0, len(rows), ROWS_AT_ONCE):
            query = InsertQuery(model)
            fields = model._meta.concrete_fields
            query.insert_values(fields, rows[begin : begin + ROWS_AT_ONCE], raw=True)
            found += query.get_compiler("default").as_sql()
    return found


def cast(posts: dict[str, tuple[str, str, str] | None]) -> dict[str, Any]:
    """People by username, each with a post (role, unit, place) or none."""
    from gongbi.core.models import Person, Post

    made = {}
    for name, held in posts.items():
        made[name] = Person.objects.create(username=name, name=f"{name} 某")
        if held:
            role, unit, place = held
            Post.objects.create(person=made[name], role=role, unit_id=unit, place_id=place)
    return made


def people() -> dict[str, Any]:
    """Everybody of the test's city by username."""
    from gongbi.core.models import Person

    return {one.username: one for one in Person.objects.all()}
