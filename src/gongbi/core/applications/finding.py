"""The application of a key, with what it has spent: asked at every call of another system.

Written out, because composing a question over five tables took three times as long as its answer.
"""

import json
from typing import Any

from django.db import connection

from gongbi.core.models import Application, ApplicationKey, ApplicationUse, Place, Unit
from gongbi.core.written_out import instant

_ASKED = """
SELECT k.id, k.scopes, k.last_used_at,
       a.id, a.name, a.scopes, a.types, a.own_unit_only, a.per_minute, a.per_day,
       u.code, u.path, p.code, p.path,
       s.version, s.minute_slots, s.day_slots, s.hour, s.calls, s.refused, s.errors,
       s.last_error_at, s.last_error
FROM core_applicationkey k
JOIN core_application a ON a.id = k.application_id
JOIN core_applicationuse s ON s.application_id = a.id
LEFT JOIN core_unit u ON u.code = a.owner_id
LEFT JOIN core_place p ON p.code = a.place_id
WHERE k.digest = %s AND k.retired_at IS NULL AND a.retired_at IS NULL
"""


def live_key(digest: str) -> ApplicationKey | None:
    """The key of that digest, its application and what it has spent, where neither has ended.

    Only what a call needs is read; the rest of each row stands at its default.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ASKED, [digest])
        row = cursor.fetchone()
    return _key(row[:3], _application(row[3:14], _use(row[3], row[14:]))) if row else None


def _key(said: tuple[Any, ...], of: Application) -> ApplicationKey:
    pk, scopes, last_used_at = said
    return ApplicationKey(
        pk=pk, scopes=json.loads(scopes), last_used_at=instant(last_used_at), application=of
    )


def _application(said: tuple[Any, ...], use: ApplicationUse) -> Application:
    pk, name, scopes, types, own_unit_only, per_minute, per_day, *where = said
    unit, unit_path, place, place_path = where
    found = Application(
        pk=pk,
        name=name,
        scopes=json.loads(scopes),
        types=json.loads(types),
        own_unit_only=bool(own_unit_only),
        per_minute=per_minute,
        per_day=per_day,
        owner=Unit(code=unit, path=unit_path) if unit else None,
        place=Place(code=place, path=place_path) if place else None,
    )
    found.applicationuse = use
    return found


def _use(pk: int, said: tuple[Any, ...]) -> ApplicationUse:
    version, minute, day, hour, calls, refused, errors, last_error_at, last_error = said
    return ApplicationUse(
        pk=pk,
        version=version,
        minute_slots=json.loads(minute),
        day_slots=json.loads(day),
        hour=instant(hour),
        calls=calls,
        refused=refused,
        errors=errors,
        last_error_at=instant(last_error_at),
        last_error=last_error,
    )
