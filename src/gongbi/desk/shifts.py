"""What a shift hands to the next: gathered, grouped, and joined again with how things stand."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from gongbi.cases import public as cases
from gongbi.core.public import now
from gongbi.desk.access import Post
from gongbi.desk.models import Shift, ShiftLine
from gongbi.vitals import public as vitals

SHIFT = timedelta(hours=12)
MOST_LINES = 500


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to hand over, as it stands now; ``mark`` is its stored line, once taken."""

    group: str
    kind: str
    subject: str
    title: str
    url: str
    place_name: str
    unit_name: str
    state: str
    level: int
    version: int
    due_at: datetime | None
    moved_at: datetime
    last_step: str
    mark: ShiftLine | None = None
    gone: bool = False

    @property
    def changed(self) -> bool:
        """Whether something happened to it since it was handed over."""
        return self.mark is not None and not self.gone and self.moved_at > self.mark.moved_at


@dataclass(frozen=True, slots=True)
class Handover:
    """The lines by group, and how many of them are acknowledged."""

    groups: tuple[tuple[str, tuple[Line, ...]], ...]
    lines: int
    acknowledged: int
    more: bool


def begun(place_code: str, at: datetime) -> datetime:
    """When the shift in force at a place began: the last one taken, or twelve hours ago."""
    last = Shift.objects.filter(place=place_code).order_by("-taken_at", "-pk").first()
    return last.taken_at if last else at - SHIFT


def due_lines(post: Post) -> list[Line]:
    """What would be handed over at this moment: promised, silent, alerts, the rest."""
    at = now()
    found = cases.handover_rows(post.scope, begun(post.place.code, at), limit=MOST_LINES)
    lines = [_case_line(one, at) for one in found]
    lines += [_alert_line(one) for one in vitals.alerts_open(post.scope, limit=MOST_LINES)]
    order = ("promised", "silent", "alert", "open")
    return sorted(lines, key=lambda line: (order.index(line.group), -line.level))


def handover(lines: list[Line]) -> Handover:
    """Lines in their groups; a group without lines is left out."""
    groups: dict[str, list[Line]] = {}
    for line in lines:
        groups.setdefault(line.group, []).append(line)
    seen = sum(1 for line in lines if line.mark and line.mark.acknowledged_at)
    packed = tuple((name, tuple(rows)) for name, rows in groups.items())
    return Handover(packed, len(lines), seen, len(lines) >= MOST_LINES)


def taken_lines(shift: Shift, post: Post) -> list[Line]:
    """The lines of a taken shift with how each stands now; what has ended says so."""
    now_lines = {(line.kind, line.subject): line for line in due_lines(post)}
    marks = shift.lines.select_related("acknowledged_by")
    return [_marked(mark, now_lines.get((mark.kind, mark.subject))) for mark in marks]


def _marked(mark: ShiftLine, line: Line | None) -> Line:
    if line is None:
        return Line(
            group=mark.group,
            kind=mark.kind,
            subject=mark.subject,
            title="",
            url=_address(mark.kind, mark.subject),
            place_name="",
            unit_name="",
            state=mark.state,
            level=mark.level,
            version=mark.version,
            due_at=mark.due_at,
            moved_at=mark.moved_at,
            last_step="",
            mark=mark,
            gone=True,
        )
    fields = {name: getattr(line, name) for name in Line.__slots__}
    return Line(**{**fields, "group": mark.group, "mark": mark})


def _address(kind: str, subject: str) -> str:
    return f"/cases/{subject}/" if kind == "case" else f"/alerts/{subject}/"


def _case_line(one: cases.HandoverRow, at: datetime) -> Line:
    row = one.row
    promised = row.due_at is not None and row.due_at <= at + SHIFT
    return Line(
        group="promised" if promised else "silent" if one.silent else "open",
        kind="case",
        subject=row.number,
        title=row.type_name,
        url=_address("case", row.number),
        place_name=row.place_name,
        unit_name=row.unit_name,
        state=row.state,
        level=row.level,
        version=one.version,
        due_at=row.due_at,
        moved_at=one.last_step_at,
        last_step=one.last_step,
    )


def _alert_line(one: vitals.AlertRecord) -> Line:
    return Line(
        group="alert",
        kind="alert",
        subject=str(one.id),
        title=one.name,
        url=one.href,
        place_name=one.place_name,
        unit_name="",
        state="",
        level=one.level,
        version=0,
        due_at=None,
        moved_at=one.began_at,
        last_step="",
    )
