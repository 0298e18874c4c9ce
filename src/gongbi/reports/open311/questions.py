"""What a type asks whoever reports, as the attributes of its service.

What the pack writes for this door alone (``open311.toml``) comes first, and stands for a question
of the same code: its answer goes with the words. One to a question of the type goes to the case.
"""

from collections.abc import Iterable
from datetime import datetime

from gongbi.cases.public import QuestionRecord, TypeRecord
from gongbi.core.public import city
from gongbi.reports.open311.house import Attribute, Service, Value

DATATYPES = {
    "number": "number",
    "choice": "singlevaluelist",
    "date": "datetime",
    "yes_no": "singlevaluelist",
}
FIRST_ORDER = 100  # after what the pack writes for this door, and the asset
YES_NO = (Value("yes", "yes", "是"), Value("no", "no", "否"))


def asked_beside(kind: TypeRecord, service: Service) -> tuple[Attribute, ...]:
    """The questions of a type that the pack does not write for this door itself."""
    own = {one.code for one in service.questions(bool(kind.assets))}
    rest = [one for one in kind.questions if one.code not in own]
    return tuple(_attribute(one, order) for order, one in enumerate(rest, start=FIRST_ORDER))


def attributes_of(kind: TypeRecord, service: Service) -> tuple[Attribute, ...]:
    """Everything a service asks beyond words and place."""
    return (*service.questions(bool(kind.assets)), *asked_beside(kind, service))


def answer_of(asked: Attribute, texts: Iterable[str]) -> str:
    """An answer as cases read it: of a moment the day, as the city's clock has it."""
    text = next(iter(texts), "")
    if asked.datatype != "datetime":
        return text
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text  # it is refused with its reason
    return (at.astimezone(city().zone) if at.tzinfo else at).date().isoformat()


def _attribute(asked: QuestionRecord, order: int) -> Attribute:
    # The names are in the reader's language already.
    choices = tuple(Value(code, name, name) for code, name in asked.choices)
    return Attribute(
        code=asked.code,
        datatype=DATATYPES[asked.kind],
        required=False,
        variable=True,
        order=order,
        description_en=asked.name,
        description_zh=asked.name,
        hint_en="",
        hint_zh="",
        values=YES_NO if asked.kind == "yes_no" else choices,
    )
