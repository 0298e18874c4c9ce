"""The officer's page: drop a file, see it understood, mend the columns, take it in."""

import csv
import logging
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongbi.core.public import city, done_once, unarmed
from gongbi.reports import access, checked_files, intaking, looking, reading
from gongbi.reports.forms_intake import FileForm, MappingForm
from gongbi.reports.models import Intake

SHOWN_INTAKES = 50
log = logging.getLogger(__name__)
STATES = {
    Intake.READ: lambda: _("waits to be taken in"),
    Intake.TAKING: lambda: _("being taken in"),
    Intake.DONE: lambda: _("taken in"),
    Intake.GIVEN_UP: lambda: _("destroyed, not taken in"),
    Intake.CHECKING: lambda: _("being checked for malware"),
    Intake.BAD: lambda: _("refused: the check found something harmful"),
}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def board(request: HttpRequest) -> HttpResponse:
    """Bring a file; see those brought before."""
    known = access.intakes(request.user)
    intaking.forget_old()
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        answer = _brought(request, form)
        if answer:
            return answer
    rows = [
        {"intake": row, "name": intaking.name_of(row), "state": STATES[row.state]()}
        for row in known.select_related("by")[:SHOWN_INTAKES]
    ]
    shown = {
        "form": form,
        "intakes": rows,
        "most_megabytes": reading.MOST_BYTES // 2**20,
        "most_rows": f"{reading.MOST_ROWS:,}",
    }
    return render(request, "reports/intake.html", shown, status=422 if form.errors else 200)


def _brought(request: HttpRequest, form: FileForm) -> HttpResponse | None:
    """Keep the file, once; it is read before, so that nobody waits for the database meanwhile."""
    file = form.cleaned_data["file"]
    content, suffix = reading.plain(file.read()), reading.suffix_of(file.name)
    checked_first = bool(settings.GONGBI_SCANNER)
    try:
        # What is to be checked is not opened before: a workbook is a program's food.
        proposal = None if checked_first else _proposal(content, suffix)

        def keep() -> HttpResponse:
            with transaction.atomic():
                brought = intaking.bring(
                    request.user,
                    access.intake_place(request.user),
                    name=file.name,
                    suffix=suffix,
                    content=content,
                    proposal=proposal,
                )
                if checked_first:
                    checked_files.owe(brought)
            return redirect("intake-show", brought.pk)

        return done_once(request, keep)
    except reading.CannotRead as error:
        form.add_error("file", str(error))
    except (OperationalError, OSError):
        log.exception("file not kept")
        form.add_error("file", _("The file could not be kept just now. Bring it again."))
    return None


def _proposal(content: bytes, suffix: str) -> reading.Proposal:
    return reading.propose(content, suffix, zone=city().zone.key)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, intake_id: UUID) -> HttpResponse:
    """One file: how it is understood, or how far it has been taken in."""
    intake = access.intake(request.user, intake_id)
    content = intaking.content_of(intake) if intake.state == Intake.READ else None
    if content is None:
        return render(request, "reports/intake_show.html", _progress(intake))
    if not intake.mapping:
        try:
            intaking.understand_first(intake, _proposal(content, intake.suffix))
        except reading.CannotRead as error:
            unread = {"intake": intake, "name": intaking.name_of(intake), "unread": str(error)}
            return render(request, "reports/intake_show.html", unread, status=422)
    found = reading.read_all(intake.mapping, content, intake.suffix)
    form = MappingForm(found, intake.columns, request.POST if request.POST else None)
    if request.method == "POST" and form.is_valid():
        return _set(request, intake, form.mapping(), content)
    return _look(request, intake, found, form)


def _set(request: HttpRequest, intake: Intake, toml: str, content: bytes) -> HttpResponse:
    """Keep what the officer set; take the file in when they said so and its rows can be read."""
    found = reading.read_all(toml, content, intake.suffix)
    Intake.objects.filter(pk=intake.pk, state=Intake.READ).update(mapping=toml)
    if request.POST.get("do") == "take":
        if found.lines and not found.faults:
            intaking.take_in(intake, found)
        else:
            messages.error(request, _("Nothing was taken in: see below what is in the way."))
    return redirect("intake-show", intake.pk)


def _look(
    request: HttpRequest, intake: Intake, found: reading.Reading, form: MappingForm
) -> HttpResponse:
    shown: dict[str, Any] = {
        "intake": intake,
        "name": intaking.name_of(intake),
        "before": intaking.came_before(intake),
        "look": looking.look(found),
        "form": form,
    }
    return render(request, "reports/intake_show.html", shown, status=422 if form.errors else 200)


@login_required
@require_POST
def step(request: HttpRequest, intake_id: UUID) -> HttpResponse:
    """Take in the next rows and say how far it is; the page asks again until all is done."""
    intake = access.intake(request.user, intake_id)
    if intake.state == Intake.TAKING:
        intaking.go_on(intake)
        intake.refresh_from_db()
    if not request.headers.get("HX-Request"):
        return redirect("intake-show", intake.pk)
    return render(request, "reports/_intake_progress.html", _progress(intake))


def _progress(intake: Intake) -> dict[str, Any]:
    done = intake.stored + intake.repeated + intake.refused
    return {
        "intake": intake,
        "name": intaking.name_of(intake),
        "done": done,
        "left": intake.read - done,
        "refusals": intaking.refusals_of(intake),
    }


@login_required
@require_POST
def give_up(request: HttpRequest, intake_id: UUID) -> HttpResponse:
    """Destroy a file instead of taking it in."""
    intake = access.intake(request.user, intake_id)
    if intaking.give_up(intake, actor=f"person:{request.user.pk}"):
        messages.success(request, _("The file has been destroyed; nothing of it was stored."))
    return redirect("intake")


@login_required
@require_safe
def mapping_file(request: HttpRequest, intake_id: UUID) -> HttpResponse:
    """The mapping as a file, for `gongbi feed check` and `gongbi replay`."""
    intake = access.intake(request.user, intake_id)
    answer = HttpResponse(intake.mapping, content_type="application/toml")
    answer["Content-Disposition"] = f'attachment; filename="mapping-{intake.pk.hex[:8]}.toml"'
    return answer


@login_required
@require_safe
def refused_file(request: HttpRequest, intake_id: UUID) -> HttpResponse:
    """Refused rows with their reasons, to mend them at the source."""
    intake = access.intake(request.user, intake_id)
    # The mark at the start is what makes spreadsheets read the file as UTF-8.
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="refused-{intake.pk.hex[:8]}.csv"'
    writer = csv.writer(answer)
    writer.writerow([_("Row"), _("Why")])
    for row in intaking.refusals_of(intake).rows:
        writer.writerow([row.line, unarmed(row.reason)])
    return answer
