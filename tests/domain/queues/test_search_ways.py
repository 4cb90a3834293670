"""Every way in which something that was typed into the search box may be meant, the surest first."""

import pytest

from domain.queues.request_words import ADDRESS_KIND, list_address_words, list_plate_words, list_request_words
from domain.queues.search_ways import SearchWay, list_search_ways
from domain.services.expert.declaration import EXPERT_OPINION
from domain.services.machinery.declaration import MACHINERY_WORK
from domain.values.errors import CodeMistyped, InvalidField
from tests.support.factories import a_request
from tests.support.tables import each_row


@each_row(
    ("typed", "ways"),
    [
        ("731 835 348", ["identity"]),
        ("۰۹۱۲۱۲۳۴۵۶۷", ["identity"]),
        ("۱۴۰۵/ک/۱۲", ["letter", "name"]),
        ("ص-۴۵", ["letter", "plate"]),
        ("۳۴۵", ["letter", "plate"]),
        ("ب ۳۴۵", ["letter", "plate"]),
        ("۳۴", ["letter"]),
        ("۴۹۱۷۹۱۲۳۴۵", ["postal_code", "name"]),
        ("0499370899", ["identity", "postal_code"]),
        ("۵۳۴۸", ["letter", "last_digits", "name"]),
        ("محمدی", ["name", "address"]),
        ("خیابان امام", ["name", "address"]),
        ("خیابان", ["name"]),
    ],
)
def test_a_text_may_be_meant_in_several_ways(typed: str, ways: list[str]) -> None:
    assert list(list_search_ways(typed)) == ways


def test_what_means_nothing_is_refused_as_before() -> None:
    with pytest.raises(InvalidField, match="search_short"):
        list_search_ways("آ")
    with pytest.raises(CodeMistyped):
        list_search_ways("731835349")


@pytest.mark.parametrize(
    ("typed", "way"),
    [
        ("5348", SearchWay.LAST_DIGITS),
        ("۳۵۳۴۸", SearchWay.LAST_DIGITS),
        ("2222", SearchWay.LAST_DIGITS),
        ("۱۱۱۲۲۲۲", SearchWay.LAST_DIGITS),
        ("خیابان شهید فلاحی", SearchWay.ADDRESS),
        ("فلاحي کوچه ۱۲", SearchWay.ADDRESS),
        ("مسجد جا", SearchWay.ADDRESS),
    ],
)
def test_what_is_kept_of_a_request_begins_with_what_is_looked_for(typed: str, way: SearchWay) -> None:
    place = "گمیشان، خیابان شهید فلاحی، کوچه ۱۲، روبه‌روی مسجد جامع geo:37.07123,54.07123"
    request = a_request(code="731835348", mobile="+989351112222", fields={"place": place})
    beginning = list_search_ways(typed)[way].joined_beginnings
    assert any(word.startswith(beginning) for word in list_request_words(MACHINERY_WORK.form, request))


@each_row(
    "typed",
    [
        "۱۲ ب ۳۴۵", "12ب345", "۳۴۵ ب ۱۲", "۳۴۵ب", "ب ۳۴۵", "ب-345", "۱۲ ب", "ب۱۲", "345", "۱۲-۳۴۵", "پلاک ۱۲ ب ۳۴۵",
        "۳۴۵ ب ۱۲ ایران ۵۹", "پلاک: ۳۴۵/ب",
    ],
)  # fmt: skip
def test_a_taxi_is_found_by_what_is_remembered_of_its_plate(typed: str) -> None:
    beginning = list_search_ways(typed)[SearchWay.PLATE].joined_beginnings
    assert any(word.startswith(beginning) for word in list_plate_words("12ب345-59"))
    assert not any(word.startswith(beginning) for word in list_plate_words("21ج453-59"))


@pytest.mark.parametrize("typed", ["۱۲", "۱۲ ب ۳۴۵۶", "۱۲ ۱۳ ب", "ب ۳۴۵ محمدی", "۳۴۵ ۳۴۵"])
def test_what_is_no_part_of_a_plate_is_not_looked_for_as_one(typed: str) -> None:
    assert SearchWay.PLATE not in list_search_ways(typed)


def test_an_address_is_kept_without_words_that_most_have_and_without_its_point() -> None:
    assert list(list_address_words("خیابان امام، کوچهٔ نسترن پلاک ۵")) == ["#at امامنسترن5", "#at نسترن5", "#at 5"]
    fields = {"place": "geo:37.07123,54.07123"}
    assert not any(
        word.startswith(ADDRESS_KIND) for word in list_request_words(MACHINERY_WORK.form, a_request(fields=fields))
    )


def test_the_postal_code_of_an_opinion_is_kept() -> None:
    fields = {"postal_code": "4917912345", "address": "بلوار ساحلی"}
    words = list_request_words(EXPERT_OPINION.form, a_request(service="expert", fields=fields))
    assert {"#post 4917912345", "#at ساحلی"} <= words


@pytest.mark.parametrize("typed", ["at", "end", "post", "#at", "Post 49"])
def test_nothing_that_is_typed_as_a_name_is_taken_for_words_of_another_kind(typed: str) -> None:
    fields = {"postal_code": "4917912345", "address": "بلوار ساحلی"}
    words = list_request_words(EXPERT_OPINION.form, a_request(service="expert", fields=fields))
    beginning = list_search_ways(typed)[SearchWay.NAME].joined_beginnings
    assert not any(word.startswith(beginning) for word in words)
