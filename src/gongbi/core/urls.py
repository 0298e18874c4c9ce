"""Core's addresses."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path
from django.views.i18n import set_language

from gongbi.core import mode_views, views
from gongbi.core.live import live
from gongbi.core.sign_in import SignIn

urlpatterns = [
    path(
        "sign-in/",
        LoginView.as_view(
            template_name="core/sign_in.html",
            authentication_form=SignIn,
            redirect_authenticated_user=True,
        ),
        name="sign-in",
    ),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("language/", set_language, name="set_language"),
    path("city/base.geojson", views.base_map, name="base-map"),
    path("live", live, name="live"),
    path("outbox/", views.set_aside, name="set-aside"),
    path("outbox/<int:delivery>/try-again", views.try_again, name="try-again"),
    path("modes/", mode_views.board, name="modes"),
    path("modes/set", mode_views.enter, name="mode-set"),
    path("modes/<int:span>/end", mode_views.end, name="mode-end"),
    path("kit/", views.gallery, name="kit"),
    path("", include("gongbi.core.applications.urls")),
    path("", include("gongbi.core.files.urls")),
    path("", include("gongbi.core.messages.urls")),
]
