"""The commands of the register: applications, their keys, their webhooks."""

from datetime import date, datetime
from typing import Annotated, Any

import typer

from gongbi.config.console import fail, table, tell

BY = "command"
app = typer.Typer(
    help="Other systems: enter, list, look at, give keys, tell, retire.", no_args_is_help=True
)
Name = Annotated[str, typer.Argument(help="The application's code name.")]


def add_to(main: typer.Typer) -> None:
    """Hang these commands on the main one."""
    main.add_typer(app, name="application")


@app.command("list")
def list_(
    words: Annotated[str, typer.Argument(help="Words in names, titles or purposes.")] = "",
    state: Annotated[
        str, typer.Option(help="live, trouble, silent, over, retired or all")
    ] = "live",
) -> None:
    """List applications with their calls and errors of the last 24 hours."""
    from gongbi.core.applications.queries import STATES, Wanted, listed

    if state not in STATES:
        fail(f"A state is one of {', '.join(STATES)}.")
    table(
        f"Applications: {state}",
        ("name", "title", "owner", "scopes", "calls", "over quota", "errors", "contract until"),
        (
            (
                row.name, row.title, row.owner_id or "–", " ".join(row.scopes), row.day_calls,
                row.day_refused, row.day_errors, row.contract_until or "–",
            )
            for row in listed(None, Wanted(words, state))
        ),
    )  # fmt: skip


@app.command()
def show(name: Name) -> None:
    """Show one application, its keys and its webhooks."""
    from gongbi.core.applications.queries import health, keys_of, webhooks_of

    row = _found(name)
    how = health(row)
    tell(f"{row.name}: {row.title}. {row.purpose}")
    tell(f"Owner {row.owner_id or '–'}, contact {row.contact or '–'}, may {' '.join(row.scopes)}.")
    tell(f"Calls in 24 h {how.calls}, over quota {how.refused}, errors {how.errors}.")
    if row.retired_at:
        tell(f"Retired {row.retired_at:%Y-%m-%d}: {row.retired_why}")
    table(
        "Keys",
        ("key", "label", "scopes", "made", "last used", "ended"),
        (
            (one.pk, one.label, " ".join(one.scopes), _day(one.made_at), _day(one.last_used_at),
             one.retired_why if one.retired_at else "–")
            for one in keys_of(row)
        ),
    )  # fmt: skip
    for one in webhooks_of(row):  # a line each: an address broken by a table cannot be copied
        tell(f"Webhook {one.pk}: {one.url}")
        tell(f"  {', '.join(one.kinds)}")
        tell(f"  told {one.sent}, owed {one.owed}, set aside {one.aside}; {_state(one)}")


@app.command()
def add(
    name: Name,
    owner: Annotated[str, typer.Option(help="Code of the unit that answers for it.")],
    scope: Annotated[list[str], typer.Option(help="report, work, dispatch or hear; repeat.")],
    title: Annotated[str, typer.Option(help="What people call it.")] = "",
    purpose: Annotated[str, typer.Option(help="What it is for.")] = "",
    place: Annotated[str, typer.Option(help="Code of the place whose facts it hears.")] = "",
    contact: Annotated[str, typer.Option(help="A desk and its number.")] = "",
    per_minute: Annotated[int, typer.Option(min=0, help="Calls a minute; 0: no limit.")] = 0,
    per_day: Annotated[int, typer.Option(min=0, help="Calls a day; 0: no limit.")] = 0,
    until: Annotated[str, typer.Option(help="Contract until, e.g. 2027-12-31.")] = "",
) -> None:
    """Enter a system into the register."""
    from gongbi.core.applications.keys import KNOWN_SCOPES
    from gongbi.core.applications.registering import NotNow, register
    from gongbi.core.models import Place, Unit
    from gongbi.core.pack_files import CODE

    if not CODE.fullmatch(name):
        fail("A name is of a-z, 0-9 and -, at most 32.")
    if not set(scope) <= set(KNOWN_SCOPES):
        fail(f"A scope is one of {', '.join(KNOWN_SCOPES)}.")
    unit = Unit.objects.filter(pk=owner).first() or fail(f"There is no unit {owner!r}.")
    where = Place.objects.filter(pk=place).first() if place else None
    if place and where is None:
        fail(f"There is no place {place!r}.")
    said: dict[str, Any] = {"title_en": title, "title_zh": title, "purpose_en": purpose}
    said |= {"purpose_zh": purpose, "owner": unit, "place": where, "contact": contact}
    said |= {"per_minute": per_minute, "per_day": per_day, "scopes": sorted(set(scope))}
    try:
        register(name, by=BY, contract_until=date.fromisoformat(until) if until else None, **said)
    except (NotNow, ValueError) as refused:
        fail(str(refused))
    tell(f"{name} stands in the register; give it a key: gongbi application key {name}")


