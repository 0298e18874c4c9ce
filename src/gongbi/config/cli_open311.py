"""The commands for Open311: read another city's requests, send cases on to a unit's system."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from gongbi.config import cli_open311_cities
from gongbi.config.console import fail, table, tell

app = typer.Typer(help="Open311: read other cities' requests.", no_args_is_help=True)
TIMEOUT_SECONDS, MOST_BYTES, MOST_PAGES, SHOWN = 30, 64 * 2**20, 200, 20


def add_to(main: typer.Typer) -> None:
    """Hang these commands on the main one."""
    cli_open311_cities.add_to(app)
    main.add_typer(app, name="open311")


@app.callback()
def about() -> None:
    """Open311: read other cities' requests."""


@app.command()
def read(
    where: Annotated[list[str], typer.Argument(help="Files, or addresses of requests.json.")],
    source: Annotated[str, typer.Option(help="Name of the other system, of a-z, 0-9 and -.")],
    zone: Annotated[str, typer.Option(help="Zone of times that say none: Europe/Berlin.")] = "",
    type_: Annotated[
        list[str] | None,
        typer.Option("--type", help="Their code and our type: 009=abandoned-vehicle; repeat."),
    ] = None,
    pages: Annotated[
        int, typer.Option(min=1, max=MOST_PAGES, help="Pages to ask an address for.")
    ] = 1,
    check: Annotated[bool, typer.Option("--check", help="Read only; store nothing.")] = False,
) -> None:
    """Take other cities' requests in as reports, each once; what changed there is followed."""
    from gongbi.reports.public import open311_cities, open311_read, open311_take_in

    types, clock = _types(type_ or []), _zone(zone)
    if not open311_cities.is_name(source) or source in open311_cities.OWN_SOURCES:
        fail("A source is a name of a-z, 0-9 and -, such as koeln, and none of this city's own.")
    lost = 0
    for place in where:
        for page, raw in _answers(place, pages):
            rows = _rows(open311_read, raw, clock, page)
            if not rows and page != place:
                break  # past the last page
            if check:
                lost += _tell_check(page, rows)
                continue
            taken = open311_take_in(rows, source=source, types=types)
            tell(
                f"{page}: {taken.read} read, {taken.stored} stored, {taken.repeated} repeated, "
                f"{taken.followed} followed, {len(taken.refused)} refused"
            )
            lost += _tell_refused(taken.refused)
    raise typer.Exit(2 if lost else 0)


@app.command("send-to")
def send_to(
    unit: Annotated[str, typer.Argument(help="Code of the unit whose system speaks Open311.")],
    url: Annotated[str, typer.Argument(help="Its address: https://…/open311/v2")],
    key_file: Annotated[
        Path | None, typer.Option(help="File that holds the api_key; it is sealed.")
    ] = None,
    jurisdiction: Annotated[str, typer.Option(help="Its jurisdiction_id, where it asks.")] = "",
    type_: Annotated[
        list[str] | None,
        typer.Option("--type", help="Our type and their code: burst-pipe=017; repeat."),
    ] = None,
    safe_again: Annotated[
        bool, typer.Option("--safe-again", help="It takes client_reference, as Gongbi does.")
    ] = False,
) -> None:
    """Send what is dispatched to a unit on to its own system, and bring back how it fares."""
    from gongbi.reports.public import OpenReceiverRefused, open311_enter_receiver

    turned = _types([_turned(one) for one in type_ or []])
    codes = {ours: theirs for theirs, ours in turned.items()}
    try:
        key = key_file.read_text("utf-8").strip() if key_file else ""
        open311_enter_receiver(
            unit, url, key=key, jurisdiction=jurisdiction, codes=codes, safe_again=safe_again
        )
    except (OpenReceiverRefused, OSError) as refused:
        fail(str(refused))
    tell(f"What is dispatched to {unit} goes on to {url} from now on.")


def _turned(said: str) -> str:
    ours, _equals, theirs = said.partition("=")
    return f"{theirs}={ours}"


def _rows(read: Any, raw: bytes, clock: Any, page: str) -> list[Any]:
    from gongbi.reports.public import OpenUnreadable

    try:
        return list(read(raw, clock))
    except OpenUnreadable as error:
        fail(f"{page}: {error}")


def _tell_check(page: str, rows: list[Any]) -> int:
    refused = [row for row in rows if hasattr(row, "reason")]
    tell(
        f"{page}: {len(rows)} read, {len(rows) - len(refused)} understood, {len(refused)} refused"
    )
    return _tell_refused(refused)


def _tell_refused(refused: list[Any]) -> int:
    if refused:
        shown = ((row.place, row.reason) for row in refused[:SHOWN])
        table(f"Refused ({len(refused)})", ("where", "why"), shown)
    return len(refused)


def _answers(where: str, pages: int) -> Iterator[tuple[str, bytes]]:
    if not where.startswith(("http://", "https://")):
        try:
            yield where, Path(where).read_bytes()
        except OSError as error:
            fail(f"{where} cannot be read: {error.strerror}.")
        return
    for page in range(1, pages + 1):
        yield f"{where} page {page}", _fetch(where, page)


def _fetch(url: str, page: int) -> bytes:
    import httpx

    params = {} if page == 1 else {"page": str(page)}
    try:
        # Redirects are not followed: the address is what somebody chose to trust.
        with (
            httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False) as client,
            client.stream("GET", url, params=params) as answer,
        ):
            if answer.status_code != 200:
                fail(f"{url} answers {answer.status_code}; look at the address.")
            body = b""
            for chunk in answer.iter_bytes():
                body += chunk
                if len(body) > MOST_BYTES:
                    fail(f"{url} says more than {MOST_BYTES // 2**20} MB; ask for less.")
            return body
    except httpx.HTTPError as error:
        fail(f"{url} does not answer: {type(error).__name__}.")


def _types(said: list[str]) -> dict[str, str]:
    from gongbi.cases.public import case_types

    known = {one.code for one in case_types()}
    found = {}
    for one in said:
        code, equals, ours = one.partition("=")
        if not equals or ours not in known:
            fail(f"{one!r}: write CODE=TYPE with a type of this city, such as 009=litter.")
        found[code] = ours
    return found


def _zone(name: str) -> Any:
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        fail(f"There is no zone {name!r}; write it as Europe/Berlin.")
