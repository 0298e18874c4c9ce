"""Addresses of cases."""

from django.urls import path, re_path

from gongbi.cases import api
from gongbi.cases.views import (
    bursts,
    campaign,
    case,
    daily,
    doing,
    field,
    keeping,
    mine,
    pictures,
    same,
    saved,
    worklist,
)

urlpatterns = [
    path("cases/", worklist.board, name="worklist"),
    path("cases/mine/", mine.mine, name="my-tasks"),
    path("cases/mine/sync", field.sync, name="my-tasks-sync"),
    path("cases/mine/worker.js", field.worker, name="my-tasks-worker"),
    path("cases/export.csv", saved.export, name="worklist-export"),
    path("cases/views/save", saved.save, name="worklist-view-save"),
    path("cases/views/<int:view_id>/remove", saved.remove, name="worklist-view-remove"),
    path("cases/supervise/", campaign.choose, name="supervise"),
    path("cases/supervise/<uuid:uuid>/", campaign.campaign, name="campaign"),
    path("cases/daily/", daily.mine, name="daily"),
    path("cases/keeping/", keeping.board, name="keeping"),
    path("cases/photos/<uuid:uuid>", pictures.shown, name="photo"),
    path("cases/photos/<uuid:uuid>/evidence", pictures.evidence, name="photo-evidence"),
    path("cases/bursts/", bursts.board, name="bursts"),
    path("cases/bursts/<uuid:uuid>/", bursts.page, name="burst"),
    path("cases/bursts/<uuid:uuid>/<str:verb>", bursts.do, name="burst-do"),
    path("cases/<str:number>/", case.page, name="case"),
    path("cases/<str:number>/same", same.panel, name="case-same"),
    path("cases/<str:number>/same/deny", same.deny, name="case-same-deny"),
    path("cases/<str:number>/points.json", case.points, name="case-points"),
    path("cases/<str:number>/reporter", case.reporter, name="case-reporter"),
    path("cases/<str:number>/do/<str:verb>", doing.do, name="case-do"),
    path("api/tasks", api.tasks, name="api-tasks"),
    re_path(
        r"^api/tasks/(?P<task_id>[0-9]{1,18})/(?P<verb>accept|arrive|stage|done|return)$",
        api.work,
        name="api-work",
    ),
    path("api/queue", api.queue, name="api-queue"),
    path("api/types", api.type_list, name="api-types"),
    path("api/cases/<str:number>/dispatch", api.dispatch, name="api-dispatch"),
    path("api/cases/<str:number>/call_in", api.call_in, name="api-call-in"),
    path("api/cases/<str:number>/call_off", api.call_off, name="api-call-off"),
]
