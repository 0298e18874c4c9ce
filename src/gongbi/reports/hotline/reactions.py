"""When a reporter, or a part of what they gave, is forgotten, the telephone forgets it too."""

from gongbi.cases.events import PartForgotten, ReporterForgotten
from gongbi.core.public import react_to
from gongbi.reports.hotline.forgetting import forget_of


@react_to(ReporterForgotten)
def forget(fact: ReporterForgotten) -> None:
    """Destroy what their calls held; told again it finds nothing left."""
    forget_of(fact.signal)


@react_to(PartForgotten)
def forget_part(fact: PartForgotten) -> None:
    """A call's notes cannot be taken apart, and the case holds what is still kept of them."""
    forget_of(fact.signal)
