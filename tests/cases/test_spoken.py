"""What a machine said is shown in the reader's language; what people wrote, as they wrote it."""

import pytest

MACHINE = "笔架里的水压：0.1 MPa，警报。\nWater pressure at Penrack: 0.1 MPa, alarm."


@pytest.mark.parametrize(
    ("language", "shown", "hidden"),
    [
        ("zh-hans", "笔架里的水压：0.1 MPa", "Water pressure at Penrack"),
        ("en", "Water pressure at Penrack: 0.1 MPa", "笔架里的水压"),
    ],
)
def test_a_machines_words_in_one_language(signed_in, reported, language, shown, hidden):
    number = reported(source="alert", words=MACHINE, contact="").number
    for address in ("/cases/", f"/cases/{number}/"):
        page = signed_in("dispatcher", language).get(address).content.decode()
        assert shown in page
        assert hidden not in page


@pytest.mark.parametrize("said", ["水压低。", "一。\n二。\n三。"])
def test_a_machine_of_other_manners_is_shown_whole(signed_in, reported, said):
    number = reported(source="alert", words=said, contact="").number
    page = signed_in("dispatcher").get(f"/cases/{number}/").content.decode()
    assert said in page


def test_two_lines_of_a_person_stay_two(signed_in, reported):
    number = reported(words="水管爆了\nwater everywhere").number
    page = signed_in("dispatcher").get(f"/cases/{number}/").content.decode()
    assert "水管爆了\nwater everywhere" in page
