"""Who may see what is owed to people, and try it again. Nobody sees to whom it goes."""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404

from gongbi.core.models import Message
from gongbi.core.scope import Scope, at_or_below

SEE = "outbox.see"


def visible_messages(scope: Scope) -> "QuerySet[Message]":
    """Messages about matters of one's own places; PermissionDenied without the verb."""
    paths = scope.place_paths(SEE)
    if not paths:
        raise PermissionDenied
    return Message.objects.filter(at_or_below(paths))


def access_message(scope: Scope, pk: int) -> Message:
    """One message that was set aside; what one may not see does not exist (404)."""
    found = visible_messages(scope).filter(pk=pk).exclude(set_aside_at=None).first()
    if found is None:
        raise Http404
    return found
