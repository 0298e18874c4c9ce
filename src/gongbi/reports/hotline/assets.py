"""Which asset a caller means: by the code they read out, or one of the nearest."""

from dataclasses import replace

from gongbi.cases import public as cases
from gongbi.core.public import asset
from gongbi.reports import queries
from gongbi.reports.hotline.said import Spoken
from gongbi.reports.views import offering
from gongbi.reports.views.offering import Offers


def offered(spoken: Spoken) -> Offers:
    """What bears the code, and the nearest where the place is small enough to have a middle."""
    chosen = asset(spoken.asset) if spoken.asset not in ("", offering.NONE) else None
    where = cases.place_named(spoken.place_words or spoken.words)
    return offering.offers(_wanted(spoken), None, None, chosen, code=spoken.code, place_code=where)


def settled(spoken: Spoken) -> Spoken:
    """What was said as it is reported: with the asset, or with the code in the words."""
    found, words = offering.settled(spoken.code, spoken.asset, spoken.words, _wanted(spoken))
    return replace(spoken, asset=found, words=words)


def _wanted(spoken: Spoken) -> tuple[str, ...]:
    """The kinds that the type is about, or while it is open the suggested ones."""
    return offering.kinds_about(
        queries.kinds(spoken.words, chosen=spoken.type, by_hand=bool(spoken.type))
    )
