"""Addresses of the hotline."""

from django.urls import path

from gongbi.reports.hotline import views, views_back

urlpatterns = [
    path("hotline/", views.board, name="hotline"),
    path("hotline/calls/<uuid:call_id>/", views.call, name="hotline-call"),
    path("hotline/calls/<uuid:call_id>/known/", views.known, name="hotline-known"),
    path("hotline/calls/<uuid:call_id>/progress/", views.progress, name="hotline-progress"),
    path("hotline/calls/<uuid:call_id>/assets/", views.assets, name="hotline-assets"),
    path("hotline/calls/<uuid:call_id>/<slug:verb>/", views.do, name="hotline-do"),
    path("hotline/callbacks/", views_back.callbacks, name="hotline-callbacks"),
    path("hotline/callbacks/<uuid:callback_id>/", views_back.callback, name="hotline-callback"),
    path("hotline/callbacks/<uuid:callback_id>/reach/", views_back.reach, name="hotline-reach"),
]
