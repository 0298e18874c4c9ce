"""Nothing hangs on the wrong case after an undone merge: assets, tasks, promises, news."""

from datetime import timedelta

from tests.cases.assets import LAMP, furnished  # noqa: F401 - fixture
from tests.cases.conftest import NOW
from tests.cases.news.conftest import mailbox  # noqa: F401 - fixture
from tests.cases.walking import case_of, do

from gongbi.cases.models import Case, Child, Deadline, News, Signal, Step, Task
from gongbi.cases.news.telling import wanted
from gongbi.cases.public import ask_news, follow, run_due
from gongbi.core.messages.sending import send_due

# The key of what officials write changes when reporters leave a case: that is no history.
MOVES_ON = {"version", "changed_at", "looked_at", "key_round"}


def rows_of(case: Case) -> dict[str, list[dict[str, object]]]:
    """All that is stored of a case, but what each change moves on."""
    mine = {
        "case": Case.objects.filter(pk=case.pk),
        "signals": Signal.objects.filter(case=case),
        "tasks": Task.objects.filter(case=case),
        "deadlines": Deadline.objects.filter(case=case),
        "news": News.objects.filter(signal__case=case),
        "children": Child.objects.filter(case=case),
        "steps": Step.objects.filter(case=case).exclude(
            verb__in=("merge", "unmerge", "join", "unjoin")
        ),
    }
    return {
        noun: [{k: v for k, v in row.items() if k not in MOVES_ON}
               for row in rows.order_by("pk").values()]
        for noun, rows in mine.items()
    }  # fmt: skip


def test_every_row_is_as_it_was(mailbox, furnished, reported, signed_in, small_city):  # noqa: F811
    """Two lamps, one accepted by its owner's crew, both reporters with news asked for."""
    kept = reported(**LAMP | {"asset": "lamp:3-0422", "lon": 122.9404})
    gone = reported(**LAMP)
    for one, address in ((kept, "kept@example.org"), (gone, "gone@example.org")):
        ask_news(one.follow_token, address, "en")
    dispatcher = signed_in("dispatcher")
    for one in (kept, gone):
        do(dispatcher, one.number, "accept_suggestion")
    do(dispatcher, gone.number, "call_in", unit="water-e", words="先断电")
    before = [rows_of(case_of(one.number)) for one in (kept, gone)]
    assert before[1]["case"][0]["asset_id"]
    assert len(before[1]["tasks"]) == 2
    small_city.clock.now = NOW + timedelta(minutes=10)
    assert do(dispatcher, gone.number, "merge", into=kept.number).status_code == 302
    assert wanted(case_of(kept.number)).count() == 2, "both follow the one case"
    small_city.clock.now = NOW + timedelta(minutes=20)
    assert do(dispatcher, gone.number, "unmerge").status_code == 302
    after = [rows_of(case_of(one.number)) for one in (kept, gone)]
    for had, has in zip(before, after, strict=True):
        for noun, rows in had.items():
            assert len(has[noun]) == len(rows), noun
            for row, now in zip(rows, has[noun], strict=True):
                assert {k: (v, now[k]) for k, v in row.items() if v != now[k]} == {}, noun


def test_news_of_each_goes_to_its_own_reporter_again(
    mailbox, reported, signed_in, small_city  # noqa: F811
):  # fmt: skip
    kept, gone = reported(), reported(words="同一根管子")
    for one, address in ((kept, "kept@example.org"), (gone, "gone@example.org")):
        ask_news(one.follow_token, address, "en")
    dispatcher, worker = signed_in("dispatcher"), signed_in("worker")
    do(dispatcher, gone.number, "merge", into=kept.number)
    do(dispatcher, kept.number, "accept_suggestion")
    do(worker, kept.number, "accept", task=case_of(kept.number).tasks.get().pk)
    send_due("mail")
    assert sorted(one["To"] for one in mailbox.came) == ["gone@example.org", "kept@example.org"]
    do(dispatcher, gone.number, "unmerge")
    do(worker, kept.number, "arrive", task=case_of(kept.number).tasks.get().pk)
    send_due("mail")
    assert [one["To"] for one in mailbox.came[2:]] == ["kept@example.org"]
    do(dispatcher, gone.number, "accept_suggestion")
    do(worker, gone.number, "accept", task=case_of(gone.number).tasks.get().pk)
    send_due("mail")
    told = mailbox.came[3:]
    run_due(small_city.clock.now)
    assert [step.unit for step in follow(gone.follow_token).steps if step.unit]
    assert {one["To"] for one in told} <= {"gone@example.org"}
    assert told, "who was told of the other case's acceptance is told of their own as well"
