"""Counters of the ingest process, told as Prometheus text."""

from collections import Counter
from dataclasses import dataclass, field

from gongbi.stream.board import NEVER, Board
from gongbi.stream.commit import CommitTimes

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
    "gongbi_engine_position_bytes": ("gauge", "Log position folded by the engine."),
    "gongbi_engine_lag_rows": ("gauge", "Rows in the log not yet folded."),
    "gongbi_engine_late_rows_total": ("counter", "Rows kept aside because they came too late."),
    "gongbi_engine_watermark_seconds": ("gauge", "No window that ends before this may change."),
}


@dataclass(slots=True)
class Meters:
    """What this process has done since it started."""

    requests: Counter[tuple[str, int]] = field(default_factory=Counter)
    stored: int = 0
    refused: int = 0
    repeated: int = 0

    def text(self, board: Board, times: CommitTimes, engine: dict[str, float]) -> str:
        """All figures as Prometheus text; counts only, nothing of any sender."""
        figures: dict[str, float] = {
            "gongbi_ingest_rows_stored_total": self.stored,
            "gongbi_ingest_rows_refused_total": self.refused,
            "gongbi_ingest_batches_repeated_total": self.repeated,
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
        return "\n".join(lines) + "\n"


def _head(name: str) -> list[str]:
    kind, words = HELP[name]
    return [f"# HELP {name} {words}", f"# TYPE {name} {kind}"]
