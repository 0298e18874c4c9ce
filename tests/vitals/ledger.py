"""What the engine's facts have become in the database, without names that are drawn anew."""

from typing import Any


def ledger() -> dict[str, Any]:
    """Levels, alerts, cases, their steps, and the journal, in order."""
    from gongbi.cases.models import Case, Signal, Step
    from gongbi.core.models import JournalLine
    from gongbi.vitals.models import Alert, Bookmark, LevelChange, Series

    # A sequence counts on after a rollback, so a case is named by its turn.
    numbers = Case.objects.order_by("pk").values_list("number", flat=True)
    turn = {"": -1} | {number: place for place, number in enumerate(numbers)}
    told = JournalLine.objects.filter(kind__startswith="vitals.").order_by("pk")
    opened = JournalLine.objects.filter(kind__startswith="cases.").order_by("pk")
    return {
        "bookmark": list(Bookmark.objects.order_by("pk").values_list("reader", "position")),
        "changes": list(LevelChange.objects.order_by("pk").values_list()),
        "series": list(Series.objects.order_by("pk").values_list("pk", "level", "position")),
        "alerts": [
            (turn[number], *rest)
            for number, *rest in Alert.objects.order_by("pk").values_list("case_number", *ALERT)
        ],
        "cases": list(Case.objects.order_by("pk").values_list("place", "level")),
        "signals": [
            (reference, turn[number])
            for reference, number in Signal.objects.order_by("pk").values_list(
                "reference", "case__number"
            )
        ],
        "steps": [
            (turn[number], *rest)
            for number, *rest in Step.objects.order_by("pk").values_list(
                "case__number", "verb", "why"
            )
        ],
        "told": [(line.kind, line.subject, line.body) for line in told],
        "opened": [line.kind for line in opened],
    }


ALERT = (
    "pk", "level", "peak_level", "value", "began_at", "ended_at", "end_reason", "withdrawn",
    "corrections", "joined_why", "led_by", "position",
)  # fmt: skip
