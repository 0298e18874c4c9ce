"""Commands for running the house: up, demo, doctor, migrate, backup, restore, accounts, keys."""

from pathlib import Path
from typing import Annotated

import typer

from gongbi.config import cli_keys
from gongbi.config.console import fail, table, tell


def add_to(app: typer.Typer) -> None:
    """Hang these commands on the main one."""
    for command in (up, demo, run, sensorthings, doctor, migrate, backup, restore, options):
        app.command()(command)
    app.command("account")(account)
    app.command("key")(cli_keys.key)


def up() -> None:
    """Start web, ingest, engine, worker, history (and mqtt); restart what dies; Ctrl-C stops."""
    from django.conf import settings
    from django.core.management import call_command

    from gongbi.config.options import read_options
    from gongbi.config.processes import programs_of

    call_command("migrate", verbosity=0)
    _keep_running(Path(settings.GONGBI_DATA), programs_of(read_options()))


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
        city.wait_until_ready(url, seconds=300)  # a busy machine takes minutes
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
    name: Annotated[str, typer.Argument(help="web, ingest, engine, worker, history or mqtt")],
) -> None:
    """Run one process in the foreground, for a process manager of your own."""
    from gongbi.config import serve
    from gongbi.config.processes import NAMES

    if name not in (*NAMES, "mqtt"):
        fail(f"There is no process {name!r}; choose one of {', '.join(NAMES)}, mqtt.")
    serve.run(name)


def sensorthings(
    port: Annotated[int, typer.Option(help="Port on this machine.")] = 8085,
    open_: Annotated[bool, typer.Option("--open", help="Nobody needs a key.")] = False,
    data: Annotated[
        Path | None, typer.Option(help="Data folder; a fresh one when left out.")
    ] = None,
) -> None:
    """Serve SensorThings alone, on this machine only: for a laptop, or a conformance run."""
    import os
    import subprocess
    import sys
    import tempfile

    folder = data or Path(tempfile.mkdtemp(prefix="gongbi-sensorthings-"))
    said = {
        "GONGBI_DATA": str(folder),
        "GONGBI_HOST": "127.0.0.1",
        "GONGBI_PORT": str(port),
        "GONGBI_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "GONGBI_SENSORTHINGS": "open" if open_ else "keys",
    }
    gongbi = [sys.executable, "-m", "gongbi.config.cli"]
    if subprocess.call([*gongbi, "migrate"], env=os.environ | said, stdout=subprocess.DEVNULL):
        fail("The tables could not be made; the lines above say why.")
    tell(f"SensorThings: http://127.0.0.1:{port}/sensorthings/v1.1 (and /v1.0)   data: {folder}")
    os.execve(sys.executable, [*gongbi, "run", "web"], os.environ | said)


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
    from gongbi.config.options import OPTIONS, read_options, shown

    said = read_options()
    table(
        "Settings (environment, or gongbi.toml in the data folder)",
        ("setting", "now", "meaning"),
        (
            (option.name, shown(option.name, said[option.name]), option.meaning)
            for option in OPTIONS
        ),
    )


def account(
    username: str,
    name: Annotated[str, typer.Option(help="The person's name.")],
    role: Annotated[str, typer.Option(help="A role of docs/roles.md.")],
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
