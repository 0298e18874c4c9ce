"""What makes cases findable: marks of sealed words, and lists that somebody keeps."""

from django.conf import settings
from django.db import models

from gongbi.cases.search.fields import MarksField


class Marks(models.Model):
    """Keyed marks of what one reporter wrote; without the key they say nothing."""

    signal = models.OneToOneField(
        "cases.Signal", models.CASCADE, primary_key=True, related_name="marks"
    )
    marks = MarksField()

    def __str__(self) -> str:
        return f"marks of signal {self.signal_id}"


class ContactMark(models.Model):
    """A keyed digest of one way to reach a reporter: who gives that way is found by it, and by
    nothing else. It goes with the contact."""

    signal = models.ForeignKey("cases.Signal", models.CASCADE, related_name="contact_marks")
    mark = models.CharField(max_length=32, db_index=True)

    def __str__(self) -> str:
        return f"contact mark of {self.signal_id}"


class SavedView(models.Model):
    """A filter of the worklist under a name: one person's own, or for all of a unit."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    unit = models.ForeignKey("core.Unit", models.CASCADE, null=True, related_name="+")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=400, help_text="the filter as a query string")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("name", "pk")
        constraints = [models.UniqueConstraint(fields=["person", "name"], name="one_view_a_name")]

    def __str__(self) -> str:
        return self.name
