"""Verbs that change something: one transaction, one intention each."""

from gongbi.cases.actions.dispatch import assign, dispatch, sort
from gongbi.cases.actions.ending import cancel, merge
from gongbi.cases.actions.receive import note_alert, receive_signal, receive_signals
from gongbi.cases.actions.reporter import forget_reporter, see_reporters
from gongbi.cases.actions.telling import add_note, add_photo, add_words
from gongbi.cases.actions.verdict import ask_verdict, close_unanswered, give_verdict, hear_verdict
from gongbi.cases.actions.waiting import resume, urge, wait
from gongbi.cases.actions.work import accept, arrive, declare, return_with_reason

__all__ = [
    "accept",
    "add_note",
    "add_photo",
    "add_words",
    "arrive",
    "ask_verdict",
    "assign",
    "cancel",
    "close_unanswered",
    "declare",
    "dispatch",
    "forget_reporter",
    "give_verdict",
    "hear_verdict",
    "merge",
    "note_alert",
    "receive_signal",
    "receive_signals",
    "resume",
    "return_with_reason",
    "see_reporters",
    "sort",
    "urge",
    "wait",
]
