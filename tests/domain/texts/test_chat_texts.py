"""Texts of chats: each variant has its original and tells no other facts; all fit what messengers take."""

from datetime import date

import pytest

from domain.actions.settings.text_overrides import prove_text
from domain.check import check_services
from domain.check.texts.bounds import bound_texts
from domain.check.texts.text_flaws import LONGEST_CHAT_TEXT, sent_by_sms
from domain.conversation.buttons.answers import read_button_answer
from domain.conversation.buttons.menus import build_menu_rows, build_public_rows
from domain.conversation.buttons.months import MONTHS_AHEAD, build_month_rows, read_month
from domain.conversation.dialogue.turns import Conversation
from domain.conversation.reading.grammar import Grammar
from domain.messages.catalogue import Catalogue, load_shipped_texts
from domain.messages.keyboards import AttachedPaper, Button, ReplyMarkup
from domain.services import SERVICES, list_intents, services_by_key
from domain.values.calendar import from_jalali
from domain.values.errors import InvalidField
from domain.values.text import count_code_units
from domain.values.tracking_codes import parse_code
from tests.support.municipality import TUESDAY_MORNING
from tests.support.scenarios.pseudo_language import translate_all
from tests.support.tables import each_row

TEXTS = bound_texts(SERVICES, Catalogue.load())
OWN = [
    key for key in TEXTS.list_keys("chat.") if not key.startswith(("chat.buttons.", "chat.channels.", "chat.toasts."))
]
VARIANTS = TEXTS.list_keys("in_chat.")
TODAY = date(2026, 11, 24)
LONGEST_TEXT, LONGEST_CAPTION = 4096, 1024


def test_every_text_fits_a_message_even_joined_with_another_and_escaped() -> None:
    longest = max(
        count_code_units(TEXTS.render_longest(key)) for key in {*OWN, *VARIANTS, *sent_by_sms(SERVICES, TEXTS)}
    )
    assert 2 * (2 * longest + 1) < LONGEST_TEXT
    assert longest <= LONGEST_CHAT_TEXT


def test_a_text_of_the_municipality_that_is_too_long_is_found() -> None:
    own = Catalogue.load({"chat": {"welcome": "ن" * (LONGEST_CHAT_TEXT + 1), "edited": "{nobody}"}})
    kinds = {flaw.kind for flaw in check_services(SERVICES, own)}
    assert kinds == {"too_long", "unbounded_placeholder"}


def test_words_of_the_staff_that_are_too_long_for_a_chat_are_refused() -> None:
    with pytest.raises(InvalidField) as refused:
        prove_text(SERVICES, Catalogue.load(), "chat.welcome", "ن" * (LONGEST_CHAT_TEXT + 1))
    assert (refused.value.reason, refused.value.params["limit"]) == ("too_long", "۱۰۰۰")


@each_row(
    ("key", "text", "reason"),
    [
        ("services.expert.notices.pay_soon", "مهلت {code}", "text_stop_unsaid"),
        ("services.expert.notices.cancel", "درخواست {code} لغو شد.\nلغو۱۱", "text_stops_nothing"),
        ("registries.driver.reminders.licence_expiry", "گواهینامه شما تا {day} اعتبار دارد.", "text_stop_unsaid"),
        ("services.machinery.notices.submit", "{place}", "text_cuts"),
        ("sms.offer.reply", "«{text}»", "text_unbounded"),
        ("web.home.title", "شهرداریة", "text_letters"),
        ("web.home.title", "شهرداری  گمیشان", "text_spaces"),
        ("choices.kind.other", "ن" * 41, "too_long"),
    ],
)
def test_words_of_the_staff_are_refused_for_what_is_wrong_with_them(key: str, text: str, reason: str) -> None:
    with pytest.raises(InvalidField) as refused:
        prove_text(SERVICES, Catalogue.load({"services": {"machinery": {"limits": {"place": 20}}}}), key, text)
    assert refused.value.reason == reason


def test_words_of_the_staff_are_proved_with_all_languages_that_are_offered() -> None:
    texts = Catalogue(load_shipped_texts().values(), translations=[translate_all()])
    changed = bound_texts(SERVICES, texts.with_text("sms.languages", "زبان\n{languages}"))
    assert f"۲ {texts.languages[1].title}" in changed.render_longest("sms.languages")


