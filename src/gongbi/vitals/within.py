"""The place whose alerts are one matter."""

from gongbi.core.public import places
from gongbi.vitals.models import Alert
from gongbi.vitals.plan import OWN


def group_path(alert: Alert, kind: str) -> str:
    """Path of the place whose alerts are one matter; the alert's own place where there is none."""
    codes = [code for code in alert.place_path.split("/") if code]
    if kind == OWN or not codes:
        return alert.place_path
    above = places(codes)
    found = [above[code].path for code in codes if code in above and above[code].kind == kind]
    return found[-1] if found else alert.place_path
