"""What is measured: each a share of two counts, with what it says and what it leaves out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from gongbi.kernel.cases.shares import Share, share


@dataclass(frozen=True, slots=True)
class Measure:
    """A share: which counts, in which words, and whether it looks for gaming.

    ``compared``: a group of which it is higher than of the rest, beyond chance, is marked.
    ``listed``: whoever may see its cases may have them listed.
    """

    code: str
    name: Any
    part: tuple[str, ...]
    of: tuple[str, ...]
    meaning: Any
    public: bool = False
    watch: bool = False
    compared: bool = False
    listed: bool = True

    def of_counts(self, counts: Mapping[str, int]) -> Share:
        """The share of one group."""
        part = sum(counts.get(name, 0) for name in self.part)
        return share(part, self.size(counts))

    def size(self, counts: Mapping[str, int]) -> int:
        """How many the share of one group is of."""
        return sum(counts.get(name, 0) for name in self.of)


SATISFIED = ("satisfied_yes", "satisfied_fairly", "satisfied_no")
MEASURES = (
    Measure(
        "contact",
        _("First contact in time"),
        ("first_contact_kept",),
        ("first_contact_kept", "first_contact_missed"),
        _(
            "Of promises of first contact kept or missed, those kept; running ones do not count. "
            "Accepting the case is enough to keep it, as is being on site or a note to the "
            "reporter: it does not say that anybody spoke with them."
        ),
        public=True,
    ),
    Measure(
        "on_time",
        _("On time"),
        ("solve_kept",),
        ("solve_kept", "solve_missed"),
        _(
            "Of promises to solve kept or missed, those kept. A pause stops a promise's clock; "
            "what was granted more time, or was parked, counts as kept by its new day."
        ),
        public=True,
    ),
    Measure(
        "declared",
        _("Solved, as declared"),
        ("done",),
        ("outcomes",),
        _("Of outcomes that units declared, those declared done. It is the unit's own word."),
        public=True,
    ),
    Measure(
        "confirmed",
        _("Solved, as confirmed"),
        ("solved",),
        ("solved", "not_solved", "unanswered"),
        _("Of residents who were asked and whose time is over, those who said it is solved."),
        public=True,
    ),
    Measure(
        "satisfied",
        _("Satisfied"),
        ("satisfied_yes",),
        SATISFIED,
        _(
            "Of residents who were rung by chance and said how satisfied they are with how it was "
            "done, those satisfied; “fairly satisfied” counts in the whole only."
        ),
        public=True,
        listed=False,  # what somebody said on the telephone is not shown to whom they judged
    ),
    Measure(
        "not_satisfied",
        _("Not satisfied"),
        ("satisfied_no",),
        SATISFIED,
        _("Of the same residents, those not satisfied."),
        listed=False,
    ),
    Measure(
        "unanswered",
        _("Unanswered"),
        ("unanswered",),
        ("solved", "not_solved", "unanswered"),
        _("Of residents who were asked and whose time is over, those who did not answer."),
        public=True,
    ),
    Measure(
        "reopened",
        _("Reopened"),
        ("reopened",),
        ("declared_cases",),
        _("Of cases with an outcome, those opened again."),
    ),
    Measure(
        "returned",
        _("Returned"),
        ("returned",),
        ("cases",),
        _("Of all cases, those a unit gave back."),
    ),
    Measure(
        "ping_pong",
        _("Ping-pong"),
        ("returned_again",),
        ("cases",),
        _("Of all cases, those given back twice or more."),
    ),
    Measure(
        "several",
        _("Reported by several"),
        ("several",),
        ("cases",),
        _("Of all cases, those on which more than one report hangs."),
    ),
    Measure(
        "repeated",
        _("Came again"),
        ("repeated",),
        ("over_for_long",),
        _(
            "Of cases closed at least fourteen days ago whose place is known, those after which "
            "another of the same type was opened at the same place within fourteen days; within "
            "a hundred metres where both have a point."
        ),
        public=True,
    ),
    Measure(
        "denied",
        _("Declared done, denied"),
        ("done_denied",),
        ("done_answered",),
        _("Of outcomes declared done on which the resident answered, those denied."),
        watch=True,
        compared=True,
    ),
    Measure(
        "closed_reopened",
        _("Closed, then opened again"),
        ("closed_reopened",),
        ("once_closed",),
        _("Of cases that were closed at some time, those opened again after it."),
        watch=True,
        compared=True,
    ),
    Measure(
        "not_possible",
        _("Declared not possible"),
        ("not_possible",),
        ("outcomes",),
        _("Of outcomes that units declared, those declared not possible."),
        watch=True,
        compared=True,
    ),
    Measure(
        "cancelled",
        _("Cancelled"),
        ("cancelled",),
        ("cases",),
        _("Of all cases, those cancelled."),
        watch=True,
        compared=True,
    ),
    Measure(
        "asked_again",
        _("Cancelled, asked again"),
        ("asked_again",),
        ("once_cancelled",),
        _("Of cases cancelled at some time, those whose reporter asked for another look."),
        watch=True,
        compared=True,
    ),
    Measure(
        "paused_long",
        _("Paused too long"),
        ("long_pauses",),
        ("pauses",),
        _("Of pauses, those longer than seven days, or running for longer."),
        watch=True,
        compared=True,
    ),
    Measure(
        "parked",
        _("Parked"),
        ("parked",),
        ("cases",),
        _("Of all cases, those put into the pending pool at some time; their clock stands still."),
        watch=True,
        compared=True,
    ),
    Measure(
        "parked_long",
        _("Parked too long"),
        ("long_parkings",),
        ("parkings",),
        _("Of the times cases were parked, those longer than thirty days, running ones included."),
        watch=True,
        compared=True,
    ),
    Measure(
        "kept_extended",
        _("Kept with more time"),
        ("kept_extended",),
        ("solve_kept",),
        _("Of promises to solve that were kept, those of cases that had been granted more time."),
        watch=True,
        compared=True,
    ),
    Measure(
        "kept_stopped",
        _("Kept with a stopped clock"),
        ("kept_stopped",),
        ("solve_kept",),
        _("Of promises to solve that were kept, those of cases paused or parked at some time."),
        watch=True,
        compared=True,
    ),
    Measure(
        "prompted",
        _("Five stars asked for"),
        ("prompted",),
        ("solved",),
        _("Of residents who said it is solved, those who noted that the unit had asked them to."),
        watch=True,
        compared=True,
        listed=False,  # they were promised that the unit is not told who it was
    ),
    Measure(
        "at_once",
        _("Solved, said at once"),
        ("solved_at_once",),
        ("solved_by_oneself",),
        _(
            "Of residents who said by themselves that it is solved, those who said so within ten "
            "minutes of being asked. Many at one unit may have answered beside its people."
        ),
        watch=True,
        compared=True,
    ),
    Measure(
        "overtaken",
        _("Overtaken by an instruction"),
        ("overtaken",),
        ("urgent",),
        _(
            "Of cases of the first urgency, those that waited when their unit was sent, or took "
            "up, a leader's instruction that is less urgent."
        ),
        watch=True,
        compared=True,
    ),
)
_BY_CODE = {one.code: one for one in MEASURES}


def measure_of(code: str) -> Measure:
    """The measure of that code; KeyError where there is none."""
    return _BY_CODE[code]
