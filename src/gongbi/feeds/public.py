"""Feeds' door: read a mapping, understand a file by it, check it, guess one."""

from gongbi.feeds.checking import CheckReport, check, digest
from gongbi.feeds.guess import Draft, guess_mapping
from gongbi.feeds.mapping import (
    SHIPPED,
    MappingRefused,
    parse_mapping,
    read_mapping,
    to_toml,
)
from gongbi.feeds.records import (
    FileRefused,
    Observation,
    Outcome,
    Refused,
    Repeated,
    Report,
    Understood,
)
from gongbi.feeds.rules import (
    AbsentRule,
    CountRule,
    FileRule,
    Mapping,
    PlaceRule,
    ReportRule,
    TimeRule,
    ValueRule,
)
from gongbi.feeds.understand import files_of, understand

__all__ = [
    "SHIPPED",
    "AbsentRule",
    "CheckReport",
    "CountRule",
    "Draft",
    "FileRefused",
    "FileRule",
    "Mapping",
    "MappingRefused",
    "Observation",
    "Outcome",
    "PlaceRule",
    "Refused",
    "Repeated",
    "Report",
    "ReportRule",
    "TimeRule",
    "Understood",
    "ValueRule",
    "check",
    "digest",
    "files_of",
    "guess_mapping",
    "parse_mapping",
    "read_mapping",
    "to_toml",
    "understand",
]
