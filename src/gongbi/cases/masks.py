"""Which personal data is hidden from whom in a report's words: the type says so.

Unless it says otherwise, ways to reach a person and numbers that name one are hidden, and a number
plate is not: who is to move a car must know which.
"""

from typing import TYPE_CHECKING

from gongbi.kernel.cases.masking import CONTACT_KINDS, mask_kinds

if TYPE_CHECKING:
    from gongbi.cases.models import CaseType

WORK, OUTSIDE = "work", "outside"
WHOM = (WORK, OUTSIDE)
"""Everybody of the city who sees the case; systems of units and other applications."""


def hidden_kinds(kind: "CaseType | None", whom: str) -> frozenset[str]:
    """Kinds of personal data hidden from a reader in words on matters of a type."""
    said = kind.mask.get(whom) if kind else None
    return CONTACT_KINDS if said is None else frozenset(said)


def masked(
    text: str, kind: "CaseType | None", whom: str = WORK, *, also: "CaseType | None" = None
) -> str:
    """The words as a reader gets them; ``also`` is the type of the case they were written on,
    where they are read on another: what either hides is hidden."""
    hidden = hidden_kinds(kind, whom)
    if also is not None:
        hidden |= hidden_kinds(also, whom)
    return mask_kinds(text, hidden)
