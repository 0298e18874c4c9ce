"""Search: a number opens its case, words list places within reach."""


def test_a_number_opens_its_case(signed_in, report):
    number = report()
    answer = signed_in("officer").get("/search/", {"q": number.lower()})
    assert answer.url == f"/cases/{number}/"


def test_words_list_places_within_reach(signed_in):
    found = signed_in("officer").get("/search/", {"q": "inkst"}).context["found"]
    assert [one.code for one in found] == ["xx-e-1"]
    assert signed_in("west").get("/search/", {"q": "inkst"}).context["found"] == []
    assert signed_in("officer").get("/search/", {"q": "纸坊"}).context["found"]


def test_nothing_asked(signed_in):
    assert signed_in("officer").get("/search/").context["found"] == []
    assert signed_in("stranger").get("/search/").status_code == 403
