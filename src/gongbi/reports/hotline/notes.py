"""A text message to whoever was promised a call and was not reached: they were rung, what next.

It says nothing of what they had called about. Whoever was drawn by chance for a check is not
written to: they promised themselves nothing from it.
"""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from gongbi.cases import public as cases
from gongbi.core.public import SMS, Letter, Owed, city, owe_messages
from gongbi.reports.hotline import said as hearing
from gongbi.reports.hotline.models import CallBack

NOT_REACHED = "not_reached"


def owe_note(back: CallBack) -> None:
    """Owe a note after an attempt that reached nobody; once an attempt."""
    if back.kind != CallBack.PROMISED or back.call is None:
        return
    many = back.attempts.count()
    owed = Owed(
        reference=f"callback:{back.pk}:{many}",
        way=SMS,
        writer="reports",
        kind=NOT_REACHED,
        subject=str(back.pk),
        about=back.case_number,
        place_path=back.place_path,
        said={"attempt": many},
    )
    owe_messages([owed])


def write(kind: str, subject: str, about: str, said: dict[str, Any]) -> Letter | None:
    """The note, unless they were reached meanwhile or a later attempt has its own."""
    back = CallBack.objects.select_related("call").filter(pk=UUID(subject)).first()
    if back is None or back.call is None or back.attempts.count() != said["attempt"]:
        return None
    if back.state not in (CallBack.DUE, CallBack.GIVEN_UP):
        return None
    found = cases.way_to(hearing.heard(back.call).contact)
    if found is None or found[0] != SMS:
        return None
    with translation.override(settings.LANGUAGE_CODE), timezone.override(city().zone):
        return Letter(found[1], settings.LANGUAGE_CODE, _sentence(back))


def _sentence(back: CallBack) -> str:
    if back.state == CallBack.GIVEN_UP:
        return _(
            "%(city)s hotline: we rang you as promised and did not reach you. Please call."
        ) % {"city": city().name}
    when = date_format(timezone.localtime(back.due_at), "SHORT_DATETIME_FORMAT")
    said = {"city": city().name, "when": when}
    return (
        _("%(city)s hotline: we rang you as promised and did not reach you. Next try: %(when)s.")
        % said
    )
