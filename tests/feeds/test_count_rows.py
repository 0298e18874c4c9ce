"""No row goes missing: repeats, refusals, zeros made, and the account of a check."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.feeds import public as feeds

Read = Callable[..., list[feeds.Outcome]]
HEAD = "number,at,what\n"


def kinds(outcomes: list[feeds.Outcome]) -> list[str]:
    return [type(one).__name__ for one in outcomes]


def test_the_same_row_again_is_repeated(tickets: feeds.Mapping, read: Read) -> None:
    row = "7,2016-02-06T03:57:00,dark\n"
    outcomes = read(tickets, HEAD + row + row)
    assert kinds(outcomes) == ["Understood", "Repeated"]
    assert outcomes[1] == feeds.Repeated("day", 3, "7", 2)


def test_the_same_reference_with_other_words_is_refused(
    tickets: feeds.Mapping, read: Read
) -> None:
    text = HEAD + "7,2016-02-06T03:57:00,dark\n7,2016-02-06T03:57:00,leak\n"
    _kept, refused = read(tickets, text)
    assert isinstance(refused, feeds.Refused)
    assert (refused.row, refused.value) == (3, "7")
    assert "row 2" in refused.reason
    assert "tells them apart" in refused.remedy


@pytest.mark.parametrize(("row", "column"), [(",2016-02-06,dark", "reference"),
                                             ("7,2016-02-06,", "words")])  # fmt: skip
def test_a_report_needs_a_reference_and_words(
    tickets: feeds.Mapping, read: Read, row: str, column: str
) -> None:
    (refused,) = read(tickets, HEAD + row + "\n")
    assert isinstance(refused, feeds.Refused)
    assert refused.column == column


cells = st.sampled_from(["1", "2", "3", "", "dark", "2016-02-06", "2016-02-06T04:00", "x" * 70])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(cells, cells, cells), max_size=12))
def test_a_check_adds_up_to_the_row(rows: list[tuple[str, str, str]]) -> None:
    mapping = feeds.Mapping(
        "t", "reports", time=feeds.TimeRule("at"),
        report=feeds.ReportRule("s", "{number}", "{what}"),
    )  # fmt: skip
    text = HEAD + "".join(",".join(row) + "\n" for row in rows)
    report = feeds.check(mapping, text.encode(), "day", first=2)
    assert report.read == sum(any(row) for row in rows)
    assert report.read == report.understood + report.repeated + report.refused_rows
    assert len(report.first) <= 2
    assert not report.whole_file_refused
    assert all(one.row and one.reason for one in report.refused)


def test_a_check_says_when_the_whole_file_fails(tickets: feeds.Mapping) -> None:
    report = feeds.check(tickets, b"a,b\n1,2\n", "day")
    assert report.whole_file_refused
    assert report.read == 0


ZERO = feeds.AbsentRule("zero", step_minutes=60, hours="08:00-12:00")


def counted(outcomes: list[feeds.Outcome]) -> dict[tuple[str, int], tuple[float, bool]]:
    """(datastream, local hour) → (value, made); no key may come twice."""
    found: dict[tuple[str, int], tuple[float, bool]] = {}
    for row in outcomes:
        for one in row.observations if isinstance(row, feeds.Understood) else ():
            key = (one.datastream, (one.at.hour + 8) % 24)
            assert key not in found
            found[key] = (one.value, one.made)
    return found


def test_an_absent_row_is_a_zero_by_hand(gauges: feeds.Mapping, read: Read) -> None:
    """a speaks at 8 and 10, b at 9 and, outside service, at 6."""
    text = "at,gauge,level\n2016-02-06T08:00,a,5\n2016-02-06T10:00,a,0\n"
    text += "2016-02-06T09:00,b,7\n2016-02-06T06:00,b,1\n"
    found = counted(read(gauges, text, absent=ZERO))
    assert found == {
        ("urn:gauge:a", 8): (5, False),
        ("urn:gauge:a", 9): (0, True),
        ("urn:gauge:a", 10): (0, False),
        ("urn:gauge:a", 11): (0, True),
        ("urn:gauge:b", 6): (1, False),
        ("urn:gauge:b", 8): (0, True),
        ("urn:gauge:b", 9): (7, False),
        ("urn:gauge:b", 10): (0, True),
        ("urn:gauge:b", 11): (0, True),
    }


def test_zeros_are_counted_apart(gauges: feeds.Mapping) -> None:
    mapping = feeds.Mapping(
        gauges.name, gauges.kind, time=gauges.time, values=gauges.values, absent=ZERO
    )
    report = feeds.check(mapping, b"at,gauge,level\n2016-02-06T08:00,a,5\n", "day")
    assert (report.read, report.observations, report.zeros_made) == (1, 1, 3)


def test_silence_makes_nothing(gauges: feeds.Mapping, read: Read) -> None:
    assert len(read(gauges, "at,gauge,level\n2016-02-06T08:00,a,5\n")) == 1


@settings(max_examples=40, deadline=None)
@given(st.sets(st.tuples(st.sampled_from("ab"), st.integers(8, 11)), min_size=1))
def test_real_rows_and_zeros_fill_the_grid_once(there: set[tuple[str, int]]) -> None:
    mapping = feeds.Mapping(
        "g", "observations", time=feeds.TimeRule("at", zone="Asia/Shanghai"),
        values=(feeds.ValueRule("level", "{gauge}"),), absent=ZERO,
    )  # fmt: skip
    rows = "".join(f"2016-02-06T{hour:02}:00,{gauge},5\n" for gauge, hour in there)
    found = counted(list(feeds.understand(mapping, ("at,gauge,level\n" + rows).encode())))
    assert set(found) == {(gauge, hour) for gauge, _ in there for hour in range(8, 12)}
    assert {key for key, (_value, made) in found.items() if not made} == there


def test_a_digest_knows_the_same_file() -> None:
    assert feeds.digest(b"one") == feeds.digest(b"one")
    assert feeds.digest(b"one") != feeds.digest(b"two")
