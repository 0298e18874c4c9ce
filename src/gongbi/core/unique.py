"""Asking for the one row of a unique key."""

from typing import TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


def the_one(rows: "QuerySet[Row]") -> Row | None:
    """The row, or None; of several any.

    Not ``first()``: it sorts what is one row at most, and to sort Django compares the order with
    every column that is read, which of several tables takes as long as all the rest.
    """
    return next(iter(rows.order_by()[:1]), None)
