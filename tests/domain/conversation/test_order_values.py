"""Days, hours and lengths of an order as people write them; what nobody can know is left open, and so is asked."""

from datetime import datetime
from typing import Any

from domain.conversation.reading.grammar import Grammar
from domain.services import list_intents
from domain.values.errors import AmbiguousField
from tests.support.tables import each_row

NOW = datetime.fromisoformat("2026-11-24T10:07:00+03:30")
GRAMMAR = Grammar(list_intents())


def read(text: str) -> dict[str, Any]:
    message = GRAMMAR.parse_for_intent("machinery", text, NOW)
    assert message is not None
    slots = message.as_json()["slots"]
    (machine,) = slots.get("items", ({},))
    return {name: value for name, value in {**slots, **machine}.items() if name in {"date", "start", "hours"}}


def doubts(text: str) -> dict[str, tuple[str, ...]]:
    message = GRAMMAR.parse_for_intent("machinery", text, NOW)
    assert message is not None
    return {
        name: problem.options
        for name, problem in message.problems_by_slot.items()
        if isinstance(problem, AmbiguousField)
    }


@each_row(
    ("text", "day"),
    [
        ("لودر شنبه چهاردهم میخوام", "2026-12-05"),
        ("لودر جمعه بیستم میخوام", "2026-12-11"),
        ("لودر یازدهم، چهارشنبه", "2026-12-02"),
        ("لودر بیست و پنجم همین ماه", "2026-12-16"),
        ("لودر واسه ۲۵ام ساعت ۸", "2026-12-16"),
        ("لودر دوم این ماه", "2026-12-23"),
        ("لودر 05/09/12", "2026-12-03"),
        ("لودر ۱۲/۰۹/۰۵", "2026-12-03"),
        ("لودر فردا، نه ببخشید پس فردا", "2026-11-26"),
        ("لودر شنبه نه، دوشنبه", "2026-11-30"),
        ("لودر میخوام جمعه نمیتونم شنبه", "2026-11-28"),
    ],
)
def test_a_day(text: str, day: str) -> None:
    assert read(text).get("date") == day
    assert doubts(text) == {}


@each_row(
    "text",
    [
        "لودر کوچه یازدهم",
        "لودر فلکه دوم",
        "لودر طبقه پنجم",
        "لودر برای بار پنجم میخوام",
        "لودر روز اول کار",
        "لودر میخوام جمعه نباشه",
        "لودر پنجم ماه بعد",
    ],
)
def test_no_day(text: str) -> None:
    assert "date" not in read(text)


def test_a_weekday_and_a_day_of_the_month_that_do_not_agree_are_asked() -> None:
    assert doubts("لودر شنبه دوازدهم") == {"date": ("2026-11-28", "2026-12-03")}
    assert doubts("لودر شنبه نه یکشنبه") == {"date": ("2026-11-28", "2026-11-29")}


@each_row(
    ("text", "hour"),
    [
        ("لودر فردا ساعت نه و ربع کم", "08:45"),
        ("لودر فردا ده دقیقه به نه", "08:50"),
        ("لودر فردا یه ربع به ۹", "08:45"),
        ("لودر فردا ساعت ده و سه ربع", "10:45"),
        ("لودر فردا ساعت ۷ ببخشید ۹", "09:00"),
        ("loder ertir sagat 9:30-da", "09:30"),
    ],
)
def test_an_hour(text: str, hour: str) -> None:
    assert read(text).get("start") == hour


@each_row(
    ("text", "day", "hour"),
    [
        ("لودر نیم ساعت دیگه", "2026-11-24", "10:45"),
        ("لودر یک ساعت و نیم دیگه بیاد", "2026-11-24", "11:45"),
        ("لودر ۲۰ دقیقه دیگه بیاد", "2026-11-24", "10:30"),
        ("لودر پونزده ساعت دیگه", "2026-11-25", "01:15"),
        ("loder bir sagatdan soň gerek", "2026-11-24", "11:15"),
    ],
)
def test_a_while_ahead_says_when_and_not_how_long(text: str, day: str, hour: str) -> None:
    assert read(text) == {"date": day, "start": hour}


def test_a_while_ahead_of_another_day_is_no_hour() -> None:
    assert read("لودر فردا دو ساعت دیگه") == {"date": "2026-11-25"}
    assert read("لودر دو ساعت دیگه هم کار داره") == {"hours": 2}


