"""Forms of joint duty and of what is asked of somebody above; the actions check again."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gongbi.cases import states, wording
from gongbi.cases.actions.extending import MORE
from gongbi.cases.actions.fields import PREFIX
from gongbi.cases.actions.supervising import WITHIN
from gongbi.cases.choosing import LongSelect
from gongbi.cases.filling import Field, name_of
from gongbi.cases.forms import DeclareForm, SeenForm, choices, words_field
from gongbi.core.public import UnitRecord, promise_in_words

Choices = list[tuple[str, Any]]
NONE: Choices = [("", "—")]


def unit_field(label: Any) -> forms.ChoiceField:
    """A select of units, filled by the form."""
    return forms.ChoiceField(label=label, widget=LongSelect)


def unit_choices(units: list[UnitRecord]) -> Choices:
    """Units by name, none chosen."""
    return [*NONE, *((one.code, one.name) for one in units)]


class CallInForm(SeenForm):
    """Which unit helps, with what, after which other tasks."""

    unit = unit_field(_("Unit that helps"))
    words = words_field(_("What it shall do"))
    after = forms.MultipleChoiceField(
        label=_("Begins when these are done"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    replaces = forms.ChoiceField(label=_("In place of a task given back"), required=False)
    needed = forms.BooleanField(
        label=_("The case cannot be answered without it"), required=False, initial=True
    )

    def __init__(
        self,
        *args: Any,
        units: list[UnitRecord],
        earlier: Choices,
        given_back: Choices,
        **named: Any,
    ) -> None:
        super().__init__(*args, **named)
        self.fields["unit"].choices = unit_choices(units)  # type: ignore[attr-defined]
        self.fields["after"].choices = earlier  # type: ignore[attr-defined]
        self.fields["replaces"].choices = [*NONE, *given_back]  # type: ignore[attr-defined]
        if not earlier:
            del self.fields["after"]
        if not given_back:
            del self.fields["replaces"]


class ComplaintForm(SeenForm):
    """Which unit it complains of, or that it complains of none."""

    unit = forms.ChoiceField(
        label=_("Unit complained of"),
        required=False,
        widget=LongSelect,
        help_text=_("Neither this unit nor those below it see the case from then on."),
    )
    words = words_field(_("Why, in a sentence"), rows=2)

    def __init__(self, *args: Any, units: list[UnitRecord], **named: Any) -> None:
        super().__init__(*args, **named)
        said = [("", _("– none: it is no complaint –")), *unit_choices(units)[1:]]
        self.fields["unit"].choices = said  # type: ignore[attr-defined]


class CallOffForm(SeenForm):
    """Which task is not needed any more, and why."""

    task = forms.ChoiceField(label=_("Task"))
    words = words_field(_("Why it is called off"), rows=2)

    def __init__(self, *args: Any, tasks: Choices, **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["task"].choices = [*NONE, *tasks]  # type: ignore[attr-defined]


class StageForm(SeenForm):
    """How far the work is."""

    stage = forms.ChoiceField(label=_("Stage"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, stages: Choices, **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["stage"].choices = stages  # type: ignore[attr-defined]


class TransferForm(SeenForm):
    """To which unit, and why."""

    unit = unit_field(_("Unit that shall take it over"))
    reason = forms.ChoiceField(
        label=_("Reason"), choices=choices(states.TRANSFER_REASONS, wording.REASONS)
    )
    words = words_field(_("What it must know"))

    def __init__(self, *args: Any, units: list[UnitRecord], **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["unit"].choices = unit_choices(units)  # type: ignore[attr-defined]


class ExtendForm(SeenForm):
    """How much more time, and why."""

    more = forms.ChoiceField(label=_("How much more working time"))
    reason = forms.ChoiceField(
        label=_("Reason"), choices=choices(states.EXTEND_REASONS, wording.REASONS)
    )
    words = words_field(_("Why it cannot be done in time"))

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        said = [(more, promise_in_words(more)) for more in MORE]
        self.fields["more"].choices = [*NONE, *said]  # type: ignore[attr-defined]


class GrantForm(SeenForm):
    """A word with it, if there is one to say."""

    words = words_field(_("Words to the unit"), required=False, rows=2)


class RefuseForm(SeenForm):
    """Why not."""

    words = words_field(_("Why no more time is given"), rows=2)


class SuperviseForm(SeenForm):
    """By when an answer is asked for, and about what."""

    within = forms.ChoiceField(label=_("Answer within"))
    words = words_field(_("What must be answered"))

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        said = [(one, promise_in_words(one)) for one in WITHIN]
        self.fields["within"].choices = [*NONE, *said]  # type: ignore[attr-defined]


class AnswerForm(SeenForm):
    """The unit's answer."""

    words = words_field(_("Answer to the supervisor"))


class AppealForm(SeenForm):
    """Why it is not right."""

    words = words_field(_("Why it should not be so"))


class DecideForm(SeenForm):
    """The referee's word, which binds."""

    decided = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    unit = forms.ChoiceField(
        label=_("The other unit, if one is named"), required=False, widget=LongSelect
    )
    words = words_field(_("Reasons of the decision"))

    def __init__(
        self, *args: Any, decisions: Choices, units: list[UnitRecord] | None, **named: Any
    ) -> None:
        super().__init__(*args, **named)
        self.fields["decided"].choices = decisions  # type: ignore[attr-defined]
        if units is None:
            del self.fields["unit"]
        else:
            self.fields["unit"].choices = unit_choices(units)  # type: ignore[attr-defined]


class ParkForm(SeenForm):
    """Why it must wait for long, and when it is looked at again."""

    reason = forms.ChoiceField(
        label=_("Reason"), choices=choices(states.PARK_REASONS, wording.REASONS)
    )
    until = forms.DateField(
        label=_("Looked at again on"), widget=forms.DateInput(attrs={"type": "date"})
    )
    words = words_field(_("What must happen first"))


class ReopenForm(SeenForm):
    """Why it is opened again."""

    reason = forms.ChoiceField(
        label=_("Reason"), choices=choices(states.REOPEN_REASONS, wording.REASONS)
    )
    words = words_field(_("Why, in a sentence"))


class DeclareWithFields(DeclareForm):
    """What became of it, with what the type asks; a field is needed only where it is done."""

    def __init__(
        self, *args: Any, asked: list[Field], known: dict[str, Any], **named: Any
    ) -> None:
        super().__init__(*args, **named)
        for field in asked:
            made = form_field(field)
            made.initial = _as_written(known.get(field["code"]))
            self.fields[PREFIX + field["code"]] = made

    def said(self) -> dict[str, Any]:
        """What was filled in, by the codes of the fields."""
        return {
            name.removeprefix(PREFIX): value
            for name, value in self.cleaned_data.items()
            if name.startswith(PREFIX) and value not in (None, "")
        }


def form_field(field: Field) -> forms.Field:
    """The input for a field of a type."""
    named: dict[str, Any] = {"label": name_of(field), "required": False}
    if field["kind"] == "number":
        return forms.FloatField(
            min_value=field.get("least", 0), max_value=field.get("most"), **named
        )
    if field["kind"] == "date":
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), **named)
    if field["kind"] == "yes_no":
        return forms.ChoiceField(choices=[*NONE, ("yes", _("yes")), ("no", _("no"))], **named)
    said = [(one["code"], name_of(one)) for one in field["choices"]]
    return forms.ChoiceField(choices=[*NONE, *said], **named)


def _as_written(value: Any) -> Any:
    if value is True:
        return "yes"
    if value is False:
        return "no"
    return value.isoformat() if isinstance(value, date) else value
