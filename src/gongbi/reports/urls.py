"""Addresses of the front doors."""

from django.urls import include, path

from gongbi.reports import api
from gongbi.reports.hotline import urls as hotline
from gongbi.reports.views import follow, forwards, intake, othercities, report, residents, same

urlpatterns = [
    *hotline.urlpatterns,
    path("report/", report.report, name="report"),
    path("report/suggest/", report.suggest, name="report-suggest"),
    path("report/same/", same.ask, name="report-same"),
    path("report/assets/", report.near_assets, name="report-assets"),
    path("report/questions/", report.asked_of, name="report-questions"),
    path("report/offices/", report.near_offices, name="report-offices"),
    path("report/<str:address>/receipt/", report.receipt, name="receipt"),
    path("counter/", report.counter, name="counter"),
    path("counter/<str:address>/receipt/", report.counter_receipt, name="counter-receipt"),
    path("follow/", follow.enter, name="follow"),
    path("f/<str:key>/", follow.progress, name="progress"),
    path("f/<str:key>/verdict/", follow.give_verdict, name="progress-verdict"),
    path("f/<str:key>/again/", follow.ask_again, name="progress-again"),
    path("f/<str:key>/words/", follow.add_words, name="progress-words"),
    path("f/<str:key>/news/", follow.news, name="progress-news"),
    path("stop/<str:token>/", follow.stop, name="news-stop"),
    path("f/<str:key>/forget/", follow.forget, name="progress-forget"),
    path("f/<str:key>/photo/<uuid:photo>", follow.photo, name="progress-photo"),
    path("residents/", residents.board, name="residents"),
    path("residents/<str:key>/show", residents.show, name="resident-show"),
    path("residents/<str:key>/forget", residents.forget, name="resident-forget"),
    path("intake/", intake.board, name="intake"),
    path("intake/<uuid:intake_id>/", intake.show, name="intake-show"),
    path("intake/<uuid:intake_id>/step/", intake.step, name="intake-step"),
    path("intake/<uuid:intake_id>/give-up/", intake.give_up, name="intake-give-up"),
    path("intake/<uuid:intake_id>/mapping.toml", intake.mapping_file, name="intake-mapping"),
    path("intake/<uuid:intake_id>/refused.csv", intake.refused_file, name="intake-refused"),
    path("forwards/", forwards.board, name="forwards"),
    path("forwards/<int:pk>/<str:verb>", forwards.decide, name="forward-decide"),
    path("othercities/", othercities.board, name="othercities"),
    path("othercities/<int:pk>/<str:verb>", othercities.set_to, name="othercity-set"),
    path("", include("gongbi.reports.open311.urls")),
    path("api/reports", api.take, name="api-reports"),
    path("api/reports/alike", api.alike, name="api-reports-alike"),
    path("api/follow/<str:token>", api.follow, name="api-follow"),
    path("api/follow/<str:token>/verdict", api.give_verdict, name="api-verdict"),
]
