"""A log line is one JSON object; a failure keeps its trace on the same line."""

import json
import logging

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
