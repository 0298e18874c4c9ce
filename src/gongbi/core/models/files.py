"""Files that wait to be looked at by the operator's scanner, and what it said of them."""

from django.db import models


class FileCheck(models.Model):
    """One file of some part: it waits, is clean, is put aside as bad, or was opened after all.

    ``about`` is what it belongs to as people know it (a case's number); never a file's own name,
    which may name people. ``scanner`` and ``found`` are the scanner's own words for both.
    """

    WAITING, CLEAN, BAD, OPENED = "waiting", "clean", "bad", "opened"

    file = models.UUIDField(unique=True)
    keeper = models.CharField(max_length=16, help_text="the part that keeps it")
    subject = models.CharField(max_length=80, help_text="what the journal calls its matter")
    about = models.CharField(max_length=48, blank=True)
    place_path = models.CharField(max_length=400)
    state = models.CharField(max_length=8, default=WAITING)
    owed_at = models.DateTimeField()
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=80, blank=True)
    checked_at = models.DateTimeField(null=True)
    scanner = models.CharField(max_length=80, blank=True)
    found = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"], name="files_to_check", condition=models.Q(state="waiting")
            ),
            models.Index(
                fields=["-checked_at"], name="files_put_aside", condition=models.Q(state="bad")
            ),
        ]

    def __str__(self) -> str:
        return f"check of {self.file}"
