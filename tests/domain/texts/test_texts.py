"""Every text that people get: it is there, it fits its part budget with the longest real values, it is Persian."""

import tomllib
from datetime import date, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest

from domain.blocks.asking import LONGEST_NOTE_TEXT
from domain.check import SHARED_TEXTS, check_services, sent_by_sms
from domain.check.texts.bounds import bound_texts
from domain.fields.hours import Hours
from domain.fields.moments import HourOfDay
from domain.fields.types import format_number
from domain.fields.work_items import WorkItems
from domain.fleet.resources import MACHINE_TYPES
from domain.language.wording import LEFT_TO_RIGHT, Wording, spoken_deadline_text, spoken_moment_text
from domain.messages.catalogue import (
    JOINED_PART_BUDGET,
    Catalogue,
    find_service,
    fit_lines,
    join_fitting,
)
from domain.messages.templates import list_placeholders
from domain.services import SERVICES, services_by_key
from domain.settings.contact import Contact
from domain.values import tracking_codes
from domain.values.actors import STAFF_ROLES
from domain.values.bill_ids import HIGHEST_AMOUNT
from domain.values.calendar import MONTH_NAMES, TEHRAN_ZONE, day_bounds, jalali_long_text
from domain.values.errors import ERROR_CLASSES, ERROR_CODES, InvalidField
from domain.values.message_parts import count_parts
from domain.values.reasons import InvalidReason, ProofReason
from domain.values.text import count_code_units, group_digits, persian_digits

TEXTS = bound_texts(SERVICES, Catalogue.load())
WORDING = Wording(TEXTS, services_by_key())
ROOT = Path(__file__).parents[3]

SENT = sorted(sent_by_sms(SERVICES, TEXTS))
"""Every text that can travel as an SMS, by itself or before another."""


def answered_details() -> list[str]:
    """Return the reasons that a conversation may give; those of other screens are kept in files of their own."""
    own = tomllib.loads((ROOT / "domain/texts/fa/common.toml").read_text("utf-8"))
    return [f"details.{code}.{detail}" for code, details in own["details"].items() for detail in details]


# Budgets


def test_every_text_that_travels_fits_its_budget() -> None:
    assert [str(flaw) for flaw in check_services(SERVICES, TEXTS)] == []
    assert TEXTS.find_over_budget([*SENT, *answered_details()]) == []


def test_a_reason_and_the_question_again_are_few_parts() -> None:
    prompts = [key for key in SENT if key.endswith(".prompt") or key.startswith("ask.")]
    for why in answered_details():
        code = TEXTS.text(f"errors.{why.split('.')[1]}")
        for key in prompts:
            question, room = TEXTS.render_longest(key), max(TEXTS.part_budget(key), JOINED_PART_BUDGET)
            ways = [f"{reason}\n{question}" for reason in (TEXTS.render_longest(why), code)]
            said = join_fitting(room, *ways, question)
            assert count_parts(said) <= room
            assert said in ways or count_parts(ways[1]) > room, "what was wrong is said, at least in short"


@pytest.mark.parametrize("filling", ["نشانی محل کار روبروی مسجد ", "😀", "ن😀", "👩‍👩‍👧‍👦", "a", "é", "e\u0301"])
def test_free_text_of_any_length_is_cut_to_its_limit(filling: str) -> None:
    parts = {}
    for key in SENT:
        limited = {name for name in uncut(key) if TEXTS.length_limit(name, find_service(key))}
        names = dict.fromkeys(list_placeholders(TEXTS.text(key)), "ن" * 40)
        facts = names | TEXTS.list_longest_facts(key) | dict.fromkeys((*limited, "text"), filling * 300)
        parts[key] = count_parts(TEXTS.render(key, facts))
    assert {key: number for key, number in parts.items() if number > TEXTS.part_budget(key)} == {}


def test_the_longest_that_staff_may_write_is_read_to_its_end() -> None:
    said_by_staff = {
        "question": "پ" * (LONGEST_NOTE_TEXT - 1) + "؟",
        "reason": "د" * (LONGEST_NOTE_TEXT - 1) + ".",
    }
    keys = [key for key in SENT if key.startswith("services.") and said_by_staff.keys() & uncut(key)]
    assert keys
    for key in keys:
        said = TEXTS.render(key, TEXTS.list_longest_facts(key) | said_by_staff)
        for name in said_by_staff.keys() & uncut(key):
            assert said_by_staff[name] in said, key
        assert count_parts(said) <= TEXTS.part_budget(key), key


