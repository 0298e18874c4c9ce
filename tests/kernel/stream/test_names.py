"""The index finds exactly the names it was given."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gongbi.kernel.stream.names import Names, find_name, find_names, index_names, no_names


def index(names: list[str]) -> Names:
    """An index in which name k has the id 10 k."""
    raw = [name.encode() for name in names]
    ends = np.cumsum([0, *map(len, raw)])
    return index_names(b"".join(raw) or b"\0", ends, 10 * np.arange(len(raw)))


def find(names: Names, word: str) -> int | None:
    """The id of a word that stands inside a text."""
    raw = word.encode()
    text = np.frombuffer(b"--" + raw + b"--", np.uint8)
    identity, end = find_name(text, 2, 2 + len(raw), names)
    return int(identity) if end >= 0 else None


def test_by_hand() -> None:
    names = index(["pump/1", "pump/11", "水"])
    words = ("pump/1", "pump/11", "水", "pump/", "x")
    assert [find(names, word) for word in words] == [0, 10, 20, None, None]
    assert find(no_names(), "pump/1") is None


def test_all_at_once() -> None:
    text = np.frombuffer("xpump/1水nope".encode(), np.uint8)
    ends = np.frombuffer(np.array([1, 7, 10, 14], np.int32).tobytes(), np.int32)
    ids, known = np.zeros(4, np.int64), np.zeros(4, np.bool_)
    find_names(text, ends, index(["pump/1", "pump/11", "水"]), ids, known)
    assert ids.tolist() == [0, 20, 0, 0]
    assert known.tolist() == [True, True, False, False]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=12), unique=True, max_size=60), st.text(max_size=12))
def test_is_a_dictionary(names: list[str], word: str) -> None:
    raw = {name.encode(): 10 * k for k, name in enumerate(names)}
    found = index(names)
    for name in [*names, word]:
        assert find(found, name) == raw.get(name.encode())
