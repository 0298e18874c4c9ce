"""Finding cases by what reporters wrote: for who may read it, and written down each time.

Marks name the reports that may hold the words; their seals are then opened and read, because a
mark proves nothing. What is shown around a find has contacts masked, as everywhere: a telephone
number finds its case, and is not shown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from gongbi.cases import states
from gongbi.cases.access import visible_cases
from gongbi.cases.actors import Actor
from gongbi.cases.errors import Incomplete
from gongbi.cases.events import WordsSearched
from gongbi.cases.models import Case, Marks, Signal
from gongbi.cases.records import SearchHit
from gongbi.cases.search.finding import MOST_HITS, hit, in_names, words_of
from gongbi.cases.search.marking import marks_of
from gongbi.cases.search.names import Meant, meant_by
from gongbi.core.public import Scope, now, publish, unseal_many
from gongbi.kernel.cases.masking import mask_contacts
from gongbi.kernel.cases.pieces import pieces, plain
from gongbi.kernel.reading.folding import fold_with_places

READ = "cases.see_reporter"
MOST_READ = 200
ENOUGH = 2 * MOST_HITS
COMMON = 10_000  # reports of some months that hold the words; of more, the newest cases are asked
NEWEST = 1_500
MOST_MONTHS = 120
AROUND = 24


@dataclass(frozen=True, slots=True)
class _Read:
    """A report whose seals were opened: all of it to look in, its words alone to show."""

    signal: Signal
    all: str
    words: str


def may_search_words(scope: Scope) -> bool:
    """Whether somebody may read what reporters wrote, anywhere."""
    return bool(scope.place_paths(READ))


def find_words(scope: Scope, said: str, actor: Actor) -> list[SearchHit]:
    """Cases whose reports hold every word, or whose type or place is called so, and one does.

    Two queries a span of months, four where the words are common, one look into the keyring, and
    a line of the journal. Incomplete when no word is long enough to be looked for.
    """
    words = words_of(said)
    sought = [word for word in words if pieces(word)]
    if not sought:
        raise Incomplete(
            "q", _("Please write two Chinese characters, or three letters or digits in a row.")
        )
    meant = {word: meant_by(word) for word in words}
    signals = _candidates(scope, sought, meant)
    read = _opened(signals)
    hits = [found for one in read if (found := _hit(one, words, meant)) is not None]
    _write_down(scope, said, actor, len(hits))
    hits.sort(key=lambda one: one.row.state in states.ENDS)  # stable: newest first within each
    return hits[:MOST_HITS]


def _candidates(scope: Scope, sought: Sequence[str], meant: dict[str, Meant]) -> list[Signal]:
    """Newest reports that may hold the words: all of them, or those that are no names."""
    seen = visible_cases(scope, READ, by_time=True)
    found = _marked(seen, sought)
    others = [word for word in sought if not meant[word]]
    if len(others) in (0, len(sought)) or len(found) >= MOST_READ:
        return found
    for word in sought:
        if word not in others:
            seen = seen.filter(in_names(meant[word]))
    known = {row.pk for row in found}
    return found + [row for row in _marked(seen, others) if row.pk not in known]


def _marked(seen: "QuerySet[Case]", words: Sequence[str]) -> list[Signal]:
    """The newest reports with the marks of all words: the last months first, and older ones
    only where those do not give enough."""
    ids: list[int] = []
    # Whether the case is seen is asked of each that is found: a set of all that are seen would be
    # made anew for each question.
    rows = Signal.objects.filter(Exists(seen.filter(pk=OuterRef("case")))).order_by("-pk")
    for months in _spans_of_months():
        marks = [marks_of(words, month) for month in months]
        end = (months[0] + timedelta(days=31)).replace(day=1)
        ids += _newest(seen.filter(opened_at__lt=end), rows, marks, MOST_READ - len(ids))
        if len(ids) >= ENOUGH:
            break
    shown = Signal.objects.filter(pk__in=ids).order_by("-pk")
    shown = shown.select_related("case__type", "case__place", "case__unit", "case__suggested_unit")
    return list(shown.defer("case__place__geometry"))


def _newest(
    seen: "QuerySet[Case]", rows: "QuerySet[Signal]", marks: list[list[int]], most: int
) -> list[int]:
    """The newest reports with these marks. Words that everybody writes are in so many that a
    person's own newest cases have enough of them; few others are found at once by their marks."""
    found = Marks.objects.filter(marks__has_all_of_one=marks)
    if len(found.values_list("pk")[: COMMON + 1]) > COMMON:
        for many in (NEWEST, 8 * NEWEST):
            newest = list(seen.order_by("-opened_at", "-pk").values_list("pk", flat=True)[:many])
            here = Signal.objects.filter(case__in=newest).order_by("-pk")
            here = here.filter(marks__marks__has_all_of_one_here=marks)
            ids = list(here.values_list("pk", flat=True)[:most])
            if len(ids) >= ENOUGH or len(newest) < many:
                return ids
    return list(
        rows.filter(marks__marks__has_all_of_one=marks).values_list("pk", flat=True)[:most]
    )


