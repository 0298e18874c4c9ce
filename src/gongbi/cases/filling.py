"""What a type asks to be filled in: numbers, choices, dates, yes or no; nothing free to write.

Free words are sealed elsewhere. What stands here is read by lists, rules and figures, so that it
must not be able to hold a name.
"""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from gongbi.core.public import in_language

Field = dict[str, Any]
MOST_SHOWN, MOST_NUMBER = 40, 1e9


def name_of(field: Field) -> str:
    """A field's name, or a choice's, in the reader's language."""
    return in_language(field.get("name_en", ""), field.get("name_zh", ""))


def right(field: Field, value: Any) -> Any:
    """The value as it is kept; ValueError says in a sentence that it does not fit."""
    try:
        return _READ[field["kind"]](field, value)
    except (ValueError, TypeError) as error:
        shown = {"value": str(value)[:MOST_SHOWN], "field": name_of(field), "how": _how(field)}
        raise ValueError(_("%(field)s: %(value)r does not fit; say %(how)s.") % shown) from error


def _how(field: Field) -> str:
    """What would fit, in words."""
    if field["kind"] == "number":
        least, most = field.get("least", 0.0), field.get("most", MOST_NUMBER)
        return _("a number from %(least)s to %(most)s") % {
            "least": f"{least:.15g}", "most": f"{most:.15g}",
        }  # fmt: skip
    if field["kind"] == "choice":
        codes = _(", ").join(one["code"] for one in field["choices"])
        return _("one of %(codes)s") % {"codes": codes}
    return _("a day such as 2026-11-24") if field["kind"] == "date" else _("yes or no")


def in_words(field: Field, value: Any) -> str:
    """A kept value in the reader's language."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field["kind"] == "choice":
        chosen = next((one for one in field["choices"] if one["code"] == value), None)
        return name_of(chosen) if chosen else str(value)
    return f"{value:.15g}" if isinstance(value, float | int) else str(value)


def _number(field: Field, value: Any) -> float:
    found = float(value)
    if not (field.get("least", 0.0) <= found <= field.get("most", MOST_NUMBER)):
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