@app.command()
def key(name: Name, label: Annotated[str, typer.Option(help="What it is for.")] = "") -> None:
    """Make one more key; the others go on working."""
    from gongbi.core.applications.keys import KeyRefused, add_key

    try:
        made = add_key(_found(name), by=BY, label=label)
    except KeyRefused as refused:
        fail(str(refused))
    tell(f"{name}  {made}   (shown once)")


@app.command("end-key")
def end_key(
    name: Name,
    key: Annotated[int, typer.Argument(help="Its number, as shown.")],
    why: Annotated[str, typer.Option(help="The reason, which is kept.")],
) -> None:
    """End one key, at once."""
    from gongbi.core.applications import keys

    row = _found(name)
    found = row.keys.filter(pk=key).first() or fail(f"{name} has no key {key}.")
    keys.end_key(found, by=BY, why=why)
    tell(f"Key {key} of {name} opens nothing any more.")


@app.command()
def retire(
    name: Name, why: Annotated[str, typer.Option(help="The reason, which is kept.")]
) -> None:
    """End all its keys and webhooks in one step; its history stays."""
    from gongbi.core.applications.registering import NotNow
    from gongbi.core.applications.registering import retire as retire_it

    try:
        retire_it(_found(name), by=BY, why=why)
    except NotNow as refused:
        fail(str(refused))
    tell(f"{name} is retired: its keys open nothing, and it is told nothing.")


@app.command()
def webhook(
    name: Name,
    url: Annotated[str, typer.Argument(help="Where it is told: https://…")],
    kind: Annotated[
        list[str] | None, typer.Option(help="Kinds of facts; all when left out.")
    ] = None,
) -> None:
    """Tell an application what happens; the secret that signs is shown once."""
    from gongbi.core.webhooks.hearing import kinds
    from gongbi.core.webhooks.keeping import WebhookRefused, make_webhook

    try:
        hook, secret = make_webhook(_found(name), url=url, kinds=kind or list(kinds()), by=BY)
    except WebhookRefused as refused:
        fail(str(refused))
    tell(f"webhook {hook.pk}  {secret}   (shown once)")


@app.command()
def replay(
    name: Name,
    webhook: Annotated[int, typer.Argument(help="Its number, as shown.")],
    since: Annotated[str, typer.Argument(help="With zone: 2026-11-24T08:00:00+08:00")],
) -> None:
    """Tell a webhook again what happened since then, under the same ids."""
    from gongbi.core.webhooks import keeping

    hook = _found(name).webhooks.select_related("application").filter(pk=webhook).first()
    if hook is None:
        fail(f"{name} has no webhook {webhook}.")
    try:
        at = datetime.fromisoformat(since)
        if at.tzinfo is None:
            fail("Say the zone: 2026-11-24T08:00:00+08:00.")
        many = keeping.replay(hook, since=at, by=BY)
    except (ValueError, keeping.WebhookRefused) as refused:
        fail(str(refused))
    tell(f"{many} facts are told again.")


def _found(name: str) -> Any:
    from gongbi.core.models import Application

    rows = Application.objects.select_related("owner", "place").defer("place__geometry")
    found = rows.filter(name=name).first()
    return found or fail(f"There is no application {name!r}; gongbi application list shows them.")


def _day(at: Any) -> str:
    return f"{at:%Y-%m-%d}" if at else "–"


def _state(hook: Any) -> str:
    if hook.ended_at:
        return "ended"
    if hook.paused_at:
        return f"paused: {hook.paused_why}"
    return hook.last_trouble or "works"
