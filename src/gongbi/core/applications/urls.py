"""Addresses of the register."""

from django.urls import path, re_path

from gongbi.core.applications import views

HOOK = "applications/<str:name>/webhooks/<int:hook>/"
urlpatterns = [
    path("applications/", views.board, name="applications"),
    path("applications/new/", views.register, name="application-new"),
    path("applications/<str:name>/", views.show, name="application"),
    path("applications/<str:name>/change/", views.change, name="application-change"),
    path("applications/<str:name>/retire/", views.retire, name="application-retire"),
    path("applications/<str:name>/keys/", views.make_key, name="application-key"),
    path("applications/<str:name>/keys/<int:key>/end/", views.end_key, name="application-key-end"),
    path("applications/<str:name>/webhooks/", views.make_webhook, name="webhook-new"),
    path(f"{HOOK}replay/", views.replay, name="webhook-replay"),
    re_path(
        r"^applications/(?P<name>[^/]+)/webhooks/(?P<hook>\d{1,18})/"
        r"(?P<verb>pause|resume|end|secret)/$",
        views.act_on_webhook,
        name="webhook-act",
    ),
    path(
        "applications/<str:name>/notices/<int:notice>/try-again/",
        views.try_again,
        name="notice-again",
    ),
]