@each_row(
    ("text", "hours"),
    [
        ("لودر سی ساعت نه ببخشید سه", 3),
        ("لودر ۴۰ ساعت، ببخشید ۴ ساعت", 4),
        ("لودر شنبه چهاردهم ساعت ۹ صبح سه ساعت", 3),
        ("لودر ی ساعت", 1),
        ("لودر یکی دو ساعت", None),
        ("لودر ۲ تا ۳ ساعت", None),
        ("لودر چند ساعت", None),
        ("لودر روزی ۴ ساعت سه روز", None),
        ("لودر سه روز ۴ ساعت", None),
        ("لودر ۴ ساعت در روز", None),
        ("لودر سه روز از ۸ تا ۱۲", None),
        ("loder günde 4 sagat üç gün", None),
    ],
)
def test_a_length(text: str, hours: float | None) -> None:
    assert read(text).get("hours") == hours


def test_hours_of_several_days_are_noted_beside_the_order() -> None:
    message = GRAMMAR.parse_for_intent("machinery", "لودر روزی ۴ ساعت سه روز از شنبه", NOW)

    assert message is not None
    assert message.partial_values["description"] == "سه روز، روزی ۴ ساعت"


@each_row(
    ("text", "day"),
    [
        ("لودر بعد جمعه", None),
        ("لودر بعد از شنبه هر روزی شد", None),
        ("لودر جمعه بعد", "2026-11-27"),
        ("لودر هفته بعد شنبه", "2026-11-28"),
        ("لودر بعد از ظهر شنبه", "2026-11-28"),
    ],
)
def test_some_day_behind_a_weekday_is_asked(text: str, day: str | None) -> None:
    assert read(text).get("date") == day


@each_row(
    ("text", "machines"),
    [
        ("کمپرسی، نه ببخشید لودر", ["loader"]),
        ("لودر به جای گریدر بفرستید", ["loader"]),
        ("گریدر نه، لودر", ["loader"]),
        ("greýder däl, loder gerek", ["loader"]),
        ("لودر و گریدر", ["loader", "grader"]),
    ],
)
def test_machines_without_what_is_denied(text: str, machines: list[str]) -> None:
    message = GRAMMAR.parse_for_intent("machinery", text, NOW)

    assert message is not None
    assert [item.machine for item in message.slots["items"]] == machines


@each_row(
    ("text", "place"),
    [
        ("لودر میخوام تو کوچه شهید رجایی آسفالت خراب شده", "کوچه شهید رجایی"),
        ("پدرم شن آورده روستای تنگلی، لودر لازم داریم پخش کنه", "روستای تنگلی"),
        ("روبروی مسجد آب جمع شده تانکر بفرستین", "روبروی مسجد"),
        ("لودر بفرس پش حمام قدیم", "پش حمام قدیم"),
        ("کمپرسی میخوام واسه نخاله پشت بازارچه", "پشت بازارچه"),
        ("لودر میخوام برای تسطیح زمین پشت مدرسه", "زمین پشت مدرسه"),
        ("لودر میخوام دهیاری روستای کرد", "دهیاری روستای کرد"),
        ("مغازه‌دار بازارچه‌ام، لودر لازم داریم", None),
        ("من معلم مدرسم لودر میخوام", None),
        ("نونوای محله‌ام لودر لازمه", None),
        ("لودر میخوام جلو در", None),
        ("لودر بفرستید سر کوچه ما", None),
        ("پدرم تو حیاط خاک ریخته لودر میخوام", None),
        ("غلتک بفرستین برای کوچه ما آسفالتش خراب شده", None),
        ("لودر میخوام زمین رو باید صاف کنه", None),
    ],
)
def test_a_place_within_what_is_told(text: str, place: str | None) -> None:
    message = GRAMMAR.parse_for_intent("machinery", text, NOW)

    assert message is not None
    assert message.slots.get("place") == place


@each_row(
    ("text", "count"),
    [
        ("کوچه گلستان ۵ لودر میخوام", 1),
        ("خیابان امام، ۲ لودر ۳ ساعت", 2),
        ("خیابان امام ۲ تا لودر", 2),
        ("کوچه ۵ دو لودر", 2),
    ],
)
def test_the_number_of_a_road_counts_no_machines(text: str, count: int) -> None:
    message = GRAMMAR.parse_for_intent("machinery", text, NOW)

    assert message is not None
    assert [item["count"] for item in message.as_json()["slots"]["items"]] == [count]
