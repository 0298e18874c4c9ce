"""A page that is not there, and a sentence that says why where one helps."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render


class NotThere(Http404):
    """404 with a sentence for the reader, in the active language.

    A plain ``Http404`` says nothing: whether what was asked for exists may not be theirs to know.
    """


def not_there(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page of a 404."""
    why = str(exception) if isinstance(exception, NotThere) else ""
    return render(request, "404.html", {"why": why}, status=404)
