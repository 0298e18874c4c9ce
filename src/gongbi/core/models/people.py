"""People who sign in, and the posts they hold."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models


class People(BaseUserManager["Person"]):
    """Making accounts; Django's own manager insists on an e-mail, which the city does not keep."""

    def create_user(self, username: str, password: str | None = None, **said: Any) -> "Person":
        """An account; without a password nobody can sign in to it."""
        person = self.model(username=username, **said)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser, PermissionsMixin):
    """Somebody with an account. Residents need none."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=80)
    language = models.CharField(max_length=10, default="zh-hans")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    joined_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]
    objects = People()

    def __str__(self) -> str:
        return self.name or self.username


class Post(models.Model):
    """A person's role in a unit for a place, for a time."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="posts")
    role = models.CharField(max_length=32)
    unit = models.ForeignKey("core.Unit", models.PROTECT, related_name="posts")
    place = models.ForeignKey("core.Place", models.PROTECT, related_name="posts")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    skills = models.JSONField(null=True, blank=True, help_text="codes; null: not known")
    shift = models.CharField(max_length=11, blank=True, help_text="22:00-06:00; empty: not known")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "role", "unit", "place"], name="one_post_of_a_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.role} · {self.unit_id}"