def _spans_of_months() -> list[list[datetime]]:
    """Months in which reports came, newest first: the last two, the four before, all others."""
    first = Signal.objects.order_by("pk").values_list("received_at", flat=True).first()
    month = now().astimezone(UTC).replace(day=1, hour=12)
    months = [month]
    while first is not None and month > first and len(months) < MOST_MONTHS:
        month = (month - timedelta(days=15)).replace(day=1)
        months.append(month)
    return [some for some in (months[:2], months[2:6], months[6:]) if some]


def _opened(signals: Sequence[Signal]) -> list[_Read]:
    sealed = [(row.words_id, row.contact_id, row.place_words_id) for row in signals]
    opened = unseal_many(pk for of_one in sealed for pk in of_one)
    return [
        _Read(
            row,
            plain("\n".join(opened.get(pk or 0, "") for pk in of_one)),
            opened.get(row.words_id or 0, ""),
        )
        for row, of_one in zip(signals, sealed, strict=True)
    ]


def _hit(one: _Read, words: Sequence[str], meant: dict[str, Meant]) -> SearchHit | None:
    """The report as a hit when each word is in it, or names its type, place or unit."""
    places = []
    for word in words:
        if plain(word) in one.all:
            places.append("words")
        elif (name := _name(one.signal.case, meant[word])) is not None:
            places.append(name)
        else:
            return None
    if "words" not in places:
        return None
    return hit(one.signal.case, places, excerpt(one.words, words))


def _name(case: Case, one: Meant) -> str | None:
    if case.type and case.type.code in one.types:
        return "type"
    if one.places and case.place_path.startswith(one.places):
        return "place"
    return "unit" if case.unit_id in one.units else None


def excerpt(text: str, words: Sequence[str]) -> list[tuple[str, bool]]:
    """What stands around the first find, in parts, each with whether it is what was asked for.

    Contacts are masked first: what is masked cannot be marked.
    """
    shown = " ".join(mask_contacts(text).split())
    folded, at = fold_with_places(shown)
    spans = _spans(folded, [plain(word) for word in words])
    begin = max(0, (at[spans[0][0]] if spans else 0) - AROUND)
    end = min(len(shown), begin + 5 * AROUND)
    parts, done = [("…" if begin else "", False)], begin
    for first, last in spans:
        one, other = at[first], at[last - 1] + 1
        if one >= done and other <= end:
            parts += [(shown[done:one], False), (shown[one:other], True)]
            done = other
    parts.append((shown[done:end] + ("…" if end < len(shown) else ""), False))
    return [(part, marked) for part, marked in parts if part]


def _spans(folded: str, words: Iterable[str]) -> list[tuple[int, int]]:
    found = []
    for word in words:
        start = folded.find(word)
        while start >= 0:
            found.append((start, start + len(word)))
            start = folded.find(word, start + len(word))
    return sorted(found)


@transaction.atomic
def _write_down(scope: Scope, said: str, actor: Actor, found: int) -> None:
    """That somebody looked, how much they found, and a keyed digest of what they asked: the same
    question asked again can be seen, the question cannot."""
    digest = salted_hmac("gongbi.cases.search", plain(said), algorithm="sha256").hexdigest()[:32]
    fact = WordsSearched(asked=digest, found=found)
    publish(
        fact,
        subject=f"search:{digest}",
        actor=str(actor),
        place_path=min(scope.place_paths(READ), key=len),
    )
