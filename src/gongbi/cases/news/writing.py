"""Writing a message at the moment it is sent: what has become untrue meanwhile is not sent."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from gongbi.cases import following, promises, states, wording
from gongbi.cases.actions.asking_again import may_ask_again
from gongbi.cases.models import Case, News, Signal, Verdict
from gongbi.cases.news import daily
from gongbi.cases.news.asking import signal_of, stop_token
from gongbi.core.public import MAIL, Letter, city, unit, unseal


def write(kind: str, subject: str, about: str, said: dict[str, Any]) -> Letter | None:
    """The letter for whoever asked; None when they want no more, or it is past."""
    if kind == "daily":
        return daily.write(subject)
    signal = signal_of(subject)
    news = News.objects.filter(signal=signal, ended_at=None).first() if signal else None
    address = unseal(news.address_id) if news else None
    if signal is None or news is None or address is None:
        return None
    case = signal.case.followed
    with translation.override(news.language), timezone.override(city().zone):
        sentence = _sentence(kind, case, said)
        return _letter(signal, news, address, case, sentence) if sentence else None


def _sentence(kind: str, case: Case, said: dict[str, Any]) -> str:
    """What happened, in one or two sentences; empty when it is true no more."""
    found = unit(said.get("unit", ""))
    facts = {"number": case.number, "unit": found.name if found else _("A unit of the city")}
    by_state = {"ask": _asking, "wait": _waiting, "cancel": _cancelled, "told": _told}.get(kind)
    if by_state:
        return by_state(case, facts)
    if case.state not in (states.IN_HAND, states.WAITING):
        return ""
    if kind == "arrive":
        return _("Your report %(number)s: somebody of %(unit)s is there.") % facts
    due = promises.to_people(case)
    if due is None:
        return _("Your report %(number)s: %(unit)s has taken it on.") % facts
    facts["when"] = _moment(due)
    return _("Your report %(number)s: %(unit)s has taken it on, to be solved by %(when)s.") % facts


def _waiting(case: Case, facts: dict[str, str]) -> str:
    if case.state != states.WAITING or case.waiting_for != states.RESIDENT:
        return ""
    said = _(
        "Your report %(number)s: you are asked something. Please answer under the link; the "
        "promised time stands still until you answer."
    )
    return said % facts


def _told(case: Case, facts: dict[str, str]) -> str:
    if case.is_over:
        return ""
    said = _(
        "Your report %(number)s is one of many of one cause. There is a message to all who "
        "reported it; it stands under the link."
    )
    return said % facts


def _cancelled(case: Case, facts: dict[str, str]) -> str:
    if case.state != states.CANCELLED:
        return ""
    said = _("Your report %(number)s was ended without work. The reason stands under the link.")
    if may_ask_again(case):
        said = f"{said} {_('You can ask there for another look, once.')}"
    return said % facts


def _asking(case: Case, facts: dict[str, str]) -> str:
    verdict = Verdict.objects.filter(case=case).select_related("outcome").order_by("-pk").first()
    if case.state != states.ANSWERED or verdict is None or verdict.said or not verdict.due_at:
        return ""
    facts |= {
        "declared": str(wording.DECLARED.get(verdict.outcome.declared, "")),
        "when": _moment(verdict.due_at),
    }
    return (
        _(
            "Your report %(number)s: the unit says “%(declared)s”. Is it solved? "
            "You say so, by %(when)s."
        )
        % facts
    )


def _letter(signal: Signal, news: News, to: str, case: Case, sentence: str) -> Letter:
    base = settings.GONGBI_PUBLIC_URL
    link = base + reverse("progress", args=[following.token_of(signal.uuid)])
    if news.way != MAIL:
        return Letter(to, news.language, f"{sentence} {link}")
    stop = base + reverse("news-stop", args=[stop_token(f"signal:{signal.uuid}")])
    lines = [
        sentence,
        _("See where it stands, and answer: %(link)s") % {"link": link},
        _(
            "Whoever has this link sees your report. You get this because you asked for news of "
            "it; to get no more: %(stop)s"
        )
        % {"stop": stop},
        _("Please do not answer this mail: nobody reads that address."),
    ]
    title = _("%(city)s: your report %(number)s") % {
        "city": city().name,
        "number": case.number,
    }
    return Letter(to, news.language, "\n\n".join(lines) + "\n", title, stop)


def _moment(at: Any) -> str:
    return date_format(timezone.localtime(at), "SHORT_DATETIME_FORMAT")
