"""The city's addresses: each part brings its own."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from gongbi.config import health

handler404 = "gongbi.core.not_there.not_there"

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("admin/", admin.site.urls),
    *(path("", include(f"gongbi.{part}.urls")) for part in settings.PARTS),
]
