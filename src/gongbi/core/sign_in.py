"""The form of the front door; who came in is written down."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from gongbi.core.events import SignedIn
from gongbi.core.journal import publish


class SignIn(AuthenticationForm):
    """Django's own; its first label would be the model's, which knows one language."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("Username")


@receiver(user_logged_in)
def write_down(request: HttpRequest | None, user: Any, **_said: Any) -> None:
    """Through whichever door of the house; a session that a program makes came by no address."""
    if request is None or request.resolver_match is None:
        return
    who = f"person:{user.pk}"
    with transaction.atomic():
        publish(SignedIn(person=str(user.pk)), subject=who, actor=who)