@pytest.mark.parametrize(
    ("key", "most_units"),
    [("intents.machinery", 40), ("chat.buttons.pay", 40), ("chat.toasts.twice", 200), ("chat.printed", 500)],
)
def test_a_label_a_toast_or_a_caption_that_is_too_long_is_found(key: str, most_units: int) -> None:
    longer = TEXTS.with_text(key, "ن" * (most_units + 1))
    found = [str(flaw) for flaw in check_services(SERVICES, longer) if flaw.kind == "too_long"]
    assert found == [f"texts: too_long: {key} needs {most_units + 1} characters, may have {most_units}"]
    assert most_units * 2 < LONGEST_CAPTION


def test_a_variant_stands_for_a_text_and_tells_no_other_facts() -> None:
    own = {"in_chat": {"sms": {"unknown": "{code}", "unheard_of": "متن"}}}
    assert [str(flaw) for flaw in check_services(SERVICES, Catalogue.load(own))] == [
        "texts: unfilled: in_chat.sms.unknown: code",
        "texts: variant_of_no_text: in_chat.sms.unheard_of",
    ]


def test_every_button_of_the_menus_is_a_text_that_means_it() -> None:
    grammar = Grammar(list_intents())
    conversation = Conversation(grammar, services_by_key(), "telegram")
    buttons = [one for row in build_menu_rows(conversation, TEXTS.text) for one in row]
    names = [*conversation.main_menu_intents()]
    assert len({one.label for one in buttons}) == len(buttons)
    for button in buttons:
        answer = read_button_answer(button.callback_data)
        if not answer.verb_call:
            intent = grammar.parse_message(answer.answer_text, TUESDAY_MORNING).intent
            assert TEXTS.text(f"intents.{intent}") == button.label
            assert intent in names
    for row in build_public_rows(conversation, TEXTS.text):
        for button in row:
            assert grammar.parse_message(
                read_button_answer(button.callback_data).answer_text, TUESDAY_MORNING
            ).intent in {"help", "tariff"}


@pytest.mark.parametrize("past", [False, True])
def test_every_month_that_can_be_leafed_to_is_whole(past: bool) -> None:
    for ahead in range(MONTHS_AHEAD + 1):
        year, number = divmod(1405 * 12 + 8 + ahead, 12)
        month = read_month(f"{year}-{number + 1}", TODAY)
        assert month == (year, number + 1)
        rows = build_month_rows("12345678", month, TODAY, lambda day: past or day >= TODAY, allows_past=past)
        days = [
            read_button_answer(one.callback_data).answer_text for row in rows for one in row if "/" in one.callback_data
        ]
        meant = sorted(from_jalali(*map(int, day.split("/"))) for day in days)
        assert meant == sorted(set(meant)), "each day once"
        assert past or min(meant) >= TODAY
        assert all(len(row) in {1, 2, 7} for row in rows)
        assert (ahead < MONTHS_AHEAD) == rows[-1][0].label.startswith("«")


@each_row("page", [None, "", "x", "1405-13", "1405-0", "1-1", "99999-1", "1405-10-1", "۱۴۰۵-۱۰"])
def test_a_page_that_is_none_is_this_month(page: str | None) -> None:
    assert read_month(page, TODAY) in {(1405, 9), (1405, 10)}


def test_what_is_shown_is_kept_as_json_and_read_back() -> None:
    whole = ReplyMarkup(
        ((Button("الف", "a:1"), Button("ب", ":x")), (Button("پ", "b:2"),)),
        "شماره",
        True,
        AttachedPaper(parse_code("123456786"), "k"),
    )
    assert ReplyMarkup.from_json(whole.as_json()) == whole
    assert ReplyMarkup().as_json() is None
    assert ReplyMarkup.from_json(None) == ReplyMarkup()


@pytest.mark.parametrize("data", ["", "x" * 65, "ش" * 33])
def test_a_button_that_no_messenger_takes_is_a_fault_of_ours(data: str) -> None:
    with pytest.raises(ValueError, match="64 bytes" if data else "has data, opens an address or copies"):
        Button("x", data)
