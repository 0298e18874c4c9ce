"""Fields a type asks for at a verb: numbers, choices, dates, yes or no; nothing free to write.

Free words are sealed elsewhere. What stands here is read by lists and figures, so that it must not
be able to hold a name.
"""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from gongbi.cases.errors import Incomplete
from gongbi.cases.models import Case
from gongbi.core.public import in_language

PREFIX = "field_"
Field = dict[str, Any]


def asked_at(case: Case, verb: str) -> list[Field]:
    """The fields a case's type asks for with a verb, in the pack's order."""
    fields: list[Field] = case.type.fields if case.type else []
    return [one for one in fields if one["required_at"] == verb]


def name_of(field: Field) -> str:
    """A field's name in the reader's language."""
    return in_language(field.get("name_en", ""), field.get("name_zh", ""))


def read_fields(case: Case, verb: str, said: dict[str, Any]) -> dict[str, Any]:
    """The case's values with those said now; Incomplete names the first that is not right.

    What was said before counts, so that a case that comes again is not asked the same twice.
    """
    asked = {one["code"]: one for one in asked_at(case, verb)}
    for code in said:
        if code not in asked:
            raise Incomplete(PREFIX + code, _("This kind of matter asks no %(field)r here.")
                             % {"field": code})  # fmt: skip
    values = dict(case.values)
    for code, field in asked.items():
        value = said.get(code)
        if value in (None, ""):
            if code not in values:
                raise Incomplete(PREFIX + code, _("Please fill in: %(field)s.")
                                 % {"field": name_of(field)})  # fmt: skip
            continue
        values[code] = _right(field, value)
    return values


def _right(field: Field, value: Any) -> Any:
    wrong = Incomplete(
        PREFIX + field["code"],
        _("%(value)r does not fit %(field)s.") % {"value": value, "field": name_of(field)},
    )
    try:
        return _READ[field["kind"]](field, value)
    except (ValueError, TypeError) as error:
        raise wrong from error


def _number(field: Field, value: Any) -> float:
    found = float(value)
    if not (field.get("least", 0.0) <= found <= field.get("most", 1e9)):
        raise ValueError(value)
    return found


def _choice(field: Field, value: Any) -> str:
    if value not in [one["code"] for one in field["choices"]]:
        raise ValueError(value)
    return str(value)


def _date(_field: Field, value: Any) -> str:
    return (value if isinstance(value, date) else date.fromisoformat(value)).isoformat()


def _yes_no(_field: Field, value: Any) -> bool:
    if value in (True, "yes"):
        return True
    if value in (False, "no"):
        return False
    raise ValueError(value)


_READ = {"number": _number, "choice": _choice, "date": _date, "yes_no": _yes_no}
KINDS = tuple(_READ)
