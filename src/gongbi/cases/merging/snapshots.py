"""What a merge takes off a case, kept field by field, so that undoing it gives all of it back.

The rows are compared before and after rather than listed: whatever a merge comes to touch later
comes back too.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Model

from gongbi.cases.models import Appeal, Case, Deadline, Extension, Supervision, Task

Rows = dict[str, dict[str, Any]]
# What tells of the change itself and does not go back.
NOUNS: tuple[tuple[str, type[Model]], ...] = (
    ("tasks", Task),
    ("deadlines", Deadline),
    ("extensions", Extension),
    ("appeals", Appeal),
    ("supervisions", Supervision),
)
MOVES_ON = frozenset({"version", "changed_at", "signals_count", "key_round"})


def take(case: Case) -> dict[str, Rows]:
    """Every field of a case, its tasks and promises, and what was asked of somebody above."""
    found = {noun: _rows(model._default_manager.filter(case=case)) for noun, model in NOUNS}
    return {"case": _rows([Case.objects.get(pk=case.pk)]), **found}


def changed(before: dict[str, Rows], after: dict[str, Rows]) -> dict[str, Rows]:
    """What ``before`` had that is otherwise in ``after``."""
    return {
        noun: {
            pk: {
                name: value
                for name, value in fields.items()
                if value != after[noun].get(pk, {}).get(name) and name not in MOVES_ON
            }
            for pk, fields in rows.items()
        }
        for noun, rows in before.items()
    }


def put_back(kept: dict[str, Rows]) -> None:
    """Give tasks and promises their fields again; those of the case go by its move."""
    for noun, model in NOUNS:
        for pk, fields in kept.get(noun, {}).items():
            if fields:
                model._default_manager.filter(pk=int(pk)).update(**_typed(model, fields))


def of_case(kept: dict[str, Rows], case: Case) -> dict[str, Any]:
    """The fields of the case, without its state, which a row of the table gives."""
    fields = _typed(Case, kept["case"].get(str(case.pk), {}))
    return {
        name: value for name, value in fields.items() if name not in ("state", "merged_into_id")
    }


def _rows(rows: Iterable[Model]) -> Rows:
    return {
        str(row.pk): {
            field.attname: _plain(getattr(row, field.attname))
            for field in row._meta.concrete_fields
            if not field.primary_key and not field.generated
        }
        for row in rows
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _typed(model: type[Model], fields: dict[str, Any]) -> dict[str, Any]:
    known = {field.attname: field for field in model._meta.concrete_fields}
    return {
        name: known[name].to_python(value) if value is not None else None
        for name, value in fields.items()
        if name in known
    }
