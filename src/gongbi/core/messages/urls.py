"""Addresses of the page of messages."""

from django.urls import path, re_path

from gongbi.core.messages import views

urlpatterns = [
    path("messages/", views.board, name="messages"),
    re_path(
        r"^messages/(?P<message>[0-9]{1,18})/(?P<verb>again|drop)$", views.do, name="message-do"
    ),
]
