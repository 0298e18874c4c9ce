"""What a person does at the desk: take a shift over, acknowledge its lines."""

from uuid import UUID

from django.db import transaction

from gongbi.core.public import now, publish
from gongbi.desk.access import Post
from gongbi.desk.events import LineAcknowledged, ShiftTaken
from gongbi.desk.models import Shift, ShiftLine
from gongbi.desk.shifts import Line, begun, due_lines


@transaction.atomic
def take_shift(post: Post) -> Shift:
    """Write down what is owed at this moment, to be acknowledged line by line."""
    at, lines = now(), due_lines(post)
    shift = Shift.objects.create(
        place_id=post.place.code,
        place_path=post.place.path,
        taken_by_id=UUID(post.scope.user_id),
        taken_at=at,
        since=begun(post.place.code, at),
    )
    ShiftLine.objects.bulk_create(
        [_stored(shift, position, line) for position, line in enumerate(lines)]
    )
    publish(
        ShiftTaken(shift=shift.pk, place=post.place.code, lines=len(lines)),
        subject=f"shift:{shift.pk}",
        actor=f"person:{post.scope.user_id}",
        place_path=post.place.path,
    )
    return shift


@transaction.atomic
def acknowledge(shift: Shift, line_id: int, person: str) -> ShiftLine | None:
    """Say that a line was seen; the first who says so is kept. None: no such line."""
    fresh = shift.lines.filter(pk=line_id, acknowledged_at=None)
    if fresh.update(acknowledged_at=now(), acknowledged_by=UUID(person)):
        line = shift.lines.get(pk=line_id)
        publish(
            LineAcknowledged(shift=shift.pk, line=line.pk, subject=line.subject),
            subject=f"shift:{shift.pk}",
            actor=f"person:{person}",
            place_path=shift.place_path,
        )
    return shift.lines.select_related("acknowledged_by").filter(pk=line_id).first()


def _stored(shift: Shift, position: int, line: Line) -> ShiftLine:
    return ShiftLine(
        shift=shift,
        position=position,
        group=line.group,
        kind=line.kind,
        subject=line.subject,
        version=line.version,
        state=line.state,
        level=line.level,
        due_at=line.due_at,
        moved_at=line.moved_at,
    )
