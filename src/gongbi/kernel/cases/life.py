"""A life cycle as a table of moves, and the questions one must ask of it.

States and verbs are names. The table is checked by breadth-first search, so an answer is a proof
for the table, not a sample of it.
"""

from collections import deque
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar


@dataclass(frozen=True, slots=True)
class Move:
    """An edge: a verb takes a matter from one state to another (or keeps it where it is)."""

    verb: str
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Findings:
    """What is wrong with a life cycle; all empty when it is sound.

    Parameters
    ----------
    unreachable
        States no sequence of moves leads to.
    dead
        Reachable states that are no end and that no move leaves.
    endless
        Reachable states from which no end can be reached any more.
    unknown
        States that moves name but the list of states does not.
    """

    unreachable: tuple[str, ...] = ()
    dead: tuple[str, ...] = ()
    endless: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        """Every state can be reached, left or is an end, and every matter can end."""
        return not (self.unreachable or self.dead or self.endless or self.unknown)


def check(
    states: Iterable[str], moves: Iterable[Move], *, start: str, ends: Iterable[str]
) -> Findings:
    """Check a life cycle. ValueError when the start or an end is not one of the states."""
    states, moves, ends = list(dict.fromkeys(states)), list(moves), set(ends)
    if start not in states or not ends or not ends <= set(states):
        raise ValueError("Expected the start and at least one end among the states.")
    named = {name for move in moves for name in (move.source, move.target)}
    reached = set(ways(moves, start=start))
    ending = _backwards(moves, ends)
    left = {move.source for move in moves if move.target != move.source}
    return Findings(
        unreachable=tuple(state for state in states if state not in reached),
        dead=tuple(s for s in states if s in reached and s not in ends and s not in left),
        endless=tuple(state for state in states if state in reached and state not in ending),
        unknown=tuple(sorted(named - set(states))),
    )


def ways(moves: Iterable[Move], *, start: str) -> dict[str, tuple[str, ...]]:
    """The shortest sequence of verbs to each state that can be reached; ties by table order."""
    leaving: dict[str, list[Move]] = {}
    for move in moves:
        leaving.setdefault(move.source, []).append(move)
    found: dict[str, tuple[str, ...]] = {start: ()}
    queue = deque([start])
    while queue:
        state = queue.popleft()
        for move in leaving.get(state, ()):
            if move.target not in found:
                found[move.target] = (*found[state], move.verb)
                queue.append(move.target)
    return found


def _backwards(moves: Iterable[Move], ends: set[str]) -> set[str]:
    """Every state from which some end can be reached."""
    turned = [Move(move.verb, move.target, move.source) for move in moves]
    found: set[str] = set()
    for end in ends:
        found.update(ways(turned, start=end))
    return found


Whole = TypeVar("Whole", bound=Hashable)
MOST_WHOLES = 1_000_000


@dataclass(frozen=True, slots=True)
class Explored(Generic[Whole]):
    """What a search through whole states found; all but ``states`` and ``verbs`` empty when sound.

    Parameters
    ----------
    states
        How many whole states can be reached.
    verbs
        Every verb that some reachable state allows.
    dead
        Reachable states that are no end and that nothing leaves, with a shortest way to each.
    endless
        Reachable states from which no end can be reached, with a shortest way to each.
    """

    states: int
    verbs: frozenset[str]
    dead: "dict[Whole, tuple[str, ...]]"
    endless: "dict[Whole, tuple[str, ...]]"

    @property
    def sound(self) -> bool:
        """Whether every matter can end, whatever happened to it before."""
        return not (self.dead or self.endless)


def explore(
    start: Whole,
    leaving: Callable[[Whole], Iterable[tuple[str, Whole]]],
    is_end: Callable[[Whole], bool],
    *,
    most: int = MOST_WHOLES,
) -> Explored[Whole]:
    """Check a life whose state has several sides (its own, its tasks', a referee's).

    ``leaving`` gives the moves out of a whole state as (verb, next state). ValueError when more
    than ``most`` states can be reached: the model must be made finite, not the search longer.
    """
    came: dict[Whole, tuple[Whole, str] | None] = {start: None}
    before: dict[Whole, list[Whole]] = {}
    verbs, dead, queue = set[str](), list[Whole](), deque([start])
    while queue:
        here = queue.popleft()
        left = False
        for verb, there in leaving(here):
            verbs.add(verb)
            left |= there != here
            before.setdefault(there, []).append(here)
            if there not in came:
                came[there] = (here, verb)
                queue.append(there)
        if not left and not is_end(here):
            dead.append(here)
        if len(came) > most:
            raise ValueError(f"More than {most} states can be reached; bound what is counted.")
    ending = _led_to(before, [one for one in came if is_end(one)])
    endless = [one for one in came if one not in ending]
    return Explored(
        len(came),
        frozenset(verbs),
        {one: _way(came, one) for one in dead},
        {one: _way(came, one) for one in endless},
    )


def _led_to(before: "dict[Whole, list[Whole]]", ends: "list[Whole]") -> "set[Whole]":
    found, queue = set(ends), deque(ends)
    while queue:
        for earlier in before.get(queue.popleft(), ()):
            if earlier not in found:
                found.add(earlier)
                queue.append(earlier)
    return found


def _way(came: "dict[Whole, tuple[Whole, str] | None]", one: Whole) -> tuple[str, ...]:
    verbs = []
    step = came[one]
    while step is not None:
        verbs.append(step[1])
        step = came[step[0]]
    return tuple(reversed(verbs))
