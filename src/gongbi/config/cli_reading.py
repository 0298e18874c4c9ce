"""Commands for reading: reports train, compare, switch, back, readers, read."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress

from gongbi.config.console import fail, out, table, tell

if TYPE_CHECKING:
    from gongbi.cases.public import reading
    from gongbi.feeds.public import Mapping

ACTOR = "command:gongbi"
LISTED = 0
Own = Annotated[str, typer.Option(help="A feed mapping, to learn from a file instead.")]
Data = Annotated[Path | None, typer.Option(help="The file or folder the mapping reads.")]


def add_to(app: typer.Typer) -> None:
    """Hang these commands on the main one."""
    reports = typer.Typer(help="Reading what people write.", no_args_is_help=True)
    for command in (train, compare, switch, back, readers, read, watch, missing):
        reports.command(command.__name__)(command)
    reports.command("add-danger")(add_danger)
    app.add_typer(reports, name="reports")


def _gather(mapping: str, data: Path | None, bar: Progress) -> "reading.Gathered":
    from gongbi.cases.public import reading
    from gongbi.feeds.public import FileRefused

    task = bar.add_task("Reading", total=1.0)
    if not mapping:
        return reading.from_cases(lambda _w, share: bar.update(task, completed=share))
    if data is None:
        bar.stop()
        fail("Name the file or folder that the mapping reads: --data FOLDER")
    try:
        return reading.from_file(_mapping(mapping), data)
    except (FileRefused, OSError) as error:
        bar.stop()
        fail(str(error))


def _mapping(name: str) -> "Mapping":
    from gongbi.feeds.public import MappingRefused, read_mapping

    try:
        return read_mapping(name)
    except MappingRefused as error:
        for fault in error.faults:
            tell(fault)
        fail(f"{len(error.faults)} faults in the mapping.")


def train(
    mapping: Own = "",
    data: Data = None,
    precision: Annotated[
        float, typer.Option(help="Share that must be right of what no person looks at.")
    ] = 0.9,
) -> None:
    """Make a reader of the reports whose type people settled on; it is not switched on yet."""
    from gongbi.cases.public import reading

    if not 0.5 <= precision < 1:
        fail(f"--precision {precision:g} is no share from 0.5 to below 1; 0.9 is usual.")
    with Progress(console=out) as bar:
        gathered = _gather(mapping, data, bar)
        task = bar.add_task("Learning", total=1.0)
        try:
            made = reading.train(
                gathered,
                own=not mapping,
                actor=ACTOR,
                precision=precision,
                told=lambda words, share: bar.update(
                    task, description=words.capitalize(), completed=share
                ),
            )
        except (reading.TooLittle, reading.CannotRead) as error:
            bar.stop()
            fail(str(error))
    for reason, rows in sorted(made.left_out.items()):
        tell(f"{rows:,} reports left out: {reason}.")
    if gathered.odd_subs:
        tell(f"{gathered.odd_subs:,} sub-types not learnt: the pack has none such under the type.")
    tell(
        f"Reader {made.number} learnt from {made.learnt_from:,} reports and was judged on the "
        f"{made.report.rows:,} newest."
    )
    _beside(_name(made.before), made.before_report, f"reader {made.number}", made.report)
    gain, low, high = made.gain
    tell(f"Right more often by {gain:+.1%} (95 of 100: {low:+.1%} to {high:+.1%}).")
    if made.seen_by_before:
        tell(
            f"{_name(made.before).capitalize()} had learnt from {made.seen_by_before:,} of these, "
            "which flatters it."
        )
    _by_type("By type", made.report)
    for kind, report in made.subs.items():
        _by_type(f"Sub-types of {kind}, where the type was known", report)
        alone = f"{_share(report.accuracy)} right, {_share(report.to_person)} to a person"
        tell(f"{kind}: of {report.rows:,} reports {alone}.")
    tell(f"It took {made.seconds:,.0f} s and at most {made.megabytes:,.0f} MB of memory in all.")
    tell(f"To switch it on: gongbi reports switch {made.number}")


def _name(number: int) -> str:
    return f"reader {number}" if number else "the listed words"


def _beside(first: str, one: "reading.Report", second: str, other: "reading.Report") -> None:
    """Two reports on the same rows, a line for each figure."""
    rows = (
        ("right", one.accuracy, other.accuracy),
        ("right, the mean over types", one.macro_recall, other.macro_recall),
        ("confidence off by", one.calibration_error, other.calibration_error),
        ("sent to a person", one.to_person, other.to_person),
        ("right of those not sent", one.right_alone, other.right_alone),
    )
    table(
        f"On the same {other.rows:,} reports",
        ("", first, second),
        ((name, _share(a), _share(b)) for name, a, b in rows),
    )


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def _by_type(head: str, report: "reading.Report") -> None:
    rows = sorted(report.types.items(), key=lambda one: (-one[1].rows, one[0]))
    table(
        head,
        ("type", "reports", "found", "right when named"),
        ((name, one.rows, _share(one.found), _share(one.right)) for name, one in rows),
    )


def compare(
    first: int,
    second: Annotated[int, typer.Argument(help="0 is the pack's listed words.")],
    mapping: Own = "",
    data: Data = None,
) -> None:
    """Judge two readers on the newest reports that neither has learnt from."""
    from gongbi.cases.public import reading

    with Progress(console=out) as bar:
        gathered = _gather(mapping, data, bar)
        try:
            found = reading.compare(first, second, gathered)
        except (reading.TooLittle, reading.CannotRead) as error:
            bar.stop()
            fail(str(error))
    _beside(_name(first), found.first, _name(second), found.second)
    for words, span in (("Right", found.accuracy), ("Mean over types", found.macro_recall)):
        tell(
            f"{words}: {_name(second)} {span.value:+.1%} "
            f"(95 of 100: {span.low:+.1%} to {span.high:+.1%})."
        )


def switch(number: Annotated[int, typer.Argument(help="0: the pack's listed words.")]) -> None:
    """Let a reader judge from now on; gongbi reports back undoes it."""
    from gongbi.cases.public import reading

    try:
        was = reading.switch(number, actor=ACTOR)
    except reading.CannotRead as error:
        fail(str(error))
    tell(f"Reports are read by {_name(number)} from now on; before, by {_name(was)}.")


def back() -> None:
    """Let the reader before judge again."""
    from gongbi.cases.public import reading

    try:
        number = reading.go_back(actor=ACTOR)
    except reading.CannotRead as error:
        fail(str(error))
    tell(f"From now on it is {_name(number)} again.")


def readers() -> None:
    """List the readers there are, what each learnt from, and which is in force."""
    from gongbi.cases.public import reading

    found, rows = _in_force(), []
    for number in reading.kept_numbers():
        try:
            told = reading.kept(number).told
        except reading.CannotRead as error:
            rows.append((number, str(error), "", "", "", ""))
            continue
        said = told["report"]
        rows.append(
            (
                number,
                told["made_at"][:16],
                f"{told['learnt_from']:,}",
                _share(said["accuracy"]),
                _share(said["to_person"]),
                "in force" if number == found else "",
            )
        )
    table("Readers", ("reader", "made", "learnt from", "right", "to a person", ""), rows)
    if found == LISTED:
        tell("The pack's listed words judge alone.")


def _in_force() -> int:
    from gongbi.cases.public import reading

    try:
        found = reading.in_force()
    except reading.CannotRead as error:
        tell(str(error), mark=" !", style="yellow")
        return -1
    return found.number if found else LISTED


def read(words: str) -> None:
    """Say what would be read in these words, and which of them decided."""
    from gongbi.cases.public import reading, suggest_types

    guesses = suggest_types(words)
    table(
        f"By {_name(max(0, _in_force()))}",
        ("type", "sure", "because of"),
        ((one.type, _share(one.score), " · ".join(one.words)) for one in guesses),
    )
    first = guesses[0] if guesses else None
    if first and first.sub_type:
        tell(f"Sub-type of {first.type}: {first.sub_type} ({_share(first.sub_score)})")
    found = reading.notice(words, [])
    if found.urgency.level:
        what = "Danger to life" if found.urgency.level == 1 else "A hazard"
        tell(f"{what}: {' · '.join(found.urgency.words)}")
    if found.urgency.held_back:
        tell(f"Not taken as danger: {' · '.join(found.urgency.held_back)}")
    if found.place.candidates:
        sure = found.place.code or f"one of {', '.join(found.place.candidates)}"
        tell(f"Place: {sure} ({' · '.join(found.place.words)})")
    if found.place.address:
        tell(f"Address: {found.place.address}")
    for thing in found.things:
        tell(f"Thing: {thing.kind} {thing.number} ({thing.words})")
    for wish in found.wishes:
        at = "" if wish.minute is None else f" {wish.minute // 60:02}:{wish.minute % 60:02}"
        tell(f"Wish: {wish.kind.replace('_', ' ')}{at} ({wish.words})")


def watch(
    days: Annotated[int, typer.Option(help="Days back from now.")] = 28,
) -> None:
    """Say whether the reader in force still reads as it did when it was judged."""
    from gongbi.cases.public import reading

    try:
        found = reading.watch(days)
    except reading.CannotRead as error:
        fail(str(error))
    if found is None:
        tell("The pack's listed words judge alone; there is no reader to watch.")
        return
    seen = found.drift
    told = (("people settled on the type named first", seen.agreed_told, seen.agreed),
            ("sent to a person", seen.to_person_told, seen.to_person))  # fmt: skip
    table(
        f"Reader {found.number}, the last {found.days} days",
        ("", "when judged", "lately", "95 of 100", "of reports"),
        (
            (
                what,
                _share(then),
                _share(now.value),
                f"{_share(now.low)}–{_share(now.high)}",
                now.of,
            )
            for what, then, now in told
        ),
    )
    tell(f"Of the types named, {_share(seen.moved)} moved since it was judged.")
    for reason in seen.reasons:
        tell(REASONS[reason], mark=" !", style="yellow")
    raise typer.Exit(1 if seen.reasons else 0)


REASONS = {
    "agreement": "People settle on another type more often than when it was judged: train anew.",
    "person": "More is sent to people than when it was judged: train anew, or see what is new.",
    "types": "Other types are named than before: the city's troubles have changed, or its words.",
}


def missing(
    days: Annotated[int, typer.Option(help="Days back from now.")] = 365,
) -> None:
    """List matters that people raised though no danger word stood in them, and likely words."""
    from gongbi.cases.public import reading

    found = reading.missing(days, actor=ACTOR)
    table(
        f"Raised to urgent by people in {days} days, without a danger word",
        ("case", "type", "raised", "by"),
        ((one.number, one.type, one.at.date().isoformat(), one.verb) for one in found.cases),
    )
    tell(
        f"{found.with_danger:,} more were raised that had one; the words of {found.forgotten:,} "
        "are deleted."
    )
    table(
        "Words that may be missing (folded to one spelling)",
        ("words", "raised", f"of {found.calm:,} calm", "times as often"),
        ((one.words, one.raised, one.calm, f"{one.lift:,.0f}") for one in found.candidates),
    )
    if found.candidates:
        tell(
            "Words that mean danger go into the pack by hand: "
            "gongbi reports add-danger WORD --pack FOLDER"
        )
    elif found.cases:
        tell("No words stand in three of them and are rare elsewhere.")


def add_danger(
    word: str,
    pack: Annotated[Path, typer.Option(help="The folder of the pack.")],
    level: Annotated[
        str, typer.Option(help="life: raises a case; hazard: is shown; not_danger: neither.")
    ] = "life",
) -> None:
    """Write a danger word into a pack's danger.toml; it counts when the pack is loaded."""
    from gongbi.cases.public import reading

    if level not in ("life", "hazard", "not_danger"):
        fail(f"--level {level} is none of life, hazard, not_danger.")
    if not (pack / "city.toml").exists():
        fail(f"{pack} is no pack: there is no city.toml in it.")
    try:
        added = reading.add_word(pack, word, level)
    except reading.CannotAdd as error:
        fail(str(error))
    if not added:
        tell(f"{word} is looked for already; nothing was changed.")
        return
    tell(f"{word} stands in {pack / 'danger.toml'} now. Try it: gongbi pack check {pack}")
    tell(f"Then put it in force: gongbi pack load {pack}")
