"""One matter reported twice: finding it, merging, undoing a merge, splitting."""

from gongbi.cases.merging.forms import SplitForm
from gongbi.cases.merging.merge import merge, unmerge
from gongbi.cases.merging.split import split

__all__ = ["SplitForm", "merge", "split", "unmerge"]
