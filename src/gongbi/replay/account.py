"""The account of a replay: every row's fate, and whether the sums hold."""

from collections import Counter
from dataclasses import dataclass, field

from gongbi.feeds.public import Refused
from gongbi.replay.doors import Answer


@dataclass(slots=True)
class Reconciliation:
    """Every row's fate. Rows of the file: read = sent + outside + repeated_in_file + refused_here.
    Items sent (a row may be several observations; zeros made are items too):
    sent_items = stored + repeated + refused_there. Counts of reports are apart, for they are
    drawn from rows that have been counted already: counts_sent = counts_kept + counts_refused."""

    read: int = 0
    sent_rows: int = 0
    outside: int = 0
    repeated_in_file: int = 0
    refused_here: int = 0
    zeros_made: int = 0
    sent_items: int = 0
    stored: int = 0
    repeated: int = 0
    refused_there: int = 0
    counts_sent: int = 0
    counts_kept: int = 0
    counts_refused: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    refused: list[Refused] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether nothing went missing."""
        rows = self.sent_rows + self.outside + self.repeated_in_file + self.refused_here
        items = self.stored + self.repeated + self.refused_there
        return (
            self.read == rows
            and self.sent_items == items
            and self.counts_sent == self.counts_kept + self.counts_refused
        )

    def refuse(self, row: Refused) -> None:
        """A row that could not be read."""
        self.read += 1
        self.refused_here += 1
        self.reasons[row.reason] += 1
        self.refused.append(row)

    def answer(self, sent: int, answer: Answer) -> None:
        """What the city said of so many items."""
        self.sent_items += sent
        self.stored += answer.stored
        self.repeated += answer.repeated
        self.refused_there += answer.refused
        self.reasons.update(answer.reasons)
        untold = answer.refused - len(answer.reasons)
        if untold > 0:
            self.reasons["(the city refused these without saying why one by one)"] += untold
