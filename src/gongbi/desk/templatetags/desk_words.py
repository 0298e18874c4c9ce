"""Words of the desk for its templates."""

from django import template

from gongbi.desk.wording import GROUPS

register = template.Library()


@register.filter
def group_words(code: str) -> str:
    """The heading of a group of handover lines."""
    return str(GROUPS[code])
