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

from gongbi.cases import masks, states
from gongbi.cases.access import visible_cases
from gongbi.cases.actors import Actor
from gongbi.cases.errors import Incomplete
from gongbi.cases.events import WordsSearched
from gongbi.cases.models import Case, Marks, Signal
from gongbi.cases.queries import LIST_FIELDS
from gongbi.cases.records_listed import SearchHit
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
class _Found:
    """A report that may hold the words: its seals, and by what its case may be called."""

    case: int
    words: int | None
    contact: int | None
    place_words: int | None
    state: str
    type_code: str | None
    place_path: str
    unit: str | None

    @property
    def seals(self) -> tuple[int | None, ...]:
        """Whatever of it is sealed."""
        return self.words, self.contact, self.place_words


_COLUMNS = (
    *("case_id", "words_id", "contact_id", "place_words_id"),
    *("case__state", "case__type__code", "case__place_path", "case__unit_id"),
)


@dataclass(frozen=True, slots=True)
class _Read:
    """A report whose seals were opened: all of it to look in, its words alone to show."""

    found: _Found
    all: str
    words: str


@dataclass(frozen=True, slots=True)
class _Hit:
    """A report that holds what was asked for: where each word of it was, what stands around."""

    read: _Read
    where: tuple[str, ...]


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
    read = _opened(_candidates(scope, sought, meant))
    hits = [found for one in read if (found := _hit(one, words, meant)) is not None]
    _write_down(scope, said, actor, len(hits))
    # Stable: newest first within each.
    hits.sort(key=lambda one: one.read.found.state in states.ENDS)
    return _shown(hits[:MOST_HITS], words)


def _candidates(scope: Scope, sought: Sequence[str], meant: dict[str, Meant]) -> list[_Found]:
    """Newest reports that may hold the words: all of them, or those that are no names."""
    seen = visible_cases(scope, READ, by_time=True)
    ids = _marked(seen, sought, rare=any(meant.values()))
    others = [word for word in sought if not meant[word]]
    if len(others) not in (0, len(sought)) and len(ids) < MOST_READ:
        for word in sought:
            if word not in others:
                seen = seen.filter(in_names(meant[word]))
        ids = list(dict.fromkeys([*ids, *_marked(seen, others)]))
    rows = Signal.objects.filter(pk__in=ids).values_list("pk", *_COLUMNS)
    by_id = {pk: _Found(*said) for pk, *said in rows}
    return [by_id[pk] for pk in ids if pk in by_id]


def _marked(seen: "QuerySet[Case]", words: Sequence[str], *, rare: bool = False) -> list[int]:
    """The newest reports with the marks of all words: the last months first, and older ones
    only where those do not give enough."""
    ids: list[int] = []
    # Whether the case is seen is asked of each that is found: a set of all that are seen would be
    # made anew for each question.
    rows = Signal.objects.filter(Exists(seen.filter(pk=OuterRef("case")))).order_by("-pk")
    for months in _spans_of_months():
        marks = [marks_of(words, month) for month in months]
        end = (months[0] + timedelta(days=31)).replace(day=1)
        most = MOST_READ - len(ids)
        ids += _newest(seen.filter(opened_at__lt=end), rows, marks, most, rare=rare)
        if len(ids) >= ENOUGH:
            break
    return sorted(set(ids), reverse=True)


def _newest(
    seen: "QuerySet[Case]",
    rows: "QuerySet[Signal]",
    marks: list[list[int]],
    most: int,
    *,
    rare: bool,
) -> list[int]:
    """The newest reports with these marks. Words that everybody writes are in so many that a
    person's own newest cases have enough of them, and a list of all that have them is long to
    make; few others are found at once by their marks. ``rare``: one of them names a place or the
    like, so that few reports have them all."""
    by_marks = rows.filter(marks__marks__has_all_of_one=marks).values_list("pk", flat=True)[:most]
    if rare and not _common(marks):
        return list(by_marks)
    for many in (NEWEST, 8 * NEWEST):
        newest = seen.order_by("-opened_at", "-pk").values("pk")
        here = Signal.objects.filter(case__in=newest[:many]).order_by("-pk")
        here = here.filter(marks__marks__has_all_of_one_here=marks)
        ids = list(here.values_list("pk", flat=True)[:most])
        if len(ids) >= ENOUGH or not newest[many : many + 1].exists():
            return ids
        if not rare and many == NEWEST and not _common(marks):
            break
    return list(by_marks)


def _common(marks: list[list[int]]) -> bool:
    """Whether so many reports have these marks that they are not all listed."""
    found = Marks.objects.filter(marks__has_all_of_one=marks)
    return found.values_list("pk")[COMMON : COMMON + 1].exists()


def _spans_of_months() -> list[list[datetime]]:
    """Months in which reports came, newest first: the last two, the four before, all others."""
    first = Signal.objects.order_by("pk").values_list("received_at", flat=True).first()
    month = now().astimezone(UTC).replace(day=1, hour=12)
    months = [month]
    while first is not None and month > first and len(months) < MOST_MONTHS:
        month = (month - timedelta(days=15)).replace(day=1)
        months.append(month)
    return [some for some in (months[:2], months[2:6], months[6:]) if some]


def _opened(found: Sequence[_Found]) -> list[_Read]:
    opened = unseal_many(pk for one in found for pk in one.seals)
    return [
        _Read(
            one,
            plain("\n".join(opened.get(pk or 0, "") for pk in one.seals)),
            opened.get(one.words or 0, ""),
        )
        for one in found
    ]


def _hit(one: _Read, words: Sequence[str], meant: dict[str, Meant]) -> _Hit | None:
    """The report as a hit when each word is in it, or names its type, place or unit."""
    places = []
    for word in words:
        if plain(word) in one.all:
            places.append("words")
        elif (name := _name(one.found, meant[word])) is not None:
            places.append(name)
        else:
            return None
    return _Hit(one, tuple(places)) if "words" in places else None


def _shown(hits: Sequence[_Hit], words: Sequence[str]) -> list[SearchHit]:
    """Only what is shown is read whole. One query."""
    rows = Case.objects.select_related(*LIST_FIELDS, "merged_into__type")
    cases = rows.defer("place__geometry").in_bulk({one.read.found.case for one in hits})
    return [
        hit(case, one.where, excerpt(_masked(one.read.words, case), words))
        for one in hits
        if (case := cases.get(one.read.found.case)) is not None
    ]


def _masked(text: str, case: Case) -> str:
    """The words as the types of their case and of the one it was merged into show them; ways to
    reach a person are hidden here whatever a type says."""
    root = case.merged_into
    return masks.masked(mask_contacts(text), case.type, also=root.type if root else None)


def _name(found: _Found, one: Meant) -> str | None:
    if found.type_code in one.types:
        return "type"
    if one.places and found.place_path.startswith(one.places):
        return "place"
    return "unit" if found.unit in one.units else None


def excerpt(text: str, words: Sequence[str]) -> list[tuple[str, bool]]:
    """What stands around the first find, in parts, each with whether it is what was asked for.

    The text is masked already: what is masked cannot be marked.
    """
    shown = " ".join(text.split())
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
