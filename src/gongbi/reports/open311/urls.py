"""Addresses of the Open311 door."""

from django.urls import path, re_path

from gongbi.reports.open311 import views

FORM = r"\.(?P<form>json|xml)$"
V2 = r"^open311/v2/"
urlpatterns = [
    re_path(rf"^open311/(?:v2/)?discovery{FORM}", views.discovery, name="open311-discovery"),
    path("open311/cases.rss", views.cases_feed, name="open311-feed"),
    re_path(rf"{V2}services{FORM}", views.services, name="open311-services"),
    re_path(rf"{V2}services/(?P<code>[^/]{{1,40}}?){FORM}", views.definition),
    re_path(rf"{V2}requests{FORM}", views.requests, name="open311-requests"),
    # The standard says requests/<id>, its public description request/<id>: both are answered.
    re_path(rf"{V2}requests?/(?P<number>[^/]{{1,64}}?){FORM}", views.one),
    re_path(rf"{V2}tokens/(?P<secret>[^/]{{1,128}}?){FORM}", views.token),
    re_path(rf"{V2}servicerequestupdates{FORM}", views.request_updates),
    path("open311/v2/<path:rest>", views.nowhere),
]
