"""Fields a type asks for at a verb."""

from typing import Any

from django.utils.translation import gettext as _

from gongbi.cases.errors import Incomplete
from gongbi.cases.filling import Field, name_of, right
from gongbi.cases.models import Case

PREFIX = "field_"


def asked_at(case: Case, verb: str) -> list[Field]:
    """The fields a case's type asks for with a verb, in the pack's order."""
    fields: list[Field] = case.type.fields if case.type else []
    return [one for one in fields if one["required_at"] == verb]


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
        try:
            values[code] = right(field, value)
        except ValueError as wrong:
            raise Incomplete(PREFIX + code, str(wrong)) from wrong
    return values
