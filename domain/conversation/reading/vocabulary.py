"""Intents: which words call them and what they take. Those that belong to no service are here; services declare theirs.

Words are matched in any spelling and spacing (`tokens.Phrases`), and misspelt a little (`spelling`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import chain

from domain.conversation.reading.account_numbers import ACCOUNT_INTENTS
from domain.conversation.reading.field_changes import FieldWords
from domain.language.intents import Intent, combine_words
from domain.parsing.claimed_codes import take_claimed_code
from domain.parsing.filler_words import COURTESY_WORDS
from domain.parsing.identifiers import take_code, take_code_or_bill, take_score
from domain.parsing.negation import MESSAGE_WORDS, find_negations
from domain.parsing.slots import MessageReader
from domain.parsing.tokens import TokenKind, keys_in, keys_of, read_once
from domain.parsing.topics import LANGUAGE_NAMES, take_language_name, take_service, take_together, take_topic
from domain.parsing.word_lists import words_of

_NUMBERS = words_of("intents.numbers")
_OF_THE_OFFICE = ("شهرداری", "تون", "تان", "اداره", "دفتر", "shahrdari")
_GIVE = words_of("intents.give")
_YOURS = words_of("intents.yours")
_DAYS = words_of("intents.days")
_YOU_OPEN = words_of("intents.you_open")
_HOURS = ("ساعت چند", "تا ساعت چند", "چه ساعتی", "تا چه ساعتی", "تا چند", "کی")
_IT_OPENS = ("باز", "بازه", "باز میشه", "باز است", "میاید سر کار", "میبنده")
_OFFICE = ("شهرداری", "اداره", "دفتر شما", "دفترتون")
_IS_OPEN = words_of("intents.is_open")
_COME = words_of("intents.come")
_WHERE = ("کجاست", "کجاس", "کجا هست", "کدوم خیابونه", "کدوم خیابان است", "گمیشان کجاست", "گمیشان کدوم خیابونه")

_WHEN = words_of("intents.when")
_ANSWERED = words_of("intents.answered")
_WITH = ("دست", "پیش", "نزد", "دست کدوم", "daste", "dast")
_WHOM = words_of("intents.whom")
_MINE = words_of("intents.mine")
_IS_WHERE = ("کجاست", "کجاس", "کجا مونده", "کجا گیر کرده", "تو کدوم قسمته", "کدوم قسمته", "در کدام واحد است")

_READERS_ASKED = words_of("intents.readers_asked")
_READING_PHRASES = words_of("intents.reading_phrases")

ENQUIRY_INTENTS: tuple[Intent, ...] = (
    Intent(
        "who_read",
        (
            *words_of("intents.who_read.words"),
            *combine_words(_READERS_ASKED, _READING_PHRASES),
            *combine_words(_WITH, _WHOM),
            *combine_words(_WHEN, _ANSWERED),
            *combine_words(_MINE, _IS_WHERE),
        ),
        slot_readers=(take_code,),
        required_slots=("code",),
        is_complete=True,
        is_called_in_sentence=True,
    ),
    Intent(
        "contact",
        (
            *combine_words(_NUMBERS, (*_OF_THE_OFFICE, *_GIVE)),
            *combine_words(("تلفن", "آدرس", "نشانی", "telefone"), ("شما", "shoma")),
            *_YOURS,
            *combine_words(_DAYS, _YOU_OPEN),
            *combine_words(_HOURS, _IT_OPENS),
            *combine_words(_OFFICE, _IS_OPEN),
            *combine_words(("تعطیله", "بازه"), _OFFICE),
            *combine_words(("کجا",), _COME),
            *combine_words(_DAYS, ("تعطیله", "تعطیل است")),
            *combine_words(("شهردار", "شهردارو", "شهردار رو", "شهردار را"), ("کی هست", "کی هستن", "ببینم", "ببینمش")),
            *combine_words(_OFFICE, _WHERE),
            *words_of("intents.contact.words"),
        ),
        weak_words=words_of("intents.contact.weak_words"),
        hint_words=words_of("intents.contact.hint_words"),
        is_complete=True,
        is_called_in_sentence=True,
    ),
)
"""Their certain words are whole questions, which count wherever they stand (`Intent.is_called_in_sentence`)."""


_HAVING_WORDS = ("دارم", "داریم", "داشتم", "میدم", "میدهم", "میکنم", "دادم")
_QUESTION_NAMES = ("سوال", "سوالتون", "سوال شما", "سوالتان", "سوالات شما", "پیام شما", "پیامتون")

COMMAND_INTENTS: tuple[Intent, ...] = (
    *ENQUIRY_INTENTS,
    *ACCOUNT_INTENTS,
    Intent(
        "help",
        words_of("intents.help.words"),
        slot_readers=(take_topic,),
        weak_words=words_of("intents.help.weak_words"),
        is_complete=True,
    ),
    Intent(
        "track",
        words_of("intents.track.words"),
        slot_readers=(take_code,),
        required_slots=("code",),
        beside_code_words=words_of("intents.track.beside_code_words"),
    ),
    Intent(
        "list",
        words_of("intents.list.words"),
        weak_words=words_of("intents.list.weak_words"),
        is_complete=True,
        is_strict=True,
        shows_requests=True,
    ),
    Intent(
        "pay",
        words_of("intents.pay.words"),
        slot_readers=(take_code_or_bill, take_together),
        required_slots=("code",),
        alternatives={"code": ("bill_id", "together")},
        beside_code_words=words_of("intents.pay.beside_code_words"),
    ),
    Intent(
        "authentic",
        words_of("intents.authentic.words"),
        slot_readers=(take_claimed_code,),
        required_slots=("code",),
        weak_words=words_of("intents.authentic.weak_words"),
        is_called_anywhere=True,
    ),
    Intent(
        "tariff",
        ("تعرفه", "تعرفه های", "تعرفه ها", "تعرفه ی", "tariff", "tarefe", "tarafe"),
        slot_readers=(take_topic,),
        required_slots=("machine", "hours"),
        weak_words=words_of("intents.tariff.weak_words"),
    ),
    Intent(
        "cancel",
        words_of("intents.cancel.words"),
        slot_readers=(take_code,),
        required_slots=("code",),
        weak_words=("ابطال", "باطل", "حذف", "حذف درخواست"),
        beside_code_words=words_of("intents.cancel.beside_code_words"),
        is_complete=True,
        is_binding=True,
        doubtful_words=words_of("intents.cancel.doubtful_words"),
    ),
    Intent(
        "change",
        words_of("intents.change.words"),
        slot_readers=(take_code,),
        required_slots=("code", "field", "value"),
        weak_words=("عوض", "عوض کردن", "تصحیح"),
        is_complete=True,
        is_binding=True,
    ),
    Intent(
        "reply",
        (
            "پاسخ",
            "پاسخ به",
            "در پاسخ",
            "در پاسخ به",
            *combine_words(("جواب", "پاسخ", "در جواب", "در پاسخ به"), _QUESTION_NAMES),
            "reply",
            "answer",
            "pasokh",
        ),
        slot_readers=(take_code,),
        rest_slot="text",
        required_slots=("code", "text"),
        weak_words=("جواب", "جواب به", "در جواب", "جواب شما", "جواب شما برای", "javab"),
        is_verbatim=True,
    ),
    Intent(
        "comment",
        (
            *words_of("intents.comment.words"),
            *combine_words(("نظر", "یک نظر", "پیشنهاد", "یک پیشنهاد", "انتقاد", "یک انتقاد"), _HAVING_WORDS),
            *combine_words(("نظر", "نظرم"), ("در مورد", "درباره", "درباره ی", "راجع به")),
        ),
        slot_readers=(take_code, take_service),
        rest_slot="text",
        required_slots=("code", "text"),
        alternatives={"code": ("service",)},
        weak_words=("انتقاد", "انتقادات"),
    ),
    Intent(
        "rate",
        ("امتیاز", "امتیاز به", "امتیاز دهی", "rate", "rating", "emtiaz", "emtiyaz"),
        slot_readers=(take_code, take_score),
        rest_slot="text",
        required_slots=("code", "score"),
        weak_words=("نمره", "score"),
        is_form=True,
    ),
    Intent(
        "confirm",
        words_of("intents.confirm.words"),
        slot_readers=(take_code,),
        required_slots=("code",),
        weak_words=words_of("intents.confirm.weak_words"),
        is_strict=True,
        is_binding=True,
        doubtful_words=("تایید شد",),
    ),
    Intent(
        "deny",
        words_of("intents.deny.words"),
        slot_readers=(take_code,),
        required_slots=("code",),
        weak_words=("مخالفم", "مخالف هستم", "مخالفیم", "ردش", "ردش کنید"),
        is_strict=True,
        is_binding=True,
        doubtful_words=("رد شد",),
    ),
    Intent(
        "exit",
        ("انصراف", "انصراف میدهم", "انصراف میدم", "exit", "quit", "enseraf"),
        weak_words=words_of("intents.exit.weak_words"),
        is_complete=True,
        is_strict=True,
    ),
    Intent(
        "back",
        ("قبلی", "مرحله قبل", "مرحله قبلی", "back", "previous", "ghabli"),
        weak_words=("برگشت", "بازگشت", "برگرد"),
        is_complete=True,
        is_strict=True,
    ),
    Intent(
        "opt_out",
        words_of("intents.opt_out.words"),
        is_complete=True,
        is_strict=True,
        matter_words=MESSAGE_WORDS,
    ),
    Intent("opt_in", ("start",), is_complete=True, is_strict=True),
)
"""The intents that belong to no service."""


def list_command_intents(service_intents: Iterable[Intent]) -> tuple[Intent, ...]:
    """Return the intents that belong to no service; «تعرفه» takes what these services price, else the name of one, and
    «تغییر» a field of their forms with what shall stand there.
    """
    own_intents = tuple(service_intents)
    price_readers = [reader for intent in own_intents for reader in intent.price_readers.items()]
    field_words = collect_field_words(own_intents)

    def take_priced_subject(reader: MessageReader) -> None:
        for slot, read_subject in price_readers:
            read_subject(reader)
            if slot in reader.slots:
                return
        take_topic(reader)

    def take_field_change(reader: MessageReader) -> None:
        change = field_words.read_rest(reader.stream)
        stated = {"field": change.field_name, "value": change.value_text if says_something(change.value_text) else ""}
        reader.slots.update({name: text for name, text in stated.items() if text})
        # A refusal among the words makes the wish unclear, or none; so does a value of several sentences.
        if not find_negations(reader.stream.read).verbs and not _SENTENCE_ENDS & {*change.value_text}:
            reader.stream.take(0, len(reader.stream))

    alternatives = {"machine": (*dict(price_readers), "service")}
    readers = {"tariff": (take_priced_subject,), "change": (take_code, take_field_change)}
    return tuple(
        replace(
            intent,
            slot_readers=readers.get(intent.name, intent.slot_readers),
            alternatives=alternatives if intent.name == "tariff" else intent.alternatives,
        )
        for intent in COMMAND_INTENTS
    )


def says_something(value_text: str) -> bool:
    """Return whether a value is more than words of asking and pointing («درخواست ما رو عقب بندازید» says no day)."""
    keys = {token.key for token in read_once(value_text).tokens if token.kind is not TokenKind.PUNCTUATION}
    return not keys <= EMPTY_WORDS | _POINTING_WORDS


def collect_field_words(service_intents: Iterable[Intent]) -> FieldWords:
    """Return the words that name fields of any form; one that names fields of several means that of the first."""
    words_by_field: dict[str, list[str]] = {}
    for intent in service_intents:
        for field_name, spellings in intent.field_words.items():
            words_by_field.setdefault(field_name, []).extend(spellings)
    return FieldWords(words_by_field)


def collect_topic_names(intents: Iterable[Intent]) -> dict[str, set[str]]:
    """Return what names each topic, with the keywords of the intent that is called like it."""
    names_by_topic: dict[str, set[str]] = {}
    for intent in intents:
        if intent.topic:
            own_words = intent.certain_words if intent.topic.key == intent.name else ()
            names_by_topic.setdefault(intent.topic.key, set()).update(intent.topic.keywords, own_words)
    return names_by_topic


def collect_topic_words(intents: Iterable[Intent]) -> dict[str, set[str]]:
    """Return what names each topic, with the keywords of all its intents."""
    words_by_topic: dict[str, set[str]] = {}
    for intent in intents:
        if intent.topic:
            words_by_topic.setdefault(intent.topic.key, set()).update(
                intent.topic.keywords, intent.certain_words, intent.weak_words, intent.hint_words
            )
    return words_by_topic


_POINTING_WORDS = keys_in("intents.pointing_words")
_SENTENCE_ENDS = frozenset(".…!؟?")

LANGUAGE_INTENT = Intent(
    "language",
    ("زبان", "تغییر زبان", "language", "lang", "zaban", *chain.from_iterable(LANGUAGE_NAMES.values())),
    slot_readers=(take_language_name,),
    is_complete=True,
    is_strict=True,
)
"""Choosing the language of a line: known where there is more than one (`app/wiring.py`). What calls the other intents
in a further language belongs to their words, here and in the declarations of services.
"""

CHANGE_INTENT = "change"
"""The command that changes a sent request."""

OPT_OUT_ENDING = "لغو۱۱"
"""Ends every text that «لغو۱۱» stops."""

NUMBER_LABELS = keys_of("عدد", "شماره", "رقم", "گزینه")
"""May stand before a bare number («عدد ۱۱»)."""

BARE_NUMBERS: Mapping[str, str] = {"11": "opt_out", "12": "opt_in", "0": "help"}
"""Numbers that are a whole message of their own, outside of a question that asks for a number."""

WISH_WORDS = keys_in("intents.wish_words")
"""Words of wishing and thanking: at the edges of a place or a reason they are no part of it."""

ASKING_WORDS = WISH_WORDS - keys_of("سلام", "salam", "یا", "می", "هستم") | keys_in("intents.asking_words")
"""Words of asking for something: with one of them a text that names no command but a machine asks for it."""

EMPTY_WORDS = ASKING_WORDS | WISH_WORDS | COURTESY_WORDS | keys_in("intents.empty_words")
"""Words that describe nothing in a form that is asked for without its keyword."""

FIELD_LABELS: tuple[str, ...] = words_of("intents.field_labels")
"""Names of fields that some people write before a colon; with the colon they are no free text."""
