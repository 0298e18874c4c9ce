"""Addresses of vitals."""

from django.urls import path

from gongbi.vitals import (
    alert_views,
    event_views,
    hours_views,
    rewind_views,
    sensor_views,
    trying_views,
    views,
)

urlpatterns = [
    path("vitals/", views.signs, name="vitals"),
    path("vitals/at/", rewind_views.past, name="vitals-past"),
    path("vitals/try/", trying_views.try_indicator, name="vitals-try"),
    path("vitals/<slug:code>/", views.indicator, name="vitals-indicator"),
    path("vitals/<slug:code>/<slug:place_code>/", views.series, name="vitals-series"),
    path("vitals/<slug:code>/<slug:place_code>/hours/", hours_views.hours, name="vitals-hours"),
    path(
        "vitals/<slug:code>/<slug:place_code>/<int:datastream>/",
        views.observations,
        name="vitals-observations",
    ),
    path("api/cap", event_views.cap, name="vitals-cap"),
    path("known/", event_views.known, name="vitals-known"),
    path("known/bulletin", event_views.bring, name="vitals-bring-bulletin"),
    path("known/at/<slug:place_code>", event_views.enter, name="vitals-enter-known"),
    path("known/<int:event_id>/withdraw", event_views.withdraw, name="vitals-withdraw-known"),
    path("sensors/", sensor_views.trouble_list, name="vitals-sensors"),
    path("alerts/", alert_views.alert_list, name="vitals-alerts"),
    path("alerts/<slug:alert_id>/", alert_views.alert, name="vitals-alert"),
    path("alerts/<slug:alert_id>/acknowledge", alert_views.acknowledge, name="vitals-acknowledge"),
    path("alerts/<slug:alert_id>/take", alert_views.take, name="vitals-take"),
    path("alerts/<slug:alert_id>/let-go", alert_views.let_go, name="vitals-let-go"),
    path("alerts/<slug:alert_id>/mute", alert_views.mute, name="vitals-mute"),
    path("alerts/<slug:alert_id>/unmute", alert_views.unmute, name="vitals-unmute"),
]
