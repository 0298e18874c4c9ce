"""The query options of a request: read once, checked against the kind they ask about."""

import re
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl

from gongbi.things.compiling import unknown
from gongbi.things.entities import Kind, target_of
from gongbi.things.errors import Refused
from gongbi.things.grammar import Node, Order, read_expression, take_order
from gongbi.things.lexer import Words

DEFAULT_TOP = 100
MOST_TOP = 10_000
MOST_SKIP = 2**31
MOST_EXPANDS = 6
_PLUS = re.compile(r"(\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\+(\d{2}:?\d{2})")


@dataclass(frozen=True, slots=True)
class Options:
    """What a request, or a part in parentheses of ``$expand``, asks for."""

    filter: Node | None = None
    order: tuple[Order, ...] = ()
    select: tuple[str, ...] = ()
    expand: "tuple[Expand, ...]" = ()
    top: int = DEFAULT_TOP
    skip: int = 0
    count: bool = False
    data_array: bool = False
    said: tuple[tuple[str, str], ...] = ()
    """The options as they were written, for the link to the next page."""

    def shows(self, name: str) -> bool:
        """Whether a property is to be in the answer."""
        return not self.select or name in self.select


@dataclass(frozen=True, slots=True)
class Expand:
    """Entities to be written out inside others."""

    way: str
    options: Options = field(default_factory=Options)


def pairs_of(query: str) -> list[tuple[str, str]]:
    """Names and values of a query string; a ``+`` before an offset is no space."""
    fixed = _PLUS.sub(r"\1%2B\2", query)
    try:
        return parse_qsl(fixed, keep_blank_values=True, max_num_fields=50)
    except ValueError:
        raise Refused("The query has more than 50 parts.") from None


def read_options(query: str, kind: Kind) -> Options:
    """The options of a request about a kind; Refused says what cannot be read."""
    found = Options(said=tuple(pairs_of(query)))
    for name, value in found.said:
        if name.lstrip("$").lower() == "resultformat":
            found = replace(found, data_array=_is_data_array(value, kind))
        elif name.startswith("$"):
            words = Words(value, name)
            found = _take_option(found, name, words, kind, 0)
            words.need_end()
    return found


def _is_data_array(value: str, kind: Kind) -> bool:
    if value != "dataArray" or kind.name != "Observation":
        raise Refused("$resultFormat may be dataArray, and only for Observations.")
    return True


def _take_option(found: Options, name: str, words: Words, kind: Kind, depth: int) -> Options:
    match name:
        case "$filter":
            found = replace(found, filter=read_expression(words))
        case "$orderby":
            found = replace(found, order=take_order(words))
        case "$select":
            found = replace(found, select=_take_select(words, kind))
        case "$expand":
            found = replace(found, expand=_merge(_take_expand(words, kind, depth)))
        case "$top":
            found = replace(found, top=min(_take_number(words), MOST_TOP))
        case "$skip":
            found = replace(found, skip=_take_number(words))
        case "$count":
            found = replace(found, count=_take_truth(words))
        case _:
            raise Refused(
                f"There is no option {name}; there are $filter, $orderby, $select, $expand, "
                "$top, $skip, $count and $resultFormat."
            )
    return found


def _take_number(words: Words) -> int:
    word = words.now
    if word.sort != "number" or not word.said.isdecimal() or int(word.said) > MOST_SKIP:
        raise words.astray("a whole number from 0 on")
    return int(words.take().said)


def _take_truth(words: Words) -> bool:
    if not words.has("true", "false"):
        raise words.astray("true or false")
    return words.take().said == "true"


def _take_select(words: Words, kind: Kind) -> tuple[str, ...]:
    found = list[str]()
    while not found or words.take_if(","):
        if words.take_if("*"):
            found += [*kind.by_name, *kind.ways, "@iot.id"]
            continue
        if words.now.sort != "name":
            raise words.astray("a property")
        name = words.take().said
        name = "@iot.id" if name == "id" else name
        if name not in ("@iot.id", "@iot.selfLink", *kind.by_name, *kind.ways):
            raise unknown(kind, name)
        while words.take_if("/"):
            words.take()  # a part of a JSON property: the whole property is shown
        found.append(name)
    return tuple(found)


def _take_expand(words: Words, kind: Kind, depth: int) -> list[Expand]:
    if depth >= MOST_EXPANDS:
        raise Refused(f"$expand goes deeper than {MOST_EXPANDS}.")
    found = list[Expand]()
    while not found or words.take_if(","):
        if words.now.sort != "name" or words.now.said not in kind.ways:
            raise words.astray(f"one of {', '.join(kind.ways)}")
        found.append(_take_one(words, kind, depth))
    return found


def _take_one(words: Words, kind: Kind, depth: int) -> Expand:
    way = words.take().said
    target = target_of(kind.ways[way])
    options = _take_inner(words, target, depth + 1) if words.take_if("(") else Options()
    if words.take_if("/"):
        if words.now.said not in target.ways or depth + 1 >= MOST_EXPANDS:
            raise words.astray(f"one of {', '.join(target.ways)}")
        deeper = _take_one(words, target, depth + 1)
        options = replace(options, expand=_merge([*options.expand, deeper]))
    return Expand(way, options)


def _take_inner(words: Words, kind: Kind, depth: int) -> Options:
    found, said = Options(), list[tuple[str, str]]()
    while not words.take_if(")"):
        if said:
            words.need(";")
        if words.now.sort != "name":
            raise words.astray("an option such as $top")
        name = words.take().said
        words.need("=")
        begin = words.now.at
        found = _take_option(found, name, words, kind, depth)
        said.append((name, words.text[begin : words.now.at].strip()))
    return replace(found, said=tuple(said))


def _merge(found: list[Expand]) -> tuple[Expand, ...]:
    """``A/B,A/C`` is one A with both."""
    kept = dict[str, Options]()
    for one in found:
        had = kept.get(one.way)
        if had is None:
            kept[one.way] = one.options
        else:
            base = one.options if len(one.options.said) > len(had.said) else had
            both = _merge([*had.expand, *one.options.expand])
            kept[one.way] = replace(base, expand=both)
    return tuple(Expand(way, options) for way, options in kept.items())
