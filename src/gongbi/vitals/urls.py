"""Addresses of vitals."""

from django.urls import path

from gongbi.vitals import alert_views, sensor_views, views

urlpatterns = [
    path("vitals/", views.signs, name="vitals"),
    path("vitals/<slug:code>/", views.indicator, name="vitals-indicator"),
    path("vitals/<slug:code>/<slug:place_code>/", views.series, name="vitals-series"),
    path(
        "vitals/<slug:code>/<slug:place_code>/<int:datastream>/",
        views.observations,
        name="vitals-observations",
    ),
    path("sensors/", sensor_views.trouble_list, name="vitals-sensors"),
    path("alerts/", alert_views.alert_list, name="vitals-alerts"),
    path("alerts/<slug:alert_id>/", alert_views.alert, name="vitals-alert"),
    path("alerts/<slug:alert_id>/acknowledge", alert_views.acknowledge, name="vitals-acknowledge"),
    path("alerts/<slug:alert_id>/mute", alert_views.mute, name="vitals-mute"),
    path("alerts/<slug:alert_id>/unmute", alert_views.unmute, name="vitals-unmute"),
]
