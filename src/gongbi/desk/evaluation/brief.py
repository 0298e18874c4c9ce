"""The brief of an evaluation as a document: for officers of a place, for everybody, by command."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongbi.core.public import UnitRecord, unit, unit_named
from gongbi.desk.checkup.making import CannotExamine, find_period, find_place
from gongbi.desk.evaluation.as_docx import to_docx
from gongbi.desk.evaluation.asking import BY, Asked, asked, asked_by_all
from gongbi.desk.evaluation.paper import Paper, write

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_safe
@login_required
def for_officers(request: HttpRequest) -> HttpResponse:
    """The page somebody looks at, on paper."""
    return _answer(asked(request)[1])


@require_safe
def for_all(request: HttpRequest) -> HttpResponse:
    """The public's page on paper, with nothing more in it."""
    return _answer(asked_by_all(request.GET))


def _answer(one: Asked) -> HttpResponse:
    said = {"Content-Disposition": f'attachment; filename="{file_name(one)}"'}
    return HttpResponse(to_docx(write(one)), content_type=DOCX, headers=said)


def file_name(one: Asked) -> str:
    """What the file is called, where nobody says otherwise."""
    parts = ["evaluation", one.place.code, one.period.code]
    parts += [one.unit.code] if one.unit else []
    return "-".join([*parts, *(["public"] if one.public else [])]) + ".docx"


def ask(place: str, period: str, by: str, of_unit: str, *, public: bool) -> Asked:
    """What a command asks for; CannotExamine says in a sentence what cannot be found."""
    if by not in BY:
        raise CannotExamine(
            _("%(said)s is no grouping: write one of %(by)s.")
            % {"said": repr(by), "by": ", ".join(BY)}
        )
    where, when = find_place("" if public else place), find_period(period)
    if public:
        return Asked(None, where, when, "place", public=True)
    return Asked(None, where, when, by, _unit(of_unit) if of_unit else None)


def _unit(said: str) -> UnitRecord:
    found = unit(said) or unit_named(said)
    if found is None:
        raise CannotExamine(_("There is no unit %(code)r in this city.") % {"code": said})
    return found


def make(one: Asked) -> tuple[Paper, bytes]:
    """A brief in words and as a document."""
    paper = write(one)
    return paper, to_docx(paper)
