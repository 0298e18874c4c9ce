"""The resident's home: public, and no figure that could point at a person."""

from django.test import Client


def test_everybody_sees_it_in_both_languages(small_city):
    page = Client().get("/", headers={"accept-language": "en"}).content.decode()
    assert "/report/" in page
    assert "/follow/" in page
    assert "0000-12345" in page
    assert (
        "哪里不对劲" in Client().get("/", headers={"accept-language": "zh-hans"}).content.decode()
    )


def test_groups_under_ten_are_not_shown(report):
    for _ in range(9):
        report()
    assert Client().get("/").context["counts"]["open"] is None
    report()
    assert Client().get("/").context["counts"]["open"] == 10


def test_it_names_no_case(report):
    number = report()
    assert number not in Client().get("/").content.decode()


def test_cost(small_city, django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        Client().get("/")
