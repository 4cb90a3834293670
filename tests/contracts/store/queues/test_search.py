"""Searching on every engine: by number, plate and name in any spelling; in alphabetical pages; and nothing erased."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from domain.queues.search import list_search_words, parse_query
from domain.queues.selection import RequestRange, Selection
from domain.requests.request import Phase, ServiceRequest
from domain.services.machinery.declaration import MACHINERY_WORK
from domain.services.taxi_leave.declaration import TAXI_LEAVE
from domain.values import tracking_codes
from domain.values.paging import Cursor, ListOrder, Page, cut_page
from store.unit_of_work import SqlStore
from tests.support.factories import NOW, a_request

HOUR = timedelta(hours=1)
EVERYTHING = (RequestRange("machinery"), RequestRange("taxi_leave"))
PLATE = "12ت345-59"
NAME = "گل‌جمال توماج"
SPELLINGS = (
    "گل‌جمال توماج",
    "گل جمال توماج",
    "گلجمال توماج",
    "گل‌جمال‌توماج",
    "توماج",
    "توماج گل‌جمال",
    "توم",
    "گل",
    "گل‌جم",
    "جمال",
    "گُلجَمال",
    "گل جمال  تـوماج",
    "توماج گل",
)


async def stored(store: SqlStore, name: str = "", national: str = "", **changes: object) -> ServiceRequest:
    """A request of somebody with that name and national code, with its words."""
    fields = {"full_name": name, "national_code": national}
    request = a_request(**{"fields": {key: value for key, value in fields.items() if value}} | changes)
    form = TAXI_LEAVE.form if request.service == "taxi_leave" else MACHINERY_WORK.form
    async with store.open_unit() as uow:
        assert await uow.requests.add(request)
        await uow.search_words.add(request, list_search_words(form, request.fields))
    return request


async def found(store: SqlStore, typed: str, **how: object) -> list[int]:
    """The ids of what a search finds."""
    return [request.id for request in (await page(store, typed, None, 50, **how)).rows]


async def page(
    store: SqlStore, typed: str, at: Cursor | None = None, limit: int = 50, **how: object
) -> Page[ServiceRequest]:
    """A page of what a search finds."""
    search = parse_query(typed)
    order = ListOrder.NAME if search.word_beginnings else ListOrder.NEWEST
    wanted = replace(Selection(EVERYTHING, order, search=search), **how)  # type: ignore[arg-type]
    async with store.open_unit(write=False) as uow:
        return cut_page(await uow.work_lists.list_page(wanted, limit, at), limit, at)


@pytest.mark.parametrize("typed", SPELLINGS)
async def test_a_name_is_found_however_it_is_spelt(store: SqlStore, typed: str) -> None:
    other = await stored(store, "آنه محمدی")
    request = await stored(store, NAME)
    assert await found(store, typed) == [request.id]
    assert await found(store, "محمدي") == [other.id]


@pytest.mark.parametrize(
    ("name", "typed"),
    [("كريمى علي", "علی کریمی"), ("رضائی", "رضایی"), ("آرش", "ارش"), ("ارش", "آرش"), ("Smith John", "john SMITH")],
)
async def test_letters_that_people_confuse_are_one(store: SqlStore, name: str, typed: str) -> None:
    request = await stored(store, name)
    assert await found(store, typed) == [request.id]


async def test_numbers_and_plates_are_found_in_any_writing(store: SqlStore) -> None:
    request = await stored(store, NAME, "0499370899", mobile="+989351112222", subject_key=PLATE, code="731835348")
    await stored(store, "آنه محمدی", "0084575948", mobile="+989120000000")
    for typed in (
        "731835348",
        "731 835 348",
        "۷۳۱-۸۳۵-۳۴۸",
        "0499370899",
        "۰۴۹۹۳۷۰۸۹۹",
        "499370899",
        "049-937089-9",
        "04993",
        "09351112222",
        "۰۹۳۵ ۱۱۱ ۲۲۲۲",
        "+989351112222",
        "9351112222",
        "12ت345-59",
        "۱۲ ت ۳۴۵ ایران ۵۹",
        "ایران ۵۹ ۱۲ت۳۴۵",
    ):
        assert await found(store, typed) == [request.id], typed
    for typed in (tracking_codes.make_code(51_234_567), "0013542419", "09350000000", "13ت345-59", "9999"):
        assert await found(store, typed) == [], typed


async def test_a_driver_is_found_by_name_and_code(store: SqlStore) -> None:
    fields = {"driver": "0499370899", "taxi": {"plate": PLATE, "driver": "آتا گلدی"}}
    request = await stored(store, service="taxi_leave", fields=fields)
    for typed in ("آتا گلدی", "گلدی", "0499370899"):
        assert await found(store, typed) == [request.id]


async def test_names_come_by_the_alphabet_and_the_newest_first(store: SqlStore) -> None:
    names = ["محمدی آنه", "محمدی زهرا", "محمدی آنه", "احمدی محمد", "محمدی رضا", "محمد محمدی"]
    made = [await stored(store, name) for name in names]
    by_name = [made[3], made[5], made[2], made[0], made[4], made[1]]
    whole = await page(store, "محمد")
    assert [request.id for request in whole.rows] == [one.id for one in by_name]
    first = await page(store, "محمد", limit=3)
    second = await page(store, "محمد", Cursor.parse_cursor(str(first.next_cursor), ListOrder.NAME), limit=3)
    assert first.rows + second.rows == whole.rows
    assert second.next_cursor is None
    assert (
        await page(store, "محمد", Cursor.parse_cursor(str(second.previous_cursor), ListOrder.NAME), limit=3)
    ).rows == first.rows


async def test_words_apart_are_found_loosely(store: SqlStore) -> None:
    request = await stored(store, "سید محمد حسین حسینی")
    await stored(store, "سید رضا حسینی")
    assert await found(store, "محمد حسینی") == []
    assert await found(store, "محمد حسینی", loosely=True) == [request.id]
    assert await found(store, "مح حسین", loosely=True) == [request.id]
    one = await stored(store, NAME)
    assert await found(store, "توماج جمال", loosely=True) == [one.id]


async def test_loosely_means_one_name_with_or_without_a_number(store: SqlStore) -> None:
    fields = {"driver": "0499370899", "taxi": {"plate": PLATE, "driver": "آتا گلدی"}}
    request = await stored(store, service="taxi_leave", fields=fields)
    for typed in ("گل آت", "گلدی 0499", "04993 آت", "0499370 گلدی"):
        assert await found(store, typed, loosely=True) == [request.id], typed
    for typed in ("گلدی رضا", "گلدی 0498", "0499 رضا"):
        assert await found(store, typed, loosely=True) == [], typed


async def test_half_words_come_by_the_alphabet_and_in_pages(store: SqlStore) -> None:
    names = ["علی محمودی", "علی محمدی", "محمد علیزاده", "عباس محمدی", "علیرضا محمدی", "محمدعلی محمدی", "علی احمدی"]
    made = [await stored(store, name) for name in (*names, names[1])]
    by_name = [made[place] for place in (4, 2, 7, 1, 0)]
    whole = await page(store, "مح علی", loosely=True)
    assert [one.id for one in whole.rows] == [one.id for one in by_name]
    first = await page(store, "علی مح", limit=2, loosely=True)
    second = await page(
        store, "علی مح", Cursor.parse_cursor(str(first.next_cursor), ListOrder.NAME), limit=2, loosely=True
    )
    third = await page(
        store, "علی مح", Cursor.parse_cursor(str(second.next_cursor), ListOrder.NAME), limit=2, loosely=True
    )
    assert first.rows + second.rows + third.rows == whole.rows
    assert third.next_cursor is None
    back = await page(
        store, "علی مح", Cursor.parse_cursor(str(second.previous_cursor), ListOrder.NAME), limit=2, loosely=True
    )
    assert back.rows == first.rows


async def test_half_words_find_each_name_that_has_both_once(store: SqlStore) -> None:
    """Of any two halves, both as long as what stands beside a word and longer."""
    names = ("سید محمد حسین حسینی", "محمود حسنی", "حسین محمدی", "محمد محمودی", "سیده حسنا محسنی", "حسن سیدی")
    made = {(await stored(store, name)).id: name.split() for name in names}
    halves = sorted({word[:length] for name in names for word in name.split() for length in (2, 3)})
    for one, other in permutations(halves, 2):
        pairs = {number: list(permutations(words, 2)) for number, words in made.items()}
        having = {
            number for number, of in pairs.items() if any(a.startswith(one) and b.startswith(other) for a, b in of)
        }
        listed = await found(store, f"{one} {other}", loosely=True)
        assert sorted(listed) == sorted(having), (one, other)


async def test_a_word_of_one_letter_is_looked_for_as_well(store: SqlStore) -> None:
    request = await stored(store, "آنه ه محمدی")
    await stored(store, "آنه احمدی")
    for typed in ("ان م", "محم آ", "آن ه", "ان م ه", "محم ه آن"):
        assert await found(store, typed, loosely=True) == [request.id], typed


async def test_a_search_keeps_to_the_ranges_and_conditions(store: SqlStore) -> None:
    live = await stored(store, NAME, turn="civil", due_at=NOW, assignee="ali", mobile="+989351112222")
    ended = await stored(store, NAME, phase=Phase.DONE, mobile="+989351112222")
    leave = await stored(store, service="taxi_leave", fields={"taxi": {"driver": NAME}}, mobile="+989351112222")
    for typed in (NAME, "09351112222"):
        assert set(await found(store, typed)) == {live.id, ended.id, leave.id}
        assert await found(store, typed, ranges=(RequestRange("taxi_leave"),)) == [leave.id]
        assert await found(store, typed, ranges=(RequestRange("machinery", "civil"),)) == [live.id]
        assert await found(store, typed, ranges=(RequestRange("machinery", has_ended=True),)) == [ended.id]
        assert await found(store, typed, ranges=(RequestRange("machinery"),), assignees=("ali",)) == [live.id]
        assert await found(store, typed, ranges=(RequestRange("machinery"),), assignees=("sara",)) == []


async def test_corrected_words_replace_the_old_ones_and_erased_ones_are_gone(store: SqlStore) -> None:
    request = await stored(store, NAME, "0499370899")
    async with store.open_unit() as uow:
        await uow.search_words.replace_all(request, list_search_words(MACHINERY_WORK.form, {"full_name": "آنه محمدی"}))
    assert await found(store, "توماج") == await found(store, "0499370899") == []
    assert await found(store, "آنه") == [request.id]
    async with store.open_unit() as uow:
        await uow.personal_data.erase_request(request.id, NOW)
    assert await found(store, "آنه") == []
