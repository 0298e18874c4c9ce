"""What a file would become, before anything is sent: figures that add up, and every refusal."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from gongbi.feeds.records import Refused, Repeated, Understood
from gongbi.feeds.rules import Mapping
from gongbi.feeds.understand import understand


@dataclass(slots=True)
class CheckReport:
    """read = understood + repeated + refused rows; zeros made for absent rows are apart."""

    mapping: Mapping
    first: list[Understood] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    read: int = 0
    understood: int = 0
    repeated: int = 0
    refused_rows: int = 0
    observations: int = 0
    zeros_made: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    types: Counter[str] = field(default_factory=Counter)
    whole_file_refused: bool = False


def check(
    mapping: Mapping, data: Path | bytes, filename: str = "", *, first: int = 10, most: int = 500
) -> CheckReport:
    """Read everything, keep the first rows understood and up to ``most`` refusals."""
    report = CheckReport(mapping)
    for outcome in understand(mapping, data, filename):
        match outcome:
            case Understood():
                _count(report, outcome, first)
            case Repeated():
                report.read += 1
                report.repeated += 1
            case Refused():
                _count_refusal(report, outcome, most)
    return report


def _count(report: CheckReport, row: Understood, first: int) -> None:
    if row.row == 0:
        report.zeros_made += len(row.observations)
        return
    report.read += 1
    report.understood += 1
    report.observations += len(row.observations)
    if row.report is not None:
        report.types[row.report.type or ""] += 1
    if len(report.first) < first:
        report.first.append(row)


def _count_refusal(report: CheckReport, row: Refused, most: int) -> None:
    if row.whole_file:
        report.whole_file_refused = True
    else:
        report.read += 1
        report.refused_rows += 1
    report.reasons[row.reason] += 1
    if len(report.refused) < most:
        report.refused.append(row)


def digest(content: bytes) -> str:
    """A file's fingerprint, so that the same export twice is noticed."""
    return hashlib.sha256(content).hexdigest()