def test_words_are_cut_behind_a_word() -> None:
    text = Catalogue([{"a": "{place:20}", "b": "{place}"}])
    assert text.render("a", {"place": "خیابان امام کوچه پنجم پلاک ۴"}) == "خیابان امام کوچه…"
    assert text.render("a", {"place": "ن" * 21}) == "ن" * 19 + "…"
    assert text.render("b", {"place": "ن" * 500}) == "ن" * 500


def test_the_longest_items_are_as_long_as_reckoned() -> None:
    kind = WorkItems()
    most = [{"machine": one, "hours": 23.5, "count": 1} for one in MACHINE_TYPES] * kind.max_machines
    by_length = sorted(most, key=lambda item: -len(kind.render_value([item], TEXTS.text)))[: kind.max_machines]
    assert (
        len(kind.render_value(by_length, TEXTS.text))
        == len(kind.longest_value((), TEXTS.text))
        <= int(TEXTS.text("limits.items"))
    )


def test_short_words_are_left_alone_and_long_ones_marked() -> None:
    key, facts = "services.machinery.notices.operator_booked", {"code": "1", "machine": "لودر", "booked_start": "۸"}
    limit = int(TEXTS.text("limits.place"))
    assert "ن" * limit in TEXTS.render(key, facts | {"place": "ن" * limit})
    assert TEXTS.render(key, facts | {"place": "ن" * (limit + 1)}).endswith("ن" * (limit - 1) + "…")
    assert TEXTS.render(key, facts | {"place": "😀" * limit}).count("😀") == (limit - 1) // 2


@pytest.mark.parametrize("count", [1, 5, 12])
def test_a_list_of_requests_has_a_line_each_of_which_several_have_room(count: int) -> None:
    which_line, list_line = f"۵) {TEXTS.render_longest('sms.which_line')}", TEXTS.render_longest("sms.list_line")
    more = TEXTS.render_longest("sms.more")

    def left(shown: int) -> list[str]:
        return [more] * (shown < count)

    for head in (*TEXTS.list_keys("sms.which."), "sms.list"):
        lines = [list_line if head == "sms.list" else which_line] * min(count, 5)
        text, shown = fit_lines(TEXTS.part_budget(head), TEXTS.text(head), lines, left)
        assert (text.count("\n"), count_parts(text) <= TEXTS.part_budget(head)) == (shown + (shown < count), True)
        assert shown >= min(count, 3 if head == "sms.list" else 2)


# What is longest

DAYS = [date(2026, 3, 21) + timedelta(days=number) for number in range(8 * 366)]
MOMENTS = [datetime(day.year, day.month, day.day, 20, 29, tzinfo=TEHRAN_ZONE) for day in DAYS]
FAR_AWAY = date(2020, 1, 1)
HALF_HOURS = [f"{hour:02}:{minute:02}" for hour, minute in product(range(24), (0, 30))]


REAL: dict[str, list[str]] = {
    "code": [LEFT_TO_RIGHT + tracking_codes.display_code("987654321")],
    "old": [LEFT_TO_RIGHT + tracking_codes.display_code("987654321")],
    "amount": [group_digits(HIGHEST_AMOUNT)],
    "refund": [group_digits(HIGHEST_AMOUNT)],
    "bill_id": ["9" * 13],
    "payment_id": ["9" * 13],
    "iban_end": ["۹۹۹۹"],
    "card_end": ["۹۹۹۹"],
    "bank": [TEXTS.text(key) for key in TEXTS.list_keys("banks.")],
    "deadline": [spoken_deadline_text(day_bounds(day)[1], FAR_AWAY, "ساعت") for day in DAYS],
    "answer_until": [spoken_deadline_text(moment, FAR_AWAY, "ساعت") for moment in MOMENTS],
    "booked_start": [spoken_moment_text(moment, FAR_AWAY, "ساعت") for moment in MOMENTS],
    "date": [jalali_long_text(day) for day in DAYS],
    "start": [HourOfDay().render_value(hour, TEXTS.text) for hour in HALF_HOURS],
    "count": [persian_digits(200)],
    "number": [persian_digits(999_999)],
    "otp": ["۰۱۲۳۴۵"],
    "otp_latin": ["012345"],
    "confirmation_code": ["۰۱۲۳۴"],
    "score": [format_number(score) for score in range(1, 6)],
    "hours_done": [Hours(24).render_value([23.5] * 10, TEXTS.text)],
    "hours": [format_number(half / 2) for half in range(1, 401)],
    "asked": [format_number(half / 2) for half in range(1, 49)],
    "rate": [group_digits(HIGHEST_AMOUNT)],
    "present": [group_digits(HIGHEST_AMOUNT)],
    "percent": [group_digits(100 * HIGHEST_AMOUNT), "…"],
    "limit": [format_number(500), persian_digits(HIGHEST_AMOUNT)],
    "least": [format_number(0.5), format_number(1), "۰"],
    "most": [format_number(24), format_number(10), "…"],
    "step": [persian_digits(1000)],
    "phone": [Contact("+98 (17) 3411-2233").dialled_phone],
    **{name: [f"{jalali_long_text(day)} ساعت ۱۰:۳۰" for day in DAYS] for name in ("opening", "since", "due")},
    "addition": [
        TEXTS.text("sms.claim.details"),
        "شماره پیگیری: 12345678901234567890 زمان پرداخت: چهارشنبه ۳۱ اردیبهشت ساعت ۲۲:۳۰ عکس فیش هم رسید.",
    ],
    **{key: ["۱۰:۳۰"] for key in ("opens", "closes")},
    "unit_name": [TEXTS.text(f"roles.{role}") for role in STAFF_ROLES],
    "month": [f"{month} {persian_digits(year)}" for month in MONTH_NAMES for year in (1300, 1499)],
}
"""Placeholder → values that can stand for it, the longest among them."""

