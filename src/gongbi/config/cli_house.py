"""Commands for running the house: up, demo, doctor, migrate, backup, restore, accounts, keys."""

from pathlib import Path
from typing import Annotated

import typer

from gongbi.config.console import fail, table, tell


def add_to(app: typer.Typer) -> None:
    """Hang these commands on the main one."""
    for command in (up, demo, run, doctor, migrate, backup, restore, options):
        app.command()(command)
    app.command("account")(account)
    app.command("key")(key)


def up() -> None:
    """Start web, ingest, engine, worker, history; restart one that dies; Ctrl-C stops all."""
    from django.conf import settings
    from django.core.management import call_command

    from gongbi.config.processes import PROGRAMS

    call_command("migrate", verbosity=0)
    _keep_running(Path(settings.GONGBI_DATA), PROGRAMS)


def demo(
    people: Annotated[int, typer.Option(help="People of the drawn town.")] = 50_000,
    seed: Annotated[int, typer.Option(help="Another seed draws another town.")] = 7,
    speed: Annotated[int, typer.Option(help="City minutes that pass in a minute.")] = 60,
) -> None:
    """Draw a town, start everything and play its day; accounts are printed."""
    from django.conf import settings

    from gongbi.config import demo as play
    from gongbi.config.processes import PROGRAMS, Program

    if settings.GONGBI_CLOCK != "played":
        fail("The demo plays a day of its own; set GONGBI_CLOCK=played (make demo does so).")
    accounts = play.prepare(tell, people=people, seed=seed)
    city = ("play", str(Path(settings.GONGBI_DATA) / "city"), "--speed", str(speed))
    programs = (*PROGRAMS, Program("simulator", (*city, "--seed", str(seed))))
    _keep_running(Path(settings.GONGBI_DATA), programs, accounts)


def _keep_running(data: Path, programs: tuple, accounts: dict[str, str] | None = None) -> None:
    from gongbi.config.options import read_options
    from gongbi.config.processes import CannotStart, City, need_free_port, stop_on_signal

    said = read_options()
    host, url = said["GONGBI_HOST"], f"http://{said['GONGBI_HOST']}:{said['GONGBI_PORT']}"
    try:
        for option in ("GONGBI_PORT", "GONGBI_INGEST_PORT"):
            need_free_port(host, int(said[option]), option)
        city = City(data, programs)
        stop_on_signal(city)
        city.wait_until_ready(url, seconds=120)
    except CannotStart as error:
        fail(str(error))
    _welcome(url, data, accounts or {})
    city.wait()
    tell("The city has stopped.")


def _welcome(url: str, data: Path, accounts: dict[str, str]) -> None:
    tell("")
    tell(f"The city is up:  {url}/", style="bold", mark=" ")
    tell(f"  Operation centre {url}/centre/   ·   report something {url}/report/")
    tell(f"  Logs: {data}/logs   ·   stop with Ctrl-C\n")
    if accounts:
        table("Accounts of this demo", ("username", "password"), accounts.items())


def run(
    name: Annotated[str, typer.Argument(help="web, ingest, engine, worker or history")],
) -> None:
    """Run one process in the foreground, for a process manager of your own."""
    from gongbi.config import serve
    from gongbi.config.processes import NAMES

    if name not in NAMES:
        fail(f"There is no process {name!r}; choose one of {', '.join(NAMES)}.")
    serve.run(name)


def doctor() -> None:
    """Say what is wrong with this installation and how to mend it."""
    from gongbi.config.doctor import examine

    marks = {"ok": (" ✓", "green"), "look": (" !", "yellow"), "bad": (" ✗", "red")}
    findings = examine()
    for finding in findings:
        remedy = f"  → {finding.remedy}" if finding.remedy else ""
        mark, style = marks[finding.verdict]
        tell(f"{finding.what}{remedy}", mark=mark, style=style)
    raise typer.Exit(any(finding.verdict == "bad" for finding in findings))


def migrate() -> None:
    """Bring the database's tables up to this version."""
    from django.core.management import call_command

    call_command("migrate", verbosity=1)


def backup(folder: Path) -> None:
    """Copy the running city into FOLDER: an archive, and the keyring beside it."""
    from django.utils import timezone

    from gongbi.config.backup import CannotCopy, take

    try:
        archive = take(folder, at=timezone.now())
    except (CannotCopy, OSError) as error:
        fail(f"No copy was taken: {error}")
    tell(f"{archive}  ({archive.stat().st_size / 2**20:.1f} MiB)")
    tell(f"{folder / 'keyring.sqlite3'}  keep it apart from the archives")


def restore(
    archive: Path,
    keyring: Annotated[
        Path | None, typer.Option(help="A copy of the keyring, when this machine has none.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Put an archive back in place of this installation's data. Stop the city first."""
    from gongbi.config.backup import CannotCopy, put_back

    if not yes and not typer.confirm("This replaces all data of the city. Go on?"):
        raise typer.Exit(1)
    try:
        put_back(archive, keys=keyring)
    except (CannotCopy, OSError) as error:
        fail(str(error))
    tell("The copy is in place. Start the city with: gongbi up")


def options() -> None:
    """List every setting, its value now and what it means."""
    from gongbi.config.options import OPTIONS, read_options

    said = read_options()
    table(
        "Settings (environment, or gongbi.toml in the data folder)",
        ("setting", "now", "meaning"),
        ((option.name, _shown(option.name, said), option.meaning) for option in OPTIONS),
    )


def _shown(name: str, said: dict[str, str]) -> str:
    return "(set)" if name == "DATABASE_URL" and said[name] else said[name]


def account(
    username: str,
    name: Annotated[str, typer.Option(help="The person's name.")],
    role: Annotated[str, typer.Option(help="A role of docs/parts/core.md.")],
    unit: Annotated[str, typer.Option(help="Code of the unit.")],
    place: Annotated[str, typer.Option(help="Code of the place; the unit's if left out.")] = "",
) -> None:
    """Make an account, or give one a new post and password; the password is shown once."""
    from django.conf import settings

    from gongbi.config.accounts import make_account
    from gongbi.core.models import Place, Unit

    if role not in settings.ROLES:
        fail(f"There is no role {role!r}; choose one of {', '.join(settings.ROLES)}.")
    found = Unit.objects.filter(pk=unit).first()
    if found is None:
        fail(f"There is no unit {unit!r}; its code stands in units.csv.")
    where = Place.objects.filter(pk=place or found.place_id).first()
    if where is None:
        fail(f"There is no place {place!r}; its code stands in places.csv.")
    password = make_account(username, name, role, found, where)
    tell(f"{username}  {password}   (shown once)")


def key(
    name: str,
    scope: Annotated[
        list[str], typer.Option(help="ingest, report, work or dispatch; repeat for more.")
    ],
) -> None:
    """Make a key for a sender of readings or another application; shown once."""
    from gongbi.config.accounts import make_ingest_key
    from gongbi.core.public import make_application_key

    known = {"ingest", "report", "work", "dispatch"}
    if not set(scope) <= known:
        fail(f"A scope is one of {', '.join(sorted(known))}.")
    if "ingest" in scope:
        tell(f"ingest  {make_ingest_key(name)}   (shown once)")
    rest = [one for one in scope if one != "ingest"]
    if rest:
        tell(f"{'+'.join(rest)}  {make_application_key(name, rest)}   (shown once)")
