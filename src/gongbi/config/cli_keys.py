"""The command for keys: made, listed and revoked."""

from pathlib import Path
from typing import Annotated

import typer

from gongbi.config.console import fail, table, tell

SCOPES = ("dispatch", "hear", "ingest", "report", "work")


def key(
    name: Annotated[str, typer.Argument(help="Whose key it is.")] = "",
    scope: Annotated[
        list[str] | None,
        typer.Option(help="ingest, report, work, dispatch or hear; repeat for more."),
    ] = None,
    rows_per_second: Annotated[
        int, typer.Option(min=0, help="Rows a second it may send; 0: no limit.")
    ] = 0,
    most_bytes: Annotated[
        int, typer.Option("--bytes", min=0, help="Largest body it may send; 0: the door's own.")
    ] = 0,
    datastreams: Annotated[
        str, typer.Option(help="It may send only datastreams whose names begin so.")
    ] = "",
    show: Annotated[bool, typer.Option("--list", help="List the ingest keys.")] = False,
    revoke: Annotated[str, typer.Option(help="End the ingest key of this name, at once.")] = "",
) -> None:
    """Make a key for a sender of readings or another application; shown once."""
    if show:
        _list()
    elif revoke:
        _revoke(revoke)
    else:
        _need(name, scope)
        limits = {"rows_per_second": rows_per_second, "most_bytes": most_bytes}
        _make(name, scope or [], limits, datastreams)


def _need(name: str, scope: list[str] | None) -> None:
    if not name or not scope:
        fail("Say whose key it is and what for: gongbi key NAME --scope ingest.")
    if not set(scope or []) <= set(SCOPES):
        fail(f"A scope is one of {', '.join(SCOPES)}.")


def _make(name: str, scope: list[str], limits: dict[str, int], datastreams: str) -> None:
    from gongbi.config.accounts import make_ingest_key
    from gongbi.core.public import KeyRefused, make_application_key

    if "ingest" in scope:
        made = make_ingest_key(name, prefix=datastreams, **limits)
        tell(f"ingest  {made}   (shown once)")
    elif any(limits.values()) or datastreams:
        fail("--rows-per-second, --bytes and --datastreams belong to the scope ingest.")
    rest = [one for one in scope if one != "ingest"]
    try:
        if rest:
            tell(f"{'+'.join(rest)}  {make_application_key(name, rest)}   (shown once)")
    except KeyRefused as refused:
        fail(str(refused))


def _list() -> None:
    from django.conf import settings

    from gongbi.stream.public import ingest_keys

    table(
        "Keys for senders of readings",
        ("name", "rows a second", "largest body", "datastreams", "begins (SHA-256)"),
        (
            (
                one.name,
                str(one.rows_per_second or "no limit"),
                str(one.most_bytes or "the door's own"),
                f"{one.prefix}…" if one.prefix else "all",
                one.digest[:12],
            )
            for one in ingest_keys(Path(settings.GONGBI_DATA))
        ),
    )


def _revoke(name: str) -> None:
    from django.conf import settings

    from gongbi.stream.public import revoke_ingest_key

    if not revoke_ingest_key(Path(settings.GONGBI_DATA), name):
        fail(f"There is no ingest key {name!r}; gongbi key --list shows them.")
    tell(f"The key {name!r} opens nothing any more.")
