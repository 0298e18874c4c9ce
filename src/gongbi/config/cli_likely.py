"""Commands for the same matter twice: likely learn, compare, switch, back, weights."""

from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress

from gongbi.config.console import fail, out, table, tell

if TYPE_CHECKING:
    from gongbi.cases.public import likeness

ACTOR = "command:gongbi"
SHIPPED = 0
MOST_MOVES = 30
By = Annotated[str, typer.Option("--by", help="Who says so: a name or an office.")]
Days = Annotated[int, typer.Option(min=1, help="Days back from now.")]
Most = Annotated[int, typer.Option(min=1, help="Cases to read that nobody spoke of.")]


def add_to(app: typer.Typer) -> None:
    """Hang these commands on the main one."""
    likely = typer.Typer(help="Which cases are likely the same matter.", no_args_is_help=True)
    for command in (learn, compare, switch, back, weights):
        likely.command(command.__name__)(command)
    app.add_typer(likely, name="likely")


def learn(days: Days = 365, most: Most = 5000) -> None:
    """Learn weights from merges and from pairs said to be two; they are not switched on yet."""
    from gongbi.cases.public import likeness

    gathered = _gather(days, most)
    try:
        made = likeness.learn_weights(gathered, actor=ACTOR)
    except likeness.TooLittle as error:
        fail(str(error))
    said = made.said
    tell(f"Weights {made.number} were learnt from {made.early:,} cases opened until "
         f"{made.until:%Y-%m-%d}, beginning at {_name(made.before)}.")  # fmt: skip
    tell(f"Of the pairs near them {said['yes']:,} are one matter, {said['no']:,} were said to be "
         f"two, {said['passed over']:,} were passed over, {said['never offered']:,} never "
         "offered.")  # fmt: skip
    _moved(made.moved)
    _beside(_name(made.before), _name(made.number), made.beside)
    tell(f"To let them judge: gongbi likely switch {made.number} --why WORDS")


def _gather(days: int, most: int) -> "likeness.Gathered":
    from datetime import timedelta

    from gongbi.cases.public import likeness
    from gongbi.core.public import now

    with Progress(console=out) as bar:
        task = bar.add_task("Comparing", total=1.0)
        return likeness.gather(
            likeness.in_force(),
            now() - timedelta(days=days),
            most=most,
            told=lambda share: bar.update(task, completed=share),
        )


def _name(number: int) -> str:
    return f"weights {number}" if number else "the shipped weights"


def _moved(moved: "list[likeness.Move]") -> None:
    table(
        f"What moved ({len(moved)} levels, the farthest first)",
        ("level", "was", "now", "pairs", "one matter"),
        ((one.level, f"{one.was:+.2f}", f"{one.now:+.2f}", one.pairs, one.same)
         for one in moved[:MOST_MOVES]),
    )  # fmt: skip


def _beside(first: str, second: str, found: "likeness.Beside") -> None:
    """Two sets of weights on the same later questions."""
    rows = (
        ("proposed and one matter (precision)", found.one.precision, found.other.precision,
         found.precision),
        ("one matter and proposed (recall)", found.one.recall, found.other.recall, found.recall),
    )  # fmt: skip
    table(
        f"On the same {found.asks:,} later questions (95 of 100)",
        ("", first, second, "gain"),
        (
            (name, _rate(one), _rate(other),
             f"{gain.value:+.1%} ({gain.low:+.1%} to {gain.high:+.1%})")
            for name, one, other, gain in rows
        ),
    )  # fmt: skip
    tell("One matter is what people brought together; what they overlooked counts against both.")


def _rate(rate: "likeness.Rate") -> str:
    return f"{rate.value:.1%} ({rate.low:.1%} to {rate.high:.1%})" if rate.of else "–"


def compare(
    first: int,
    second: Annotated[int, typer.Argument(help="0 are the shipped weights.")],
    days: Days = 365,
    most: Most = 5000,
) -> None:
    """Judge two sets of weights on what came after both had learnt."""
    from gongbi.cases.public import likeness

    try:
        for number in (first, second):
            likeness.kept(number)
        found = likeness.compare(first, second, _gather(days, most))
    except (likeness.TooLittle, likeness.NoSuchCard) as error:
        fail(str(error))
    _beside(_name(first), _name(second), found)


def switch(
    number: Annotated[int, typer.Argument(help="0: the shipped weights.")],
    why: Annotated[str, typer.Option(help="Why they shall judge; kept with the switch.")],
    by: By = ACTOR,
) -> None:
    """Let weights judge from now on; gongbi likely back undoes it."""
    from gongbi.cases.public import likeness

    try:
        was = likeness.switch(number, actor=by, words=why)
    except likeness.NoSuchCard as error:
        fail(str(error))
    tell(f"What is likely the same is judged by {_name(number)} from now on; before, by "
         f"{_name(was)}.")  # fmt: skip


def back(
    why: Annotated[str, typer.Option(help="Why; kept with it.")] = "", by: By = ACTOR
) -> None:
    """Take the last switch back."""
    from gongbi.cases.public import likeness

    try:
        number = likeness.go_back(actor=by, words=why)
    except likeness.NoSuchCard as error:
        fail(str(error))
    tell(f"From now on it is {_name(number)} again.")


def weights() -> None:
    """List the weights there are, what each learnt from, and who put which in force and why."""
    from gongbi.cases.public import likeness

    found = likeness.in_force().number
    rows = []
    for one in likeness.all_kept():
        gain = one.told["beside"]
        rows.append((one.pk, f"{one.at:%Y-%m-%d %H:%M}", f"{one.told['asks']:,}",
                     len(one.told["moved"]), f"{gain['precision']['value']:+.1%}",
                     f"{gain['recall']['value']:+.1%}",
                     "in force" if one.pk == found else ""))  # fmt: skip
    table("Weights", ("weights", "made", "cases", "levels moved", "precision", "recall", ""), rows)
    table(
        "Switches, the newest first",
        ("when", "weights", "by", "why"),
        ((f"{one.at:%Y-%m-%d %H:%M}", one.card_id or SHIPPED, one.actor,
          f"{'taken back. ' if one.undoes_id else ''}{one.words}".strip())
         for one in likeness.switches()),
    )  # fmt: skip
    tell(f"Now judges: {_name(found)}.")