RECKONED = {"service", "state", "phase", "menu", "languages"}
"""Placeholders whose longest values are reckoned from names and declarations."""


def test_the_longest_values_bound_the_real_ones() -> None:
    prefixes = (*SHARED_TEXTS, "details.", "services.machinery.")
    longest = [
        (key, name, value)
        for key in (*SENT, *answered_details())
        if key.startswith(prefixes)
        for name, value in TEXTS.list_longest_facts(key).items()
        if not TEXTS.length_limit(name, find_service(key))
    ]
    assert {name for _, name, _ in longest} == REAL.keys() | RECKONED, "give the fact its longest real value in REAL"
    real = {name: max(map(count_code_units, values)) for name, values in REAL.items()}
    assert [(key, name) for key, name, value in longest if count_code_units(value) < real.get(name, 0)] == []


def uncut(key: str) -> set[str]:
    """Return the placeholders of a text that it does not cut itself («{text:60}»)."""
    return {name for name in list_placeholders(TEXTS.text(key)) if f"{{{name}}}" in TEXTS.text(key)}


def test_names_of_machines_are_never_cut() -> None:
    longest = max(len(TEXTS.text(f"choices.machine.{machine}")) for machine in MACHINE_TYPES)
    assert longest <= int(TEXTS.text("limits.machine"))


# Classes


def test_the_classes_of_notices() -> None:
    classes = {
        key.removeprefix("services.machinery.notices."): TEXTS._find_leaf(key).get("class", "notice")
        for key in TEXTS.list_keys("services.machinery.notices.")
        if isinstance(TEXTS._find_leaf(key), dict)
    }
    assert {name: cls for name, cls in classes.items() if cls != "notice"} == {
        "pay": "receipt",
        "pay_soon": "reminder",
        "work_soon": "reminder",
    }


# Errors


def test_every_error_code_has_a_text_without_placeholders() -> None:
    assert {key.removeprefix("errors.") for key in TEXTS.list_keys("errors.")} == set(ERROR_CODES)
    assert [key for key in TEXTS.list_keys("errors.") if list_placeholders(TEXTS.text(key))] == []


def test_errors_are_worded_by_their_reason_or_their_code() -> None:
    for error in ERROR_CLASSES:
        assert WORDING.render_error(error("field")) == TEXTS.text(f"errors.{error.code}")
        assert WORDING.render_error(error("field", ProofReason.FRESH)) == TEXTS.text(f"errors.{error.code}")
    assert WORDING.render_error(InvalidField("field", InvalidReason.PAST)) == TEXTS.text("details.invalid_field.past")


def test_what_a_text_says_of_the_phone_is_said_where_there_is_one() -> None:
    texts = Catalogue([{"a": "متوجه نشدیم.[ تلفن {phone}]", "longest": {"phone": "۰" * 11}}])
    assert texts.render("a", {}) == "متوجه نشدیم."
    assert texts.render_longest("a").endswith("تلفن ۰۰۰۰۰۰۰۰۰۰۰")
    texts.phone = Contact("017-3411 2233").dialled_phone
    assert texts.render("a", {}) == "متوجه نشدیم. تلفن ۰۱۷۳۴۱۱۲۲۳۳"
    assert Contact("017-34112233 017-34112234").dialled_phone == "", "it is no one number"
