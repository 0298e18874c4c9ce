"""Addresses of the keeper's page of files."""

from django.urls import path

from gongbi.core.files import views

urlpatterns = [
    path("files/", views.board, name="files"),
    path("files/<uuid:file>/open", views.open_after_all, name="file-open"),
]
