"""How an alert stood after each change, appended, so that the past can be shown as it was."""

from gongbi.core.public import now
from gongbi.vitals.models import Alert, AlertStep

SHOWN = (
    "level", "peak_level", "peak_value", "value", "began_at", "ended_at", "muted_until",
    "case_number",
)  # fmt: skip


def keep_step(alert: Alert) -> None:
    """Append how the alert stands now, in the transaction that changed it."""
    shown = {name: getattr(alert, name) for name in SHOWN}
    seen = alert.acknowledged_at is not None
    AlertStep.objects.create(alert=alert, known_at=now(), acknowledged=seen, **shown)


def keep_step_of(alert: Alert) -> None:
    """The same for an alert that was changed by a statement of its own."""
    keep_step(Alert.objects.get(pk=alert.pk))
