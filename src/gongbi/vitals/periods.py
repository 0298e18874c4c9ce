"""What a period's check-up asks of the signs: time at each level, and the alerts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.conf import settings
from django.db.models import Q
from numpy.typing import NDArray

from gongbi.core.public import in_language, now
from gongbi.stream import public as stream
from gongbi.vitals.models import Alert, Indicator, Series

LEVELS = 4
MOST_EPISODES = 20_000


@dataclass(frozen=True, slots=True)
class SignName:
    """An indicator as a report names it; ``case_from`` is the level that asks for a case, or 0."""

    code: str
    name: str
    kind: str
    case_from: int


@dataclass(frozen=True, slots=True)
class SignTimes:
    """Every series at or below a place, by path: how long it stood at each level in each part.

    ``seconds`` is (n, parts, 4 levels) of windows with readings, ``due`` (n, parts) the seconds
    owed; a series whose silence means nothing owes what it told. ``signs`` (n,) points into
    ``names``. ``until`` is how far the engine has read, ``begun`` where the record begins;
    ``windows`` (n,) were read, and late rows may still correct ``provisional`` (n,) of them.
    """

    names: tuple[SignName, ...]
    signs: NDArray[np.int64]
    places: tuple[str, ...]
    paths: NDArray[np.str_]
    seconds: NDArray[np.float64]
    due: NDArray[np.float64]
    begun: datetime | None
    until: datetime
    windows: NDArray[np.int64]
    provisional: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Episode:
    """An alert as a report counts it."""

    id: str
    indicator: str
    place: str
    place_name: str
    place_path: str
    peak: int
    began_at: datetime
    ended_at: datetime | None
    acknowledged: bool
    case_number: str


def sign_times(place_path: str, edges: Sequence[datetime]) -> SignTimes:
    """Time at each level of every series in force at or below a place. Two queries."""
    names = _names()
    rows = list(
        Series.objects.filter(in_force=True, place_path__startswith=place_path)
        .order_by("place_path", "indicator")
        .values_list(
            "id",
            "indicator",
            "place",
            "place_path",
            "indicator__window_seconds",
            "indicator__missing_windows",
        )
    )
    columns = list(zip(*rows, strict=True)) or [()] * 6
    ids, widths = np.array(columns[0], np.int64), np.array(columns[4], np.float64)
    windows, provisional = _windows(ids, edges)
    seconds = windows * widths[:, None, None]
    begun, until = record_begins(), _read_until()
    due = _due(widths, np.array(columns[5], np.int64), edges, begun, until)
    at = {one.code: place for place, one in enumerate(names)}
    return SignTimes(
        names=names,
        signs=np.array([at[code] for code in columns[1]], np.int64),
        places=tuple(columns[2]),
        paths=np.array(columns[3], np.str_),
        seconds=seconds,
        due=np.maximum(due, seconds.sum(axis=2)),
        begun=begun,
        until=until,
        windows=windows.sum(axis=(1, 2)).astype(np.int64),
        provisional=provisional,
    )


def _names() -> tuple[SignName, ...]:
    rows = Indicator.objects.filter(in_force=True)
    return tuple(
        SignName(one.code, one.name, one.kind, one.case_from_level if one.case_type else 0)
        for one in rows
    )


def _windows(
    ids: NDArray[np.int64], edges: Sequence[datetime]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """(windows by series, part and level, how many of each series' may change), as ``ids``."""
    counts = np.zeros((len(ids), len(edges) - 1, LEVELS))
    open_yet = np.zeros(len(ids), np.int64)
    if len(ids):
        told = stream.windows_by_level(settings.GONGBI_DATA, series=ids.tolist(), edges=edges)
        order = np.argsort(ids)
        at = order[np.searchsorted(ids, told["series"].to_numpy(), sorter=order)]
        counts[at, told["part"].to_numpy(), told["level"].to_numpy()] = told["windows"].to_numpy()
        np.add.at(open_yet, at, told["provisional"].to_numpy())
    return counts, open_yet


def record_begins() -> datetime | None:
    """The hour of the oldest reading kept; None where none ever came."""
    return stream.first_reading(settings.GONGBI_DATA)


def _read_until() -> datetime:
    """Windows that end later have not been judged: that they are absent is nobody's silence."""
    reached = stream.status(settings.GONGBI_DATA).watermark
    return min(reached, now()) if reached else now()


def _due(
    widths: NDArray[np.float64],
    missing_windows: NDArray[np.int64],
    edges: Sequence[datetime],
    begun: datetime | None,
    until: datetime,
) -> NDArray[np.float64]:
    """Seconds of whole windows owed in each part (n, parts)."""
    if begun is None or not len(widths):
        return np.zeros((len(widths), len(edges) - 1))
    marks = np.array([edge.timestamp() for edge in edges])
    first = np.maximum(marks[:-1], begun.timestamp())[None, :]
    # A window belongs to the part it begins in, and is owed once it has ended.
    last = np.minimum(marks[1:][None, :], until.timestamp() - widths[:, None] + 1e-6)
    wide = widths[:, None]
    owed = np.maximum(np.ceil(last / wide) - np.ceil(first / wide), 0) * wide
    return np.where(missing_windows[:, None] > 0, owed, 0.0)


def episodes_between(
    place_path: str, since: datetime, until: datetime
) -> tuple[list[Episode], bool]:
    """Alerts that began in [since, until) or were on then, in order; whether some were left out.

    Those that late readings took back are not among them. One query.
    """
    lasting = Q(ended_at=None) | Q(ended_at__gt=since)
    rows = (
        Alert.objects.filter(lasting, began_at__lt=until, place_path__startswith=place_path)
        .exclude(withdrawn=True)
        .order_by("began_at", "pk")
        .values_list(
            "pk",
            "series__indicator",
            "series__place",
            "series__place__name_en",
            "series__place__name_zh",
            "place_path",
            "peak_level",
            "began_at",
            "ended_at",
            "acknowledged_at",
            "case_number",
        )[: MOST_EPISODES + 1]
    )
    found = [
        Episode(
            pk, sign, place, in_language(en, zh), path, peak, began, ended, seen is not None, no
        )
        for pk, sign, place, en, zh, path, peak, began, ended, seen, no in rows
    ]
    return found[:MOST_EPISODES], len(found) > MOST_EPISODES
