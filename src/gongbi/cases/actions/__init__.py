"""Verbs that change something: one transaction, one intention each."""

from gongbi.cases.actions.appealing import appeal, decide
from gongbi.cases.actions.asking_again import ask_again
from gongbi.cases.actions.complaining import complain_of
from gongbi.cases.actions.dispatch import assign, dispatch, file, sort
from gongbi.cases.actions.ending import cancel
from gongbi.cases.actions.extending import extend, grant, refuse
from gongbi.cases.actions.handing_over import transfer
from gongbi.cases.actions.instructing import instruct
from gongbi.cases.actions.joint import call_in, call_off
from gongbi.cases.actions.naming import name_asset
from gongbi.cases.actions.patrolling import report_found
from gongbi.cases.actions.receive import note_alert, receive_signal, receive_signals
from gongbi.cases.actions.reporter import forget_reporter, see_reporters
from gongbi.cases.actions.supervising import answer, supervise, supervise_many
from gongbi.cases.actions.telling import (
    add_note,
    add_photo,
    add_words,
    answer_by_photo,
    write_heard,
)
from gongbi.cases.actions.verdict import (
    ask_verdict,
    close_unanswered,
    give_verdict,
    hear_verdict,
    reopen,
)
from gongbi.cases.actions.waiting import park, resume, urge, wait
from gongbi.cases.actions.weighing import weigh
from gongbi.cases.actions.work import accept, arrive, declare, reach_stage, return_with_reason

__all__ = [
    "accept",
    "add_note",
    "add_photo",
    "add_words",
    "answer",
    "answer_by_photo",
    "appeal",
    "arrive",
    "ask_again",
    "ask_verdict",
    "assign",
    "call_in",
    "call_off",
    "cancel",
    "close_unanswered",
    "complain_of",
    "decide",
    "declare",
    "dispatch",
    "extend",
    "file",
    "forget_reporter",
    "give_verdict",
    "grant",
    "hear_verdict",
    "instruct",
    "name_asset",
    "note_alert",
    "park",
    "reach_stage",
    "receive_signal",
    "receive_signals",
    "refuse",
    "reopen",
    "report_found",
    "resume",
    "return_with_reason",
    "see_reporters",
    "sort",
    "supervise",
    "supervise_many",
    "transfer",
    "urge",
    "wait",
    "weigh",
    "write_heard",
]
