"""Addresses of vitals."""

from django.urls import path

from gongbi.vitals import views

urlpatterns = [
    path("vitals/", views.signs, name="vitals"),
    path("vitals/<slug:code>/", views.indicator, name="vitals-indicator"),
    path("vitals/<slug:code>/<slug:place_code>/", views.series, name="vitals-series"),
    path(
        "vitals/<slug:code>/<slug:place_code>/<int:datastream>/",
        views.observations,
        name="vitals-observations",
    ),
    path("alerts/", views.alert_list, name="vitals-alerts"),
    path("alerts/<slug:alert_id>/", views.alert, name="vitals-alert"),
    path("alerts/<slug:alert_id>/acknowledge", views.acknowledge, name="vitals-acknowledge"),
    path("alerts/<slug:alert_id>/mute", views.mute, name="vitals-mute"),
]
