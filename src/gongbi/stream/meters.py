"""Counters of the ingest process, told as Prometheus text."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from gongbi.stream.board import NEVER, Board
from gongbi.stream.commit import CommitTimes
from gongbi.stream.ingest import Answer

HELP = {
    "gongbi_ingest_requests_total": ("counter", "Requests answered, by door and status."),
    "gongbi_ingest_rows_stored_total": ("counter", "Rows made safe on disk by this process."),
    "gongbi_ingest_rows_refused_total": ("counter", "Rows refused with a reason."),
    "gongbi_ingest_batches_repeated_total": ("counter", "Batches acknowledged again."),
    "gongbi_ingest_commits_total": ("counter", "Group commits."),
    "gongbi_ingest_commit_frames_total": ("counter", "Frames written by group commits."),
    "gongbi_ingest_commit_seconds_total": ("counter", "Time spent writing and syncing."),
    "gongbi_ingest_writes_refused_total": ("counter", "Entries the disk refused."),
    "gongbi_ingest_log_end_bytes": ("gauge", "Log position that is safe on disk."),
    "gongbi_ingest_log_rows": ("gauge", "Rows in the log."),
    "gongbi_ingest_stamps_clamped_total": ("counter", "Stamps held back: clock went backwards."),
    "gongbi_ingest_tick_seconds": ("gauge", "The city's clock in the log."),
    "gongbi_ingest_plan": ("gauge", "Number of the plan in force."),
    "gongbi_ingest_rows_ahead_of_plan_total": (
        "counter",
        "Rows of created datastreams that no plan held yet: in the log, in no window.",
    ),
    "gongbi_ingest_key_rows_total": ("counter", "Rows stored, by key."),
    "gongbi_ingest_key_refused_total": ("counter", "Rows refused, by key."),
    "gongbi_ingest_key_limited_total": ("counter", "Requests refused for sending too much."),
    "gongbi_engine_position_bytes": ("gauge", "Log position folded by the engine."),
    "gongbi_engine_lag_rows": ("gauge", "Rows in the log not yet folded."),
    "gongbi_engine_late_rows_total": ("counter", "Rows kept aside because they came too late."),
    "gongbi_engine_watermark_seconds": ("gauge", "No window that ends before this may change."),
}


@dataclass(slots=True)
class KeyFigures:
    """What came by one key."""

    rows: int = 0
    refused: int = 0
    limited: int = 0


@dataclass(slots=True)
class Meters:
    """What this process has done since it started."""

    requests: Counter[tuple[str, int]] = field(default_factory=Counter)
    stored: int = 0
    refused: int = 0
    repeated: int = 0
    ahead: int = 0
    keys: defaultdict[str, KeyFigures] = field(default_factory=lambda: defaultdict(KeyFigures))

    def count(self, key: str, answer: Answer) -> None:
        """Count a batch that was answered."""
        stored = 0 if answer.repeated else answer.stored
        self.stored += stored
        self.refused += len(answer.refused)
        self.repeated += answer.repeated
        self.ahead += 0 if answer.repeated else answer.ahead
        self.keys[key].rows += stored
        self.keys[key].refused += len(answer.refused)

    def text(self, board: Board, times: CommitTimes, engine: dict[str, float]) -> str:
        """All figures as Prometheus text; counts only, of senders the names of their keys."""
        figures: dict[str, float] = {
            "gongbi_ingest_rows_stored_total": self.stored,
            "gongbi_ingest_rows_refused_total": self.refused,
            "gongbi_ingest_batches_repeated_total": self.repeated,
            "gongbi_ingest_rows_ahead_of_plan_total": self.ahead,
            "gongbi_ingest_commits_total": times.commits,
            "gongbi_ingest_commit_frames_total": times.frames,
            "gongbi_ingest_commit_seconds_total": times.seconds,
            "gongbi_ingest_writes_refused_total": times.refused,
            "gongbi_ingest_log_end_bytes": board.end,
            "gongbi_ingest_log_rows": board.rows,
            "gongbi_ingest_stamps_clamped_total": board.clamped,
            "gongbi_ingest_tick_seconds": 0 if board.tick == NEVER else board.tick / 1e6,
            "gongbi_ingest_plan": board.plan,
            **engine,
        }
        lines = _head("gongbi_ingest_requests_total")
        for (door, code), count in sorted(self.requests.items()):
            lines.append(f'gongbi_ingest_requests_total{{door="{door}",code="{code}"}} {count}')
        for name, value in figures.items():
            lines += [*_head(name), f"{name} {value:.15g}"]
        return "\n".join(lines + self._of_keys()) + "\n"

    def _of_keys(self) -> list[str]:
        lines: list[str] = []
        for what in ("rows", "refused", "limited") if self.keys else ():
            name = f"gongbi_ingest_key_{what}_total"
            lines += _head(name)
            for key, figures in sorted(self.keys.items()):
                lines.append(f'{name}{{key="{_quoted(key)}"}} {getattr(figures, what)}')
        return lines


def _head(name: str) -> list[str]:
    kind, words = HELP[name]
    return [f"# HELP {name} {words}", f"# TYPE {name} {kind}"]


def _quoted(word: str) -> str:
    return word.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
