"""Reading what people write: what is asked at intake and at the desk, and how a reader is made.

Nothing leaves the machine and nothing is fetched: a reader is learnt here, from what people here
decided, and lies in the data folder as arrays of numbers and a list of terms.
"""

from gongbi.cases.reading.comparing import Comparison, compare
from gongbi.cases.reading.danger import CannotAdd, add_word
from gongbi.cases.reading.gathering import Gathered, from_cases, from_file
from gongbi.cases.reading.keeping import (
    CannotRead,
    KeptReader,
    go_back,
    in_force,
    kept,
    kept_numbers,
    switch,
)
from gongbi.cases.reading.missing import Missing, missing
from gongbi.cases.reading.noticing import Noticed, notice
from gongbi.cases.reading.training import TooLittle, Trained, train
from gongbi.cases.reading.watching import Watch, watch
from gongbi.kernel.reading.training import Report

__all__ = [
    "CannotAdd",
    "CannotRead",
    "Comparison",
    "Gathered",
    "KeptReader",
    "Missing",
    "Noticed",
    "Report",
    "TooLittle",
    "Trained",
    "Watch",
    "add_word",
    "compare",
    "from_cases",
    "from_file",
    "go_back",
    "in_force",
    "kept",
    "kept_numbers",
    "missing",
    "notice",
    "switch",
    "train",
    "watch",
]
