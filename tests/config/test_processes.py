"""A taken port is said with its remedy; the keeper's file is private and quotes its paths."""

import socket
import stat
from pathlib import Path

import pytest

from gongbi.config.processes import (
    CannotStart,
    Program,
    need_free_port,
    write_plan_of_processes,
)


def test_a_taken_port_is_named_with_its_remedy() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CannotStart, match=f"Port {port}.*GONGBI_PORT"):
            need_free_port("127.0.0.1", port, "GONGBI_PORT")
    need_free_port("127.0.0.1", port, "GONGBI_PORT")


def test_the_keepers_file_is_private_and_survives_odd_paths(tmp_path: Path) -> None:
    data = tmp_path / "100% city"
    data.mkdir()
    file = write_plan_of_processes(data, (Program("web", ("run", "web")),))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "100%% city" in file.read_text("utf-8")
