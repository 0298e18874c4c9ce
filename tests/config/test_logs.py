"""A log line is one JSON object; a failure keeps its trace on the same line."""

import json
import logging
from typing import Any

from django.http import HttpResponse
from django.utils.log import log_response
from django.utils.log import request_logger as logger

from gongbi.config.logs import JsonLines


def test_a_line_is_json_with_its_extra_fields() -> None:
    record = logging.makeLogRecord(
        {"name": "gongbi.worker", "levelname": "WARNING", "msg": "reaction failed", "delivery": 7}
    )
    line = json.loads(JsonLines().format(record))
    assert (line["level"], line["from"], line["message"], line["delivery"]) == (
        "warning",
        "gongbi.worker",
        "reaction failed",
        7,
    )


def test_a_failure_stays_on_one_line() -> None:
    try:
        raise ValueError("two\nlines")
    except ValueError as error:
        record = logging.makeLogRecord({"msg": "x", "exc_info": (type(error), error, None)})
    text = JsonLines().format(record)
    assert "\n" not in text
    assert json.loads(text)["error"] == "ValueError"


WORDS = "李阿姨 13912345678"


def test_a_trace_says_where_and_never_what_somebody_wrote() -> None:
    """A database quotes the row it refuses, a parser the word it cannot read."""
    try:
        try:
            raise KeyError(WORDS)
        except KeyError as inner:
            raise ValueError(f"row ({WORDS})") from inner
    except ValueError as error:
        error.add_note(WORDS)
        told = (type(error), error, error.__traceback__)
        record = logging.makeLogRecord({"msg": "x", "exc_info": told})
    text = JsonLines().format(record)
    trace = json.loads(text)["trace"]
    assert WORDS not in text
    assert "test_logs.py" in trace
    assert ["KeyError" in trace, "ValueError" in trace] == [True, True]


def test_an_address_that_opens_a_matter_is_cut(rf: Any, caplog: Any) -> None:
    token = "5f0c2a9e-7d1b-4c3f-9a55-0f1e2d3c4b5a.kZ8"
    request = rf.get(f"/f/{token}/photo/")
    with caplog.at_level("ERROR", "django.request"):
        log_response(
            "%s: %s", "Internal Server Error", request.path,
            response=HttpResponse(status=500), request=request, logger=logger,
        )  # fmt: skip
    (record,) = caplog.records
    said = json.loads(JsonLines().format(record))
    assert said["message"] == "Internal Server Error: /f/5f0c2a…/photo/"
