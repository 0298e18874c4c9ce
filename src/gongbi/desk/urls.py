"""Addresses of the desk."""

from django.urls import path

from gongbi.desk.evaluation import brief as evaluation_brief
from gongbi.desk.evaluation import listing as evaluation_cases
from gongbi.desk.evaluation import views as evaluation
from gongbi.desk.sheets import views as sheets
from gongbi.desk.views import brief, centre, checkup, handover, home, search

urlpatterns = [
    path("", home.home, name="home"),
    path("assets/sheet/", sheets.page, name="asset-sheet"),
    path("assets/sheet.pdf", sheets.pdf, name="asset-sheet-pdf"),
    path("centre/", centre.centre, name="centre"),
    path("centre/map.json", centre.map_points, name="centre-map"),
    path("centre/part/<slug:name>", centre.fragment, name="centre-part"),
    path("handover/", handover.board, name="handover"),
    path("handover/take/", handover.take, name="handover-take"),
    path("handover/<uuid:shift_id>/", handover.shift, name="desk-shift"),
    path(
        "handover/<uuid:shift_id>/lines/<int:line_id>/acknowledge/",
        handover.acknowledge,
        name="handover-acknowledge",
    ),
    path("brief/", brief.brief, name="brief"),
    path("brief/<slug:code>/", brief.rows, name="brief-rows"),
    path("checkup/", checkup.page, name="checkup"),
    path("checkup/<str:code>/", checkup.page, name="checkup-place"),
    path("checkup/<str:code>/paper.pdf", checkup.pdf, name="checkup-pdf"),
    path("evaluation/", evaluation.page, name="evaluation"),
    path("evaluation/public/", evaluation.public_page, name="evaluation-public"),
    path("evaluation/public/figures.csv", evaluation.public_table, name="evaluation-public-table"),
    path("evaluation/public/brief.docx", evaluation_brief.for_all, name="evaluation-public-brief"),
    path("evaluation/cases.csv", evaluation.table, name="evaluation-table"),
    path("evaluation/cases/", evaluation_cases.behind, name="evaluation-cases"),
    path("evaluation/brief.docx", evaluation_brief.for_officers, name="evaluation-brief"),
    path("search/", search.search, name="search"),
]
