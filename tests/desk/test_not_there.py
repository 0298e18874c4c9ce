"""The page of a 404 says why where a sentence helps, and nothing where it would tell too much."""


def test_a_sentence_is_shown_and_is_no_html(signed_in):
    page = signed_in("officer").get("/evaluation/?period=<b>soon</b>")
    assert page.status_code == 404
    assert "is no period: write week, month or day" in page.content.decode()
    assert "<b>soon" not in page.content.decode()


def test_in_chinese(signed_in):
    page = signed_in("officer").get("/brief/?day=24.11.", headers={"Accept-Language": "zh-hans"})
    assert page.status_code == 404
    assert "不是日期" in page.content.decode()


def test_where_nothing_is_said_nothing_is_told(signed_in):
    page = signed_in("officer").get("/cases/XX-999999/")
    assert page.status_code == 404
    assert "may not be yours to see" in page.content.decode()
