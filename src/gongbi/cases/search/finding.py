"""Finding cases by what somebody types.

Every word must be found in a case. A word is found in its number, in the name of its type, place
or unit in either language, or, for who may read them and says so, in what reporters wrote.
Order: the case of a number first; then what is not over, newest first; then the rest, newest
first. Each hit says where each word was found. Nothing here reads a whole table.
"""

import re
from collections.abc import Sequence

from django.db.models import Q, QuerySet

from gongbi.cases import following, states
from gongbi.cases.access import visible_cases
from gongbi.cases.models import Case, CaseType
from gongbi.cases.numbering import number_of
from gongbi.cases.queries import LIST_FIELDS, case_row
from gongbi.cases.records_listed import SearchHit
from gongbi.cases.search.names import Meant, meant_by
from gongbi.core.public import Scope, city, now

MOST_HITS = 50
MOST_WORDS = 6
LONGEST = 80
_DIGITS = re.compile(r"\d{1,18}")
_NUMBER = re.compile(r"[A-Za-z0-9-]{1,32}-\d{1,18}")


def words_of(said: str) -> list[str]:
    """What somebody typed, word by word."""
    return list(dict.fromkeys(said[:LONGEST].split()))[:MOST_WORDS]


def find_cases(scope: Scope, said: str) -> list[SearchHit]:
    """Cases by number, or by names of type, place and unit. At most four queries."""
    words = words_of(said)
    if not words:
        return []
    if len(words) == 1 and (found := by_number(scope, words[0])):
        return [hit(case, ("number",)) for case in found]
    meant = [meant_by(word) for word in words]
    if not all(meant):
        return []
    rows = visible_cases(scope)
    for one in meant:
        rows = rows.filter(in_names(one))
    return [hit(case, tuple(_where(case, one) for one in meant)) for case in in_order(rows)]


def by_number(scope: Scope, word: str) -> list[Case]:
    """The case of a number, whole or its digits; of a short number; or those that begin so."""
    seen = visible_cases(scope)
    if following.looks_like_short(word):
        digest = following.short_digest(word)
        return _listed(seen.filter(signals__short_digest=digest))[:1]
    if _DIGITS.fullmatch(word):
        exact = _listed(seen.filter(number=number_of(int(word))))
        begins = f"{city().code.upper()}-{word}"
        more = _listed(seen.filter(number__under=begins).order_by("-pk")) if len(word) > 3 else []
        return [*exact, *(case for case in more if case not in exact)]
    if _NUMBER.fullmatch(word):
        return _listed(seen.filter(number=word.upper()))
    return []


def in_names(one: Meant) -> Q:
    """Cases of whose type, place or unit a word is the name."""
    found = Q(pk__in=())
    if one.types:
        types = CaseType.objects.filter(code__in=one.types).values_list("pk", flat=True)
        found |= Q(type__in=list(types))
    for path in one.places:
        found |= Q(place_path__under=path)
    if one.units:
        found |= Q(unit__in=one.units)
    return found


def in_order(rows: "QuerySet[Case]") -> list[Case]:
    """What is not over, newest first, then the rest, newest first; the first fifty."""
    live = _listed(rows.filter(state__live_in=states.LIVE).order_by("-opened_at", "-pk"))
    if len(live) >= MOST_HITS:
        return live
    over = rows.filter(state__in=sorted(states.ENDS)).order_by("-opened_at", "-pk")
    return [*live, *_listed(over)][:MOST_HITS]


def _listed(rows: "QuerySet[Case]") -> list[Case]:
    """The first of them, in their order. Which they are is found in an index; read whole are
    only those."""
    order = rows.query.order_by or ("pk",)
    found = Case.objects.filter(pk__in=rows.order_by(*order).values("pk")[:MOST_HITS])
    found = found.order_by(*order).select_related(*LIST_FIELDS)
    return list(found.defer("place__geometry"))


def _where(case: Case, one: Meant) -> str:
    """In which name of a case a word was found."""
    if case.type and case.type.code in one.types:
        return "type"
    return "place" if case.place_path.startswith(one.places or ("\x00",)) else "unit"


def hit(case: Case, found_in: Sequence[str], said: Sequence[tuple[str, bool]] = ()) -> SearchHit:
    """A case as a search shows it: its row, where the words were, what was said around them."""
    return SearchHit(case_row(case, now()), tuple(dict.fromkeys(found_in)), tuple(said))
