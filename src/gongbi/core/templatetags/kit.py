"""The page kit for templates: ``{% load kit %}``; docs/page-kit.md shows each tag in use."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import Any

from django import forms, template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from gongbi.core import clock
from gongbi.core.once import FIELD as ONCE
from gongbi.core.templatetags.kit_drawing import amount, draw_spark
from gongbi.core.units import unit_words

register = template.Library()

# number: (name of icon and tone, words). -1 is silence, which is not a zero and not normal.
LEVELS = {
    -1: ("missing", gettext_lazy("No data")),
    0: ("normal", gettext_lazy("Normal")),
    1: ("notice", gettext_lazy("Notice")),
    2: ("warning", gettext_lazy("Warning")),
    3: ("alarm", gettext_lazy("Alarm")),
}
# state of a case: (icon, tone, words)
STATES = {
    "open": ("open", "is-notice", pgettext_lazy("state of a case", "Open")),
    "in_hand": ("hand", "is-accent", gettext_lazy("In hand")),
    "waiting": ("pause", "is-missing", gettext_lazy("Waiting")),
    "answered": ("answered", "is-accent", gettext_lazy("Answered")),
    "closed": ("closed", "is-normal", gettext_lazy("Closed")),
    "merged": ("merged", "is-missing", gettext_lazy("Merged")),
    "cancelled": ("cancelled", "is-missing", gettext_lazy("Cancelled")),
}


register.filter("unit_words", unit_words)


@register.simple_tag
def icon(name: str, words: str = "") -> SafeString:
    """A sign from the sprite; with words it speaks, without it is decoration."""
    return _svg(name, words)


@register.filter
def level_name(level: int) -> str:
    """``alarm`` for 3: the last part of class ``is-alarm`` and the name of the icon."""
    return LEVELS[level][0]


@register.filter
def level_words(level: int) -> str:
    """A level in the reader's language."""
    return str(LEVELS[level][1])


@register.inclusion_tag("core/_badge.html")
def level_badge(level: int | None, words: str = "") -> dict[str, Any]:
    """Icon, colour and word of a level; ``words`` replaces the level's own name."""
    name, usual = LEVELS[-1 if level is None else level]
    return {
        "icon": name,
        "tone": f"is-{name}",
        "words": words or usual,
        "strong": (level or 0) >= 2,
    }


@register.inclusion_tag("core/_badge.html")
def state_badge(state: str, words: str = "") -> dict[str, Any]:
    """Where a case stands; a state that a pack added shows under its own words."""
    sign, tone, usual = STATES.get(str(state), ("open", "", str(state)))
    return {"icon": sign, "tone": tone, "words": words or usual, "strong": False}


@register.inclusion_tag("core/_badge.html")
def badge(words: str, icon: str = "", tone: str = "") -> dict[str, Any]:
    """Any other short mark; ``tone`` is a level's name or ``accent``."""
    return {"icon": icon, "tone": f"is-{tone}" if tone else "", "words": words, "strong": False}


@register.inclusion_tag("core/_badge.html")
def deadline_badge(
    due: datetime | None, now: datetime | None = None, done: bool = False
) -> dict[str, Any]:
    """How long is left, or by how much a promise was missed; amber in its last two hours."""
    if due is None:
        return {"icon": "clock", "tone": "", "words": _("No deadline"), "strong": False}
    if done:
        words = _("Was due %(when)s") % {"when": _moment(due, now)}
        return {"icon": "clock", "tone": "", "words": words, "strong": False}
    left = due - (now or clock.now())
    title = date_format(timezone.localtime(due), "DATETIME_FORMAT")
    if left < timedelta():
        words = _("%(span)s overdue") % {"span": span_in_words(-left)}
        return {
            "icon": "alarm",
            "tone": "is-alarm",
            "words": words,
            "strong": True,
            "title": title,
        }
    tone = "is-warning" if left < timedelta(hours=2) else ""
    words = _("%(span)s left") % {"span": span_in_words(left)}
    sign = "warning" if tone else "clock"
    return {"icon": sign, "tone": tone, "words": words, "strong": False, "title": title}


@register.filter
def span_in_words(span: timedelta) -> str:
    """The largest unit that fits: nobody needs the minutes of a wait of nine days."""
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return _("under a minute")
    if minutes < 60:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    if minutes < 48 * 60:
        return ngettext("%(n)d hour", "%(n)d hours", minutes // 60) % {"n": minutes // 60}
    days = minutes // 1440
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


@register.simple_tag
def when(at: datetime | None, now: datetime | None = None) -> SafeString:
    """An instant as a person says it: the time today, else the day and time."""
    if at is None:
        return mark_safe("–")
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        at.isoformat(timespec="seconds"),
        date_format(timezone.localtime(at), "DATETIME_FORMAT"),
        _moment(at, now),
    )


def _moment(at: datetime, now: datetime | None) -> str:
    here, today = timezone.localtime(at), timezone.localtime(now or clock.now())
    if here.date() == today.date():
        return here.strftime("%H:%M")
    short = _("%(month)d-%(day)02d %(time)s") % {
        "month": here.month,
        "day": here.day,
        "time": here.strftime("%H:%M"),
    }
    return short if here.year == today.year else f"{here.year}-{short}"


register.filter(amount)


@register.inclusion_tag("core/_sparkline.html")
def sparkline(
    values: Sequence[float | None], limits: Iterable[tuple[int, float]] = ()
) -> dict[str, Any]:
    """A small line drawn by the server; a screen reader hears lowest, highest and latest."""
    return {"spark": draw_spark(list(values), limits)}


