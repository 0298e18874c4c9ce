"""Owing news in the transaction of the step it tells of."""

from typing import TYPE_CHECKING

from django.db.models import Q

from gongbi.core.public import Owed, owe_messages, ways_out

if TYPE_CHECKING:
    from gongbi.cases.models import Case

TOLD = ("accept", "arrive", "ask")
"""Steps reporters are told of: somebody has it, somebody is there, is it solved?"""


def tell_reporters(case: "Case", verb: str, unit: str | None = None) -> None:
    """Owe news of a step to each reporter of a case who asked for it; once a round."""
    from gongbi.cases.models import News

    if verb not in TOLD or not ways_out():
        return
    own = Q(signal__case=case) | Q(signal__case__merged_into=case)
    wanted = News.objects.filter(own, ended_at=None).select_related("signal")
    owe_messages(
        Owed(
            # The round is in it: a matter that was opened again is told of again.
            reference=f"news:{row.signal.uuid}:{verb}:{case.reopened}",
            way=row.way,
            writer="cases",
            kind=verb,
            subject=str(row.signal.uuid),
            about=case.number,
            place_path=case.place_path,
            said={"unit": unit or case.unit_id or ""},
        )
        for row in wanted
    )
