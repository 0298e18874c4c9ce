"""Pictures through the gate: the clean copy for whoever sees the case, evidence for few."""

import re
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from gongbi.cases import photos
from gongbi.cases.access import access_photo
from gongbi.cases.actors import person
from gongbi.cases.events import EvidenceSeen
from gongbi.cases.looks import note
from gongbi.core.public import publish, scope_of

KINDS = {b"\xff\xd8": "image/jpeg", b"\x89P": "image/png", b"RI": "image/webp"}


@require_GET
@login_required
def shown(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The copy without metadata."""
    scope = scope_of(request.user)
    photo = access_photo(scope, uuid)
    content = photos.shown_bytes(photo.uuid, photo.key_owner)
    if content is None:
        raise Http404
    if photo.kind == "report":
        note(person(request.user, scope), "photo", [photo.case.uuid])
    answer = HttpResponse(content, content_type="image/jpeg")
    answer["Cache-Control"] = "private, max-age=600"
    return answer


@require_GET
@login_required
@transaction.atomic
def evidence(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The bytes as they came, as a download; the journal keeps that they were opened."""
    scope = scope_of(request.user)
    photo = access_photo(scope, uuid, evidence=True)
    found = photos.evidence_of(photo.uuid, photo.key_owner)
    if found is None:
        raise Http404
    said, content = found
    fact = EvidenceSeen(case=photo.case.uuid, number=photo.case.number, photo=photo.uuid)
    publish(
        fact,
        subject=f"case:{photo.case.uuid}",
        actor=str(person(request.user, scope)),
        place_path=photo.case.place_path,
    )
    answer = HttpResponse(content, content_type=KINDS.get(content[:2], "application/octet-stream"))
    answer["Content-Disposition"] = f'attachment; filename="{photo.uuid}"'
    answer["X-Content-Type-Options"] = "nosniff"
    for name in ("at", "lon", "lat", "digest"):
        answer[f"X-Evidence-{name.title()}"] = re.sub(r"[^\w.:+-]", "", str(said.get(name)))
    return answer