@register.inclusion_tag("core/_figure.html")
def figure(
    label: str,
    value: Any,
    href: str = "",
    unit: str = "",
    level: int | None = None,
    spark: Sequence[float | None] | None = None,
    limits: Iterable[tuple[int, float]] = (),
    note: str = "",
    at: datetime | None = None,
) -> dict[str, Any]:
    """A number that opens the rows it was counted from: ``href`` is where they are."""
    name = LEVELS[level][0] if level is not None else ""
    return {
        "label": label,
        "value": value,
        "href": href,
        "unit": unit,
        "level": level,
        "tone": f"is-{name}" if name else "",
        "spark": draw_spark(list(spark), limits) if spark is not None else None,
        "note": note,
        "at": at,
    }


@register.simple_block_tag
def card(content: str, title: str = "", note: str = "", flush: bool = False, id: str = "") -> str:
    """A sheet with a heading; ``flush`` lets a list or table reach its edges."""
    label = format_html(' aria-labelledby="{}-title"', id) if id and title else ""
    name = format_html(' id="{}"', id) if id else ""
    title_name = format_html(' id="{}-title"', id) if id else ""
    head = (
        format_html(
            '<div class="card-head"><h2{}>{}</h2><span class="small soft">{}</span></div>',
            title_name,
            title,
            note,
        )
        if title
        else ""
    )
    return format_html(
        '<section class="card"{}{}>{}<div class="{}">{}</div></section>',
        name,
        label,
        head,
        "card-flush" if flush else "card-body",
        content,
    )


@register.inclusion_tag("core/_empty.html")
def nothing(title: str, text: str = "", href: str = "", action: str = "") -> dict[str, Any]:
    """Nothing here, and why that is so or what to do next. Not ``empty``: that ends a ``for``."""
    return {"title": title, "text": text, "href": href, "action": action, "icon": "empty"}


@register.inclusion_tag("core/_empty.html")
def failed(title: str, text: str = "", href: str = "", action: str = "") -> dict[str, Any]:
    """Something could not be shown: what, and the remedy."""
    said = {"title": title, "text": text, "href": href, "action": action}
    return said | {"icon": "warning", "failed": True}


@register.simple_tag
def form_fields(form: forms.BaseForm) -> SafeString:
    """A form's errors and fields, with labels, help and errors tied to their inputs."""
    return form.render("core/form/form.html")


@register.simple_tag
def once() -> SafeString:
    """A token for a form that makes something: pressed twice, it is done once (``core.once``)."""
    return format_html('<input type="hidden" name="{}" value="{}">', ONCE, token_urlsafe(16))


@register.simple_tag
def form_field(field: forms.BoundField) -> SafeString:
    """One field, for a form that is laid out by hand."""
    return field.render("core/form/field.html")


@register.filter
def widget_kind(field: forms.BoundField) -> str:
    """``checkbox``, ``group`` (several inputs under one legend) or ``plain``."""
    if isinstance(field.field.widget, forms.CheckboxInput):
        return "checkbox"
    return "group" if field.use_fieldset else "plain"


@register.inclusion_tag("core/_chart.html")
def chart(id: str, data: dict[str, Any], title: str) -> dict[str, Any]:
    """A chart and the same data as a table.

    ``data``: ``x`` labels, ``series`` [{name, values, type?}], ``unit``, and optionally
    ``limits`` [{level, value, name}] and ``scale`` (the axis need not begin at zero).
    """
    rows = zip(data["x"], *(series["values"] for series in data["series"]), strict=True)
    return {"id": id, "data": data, "title": title, "rows": list(rows)}


@register.inclusion_tag("core/_map.html")
def city_map(
    label: str, points: str, centre: tuple[float, float], parts: str = "", approval: str = ""
) -> dict[str, Any]:
    """The city's map; ``points`` is an address that gives GeoJSON, see docs/page-kit.md."""
    return {
        "label": label,
        "points": points,
        "centre": f"{centre[0]},{centre[1]}",
        "parts": parts,
        "approval": approval,
        "words": json.dumps(_map_words(), ensure_ascii=False),
    }


def _map_words() -> dict[str, Any]:
    return {
        "count": _("{alerts} alerts and {cases} cases shown"),
        "stale": _("The map could not be refreshed; it shows what was last known."),
        "failed": _(
            "The map cannot be drawn in this browser. The lists on this page say the same."
        ),
        "kinds": {"alert": _("Alert"), "case": _("Case"), "place": _("Place")},
        "levels": [str(LEVELS[level][1]) for level in range(4)],
        "controls": {
            "NavigationControl.ZoomIn": _("Zoom in"),
            "NavigationControl.ZoomOut": _("Zoom out"),
            "Map.Title": _("Map"),
            "Popup.Close": _("Close"),
            "ScaleControl.Meters": _("m"),
            "ScaleControl.Kilometers": _("km"),
            "CooperativeGesturesHandler.WindowsHelpText": _(
                "Hold Ctrl and scroll to zoom the map"
            ),
            "CooperativeGesturesHandler.MacHelpText": _("Hold ⌘ and scroll to zoom the map"),
            "CooperativeGesturesHandler.MobileHelpText": _("Use two fingers to move the map"),
        },
    }


def _svg(name: str, words: str) -> SafeString:
    address = static("core/icons.svg")
    if words:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}#{}"/></svg>',
            words,
            address,
            name,
        )
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', address, name
    )
