"""Things has no pages: its door stands before Django's (``gongbi.things.door``)."""

from django.urls.resolvers import URLPattern

urlpatterns: list[URLPattern] = []
