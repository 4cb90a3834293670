"""Emergencies: what a message says is happening, for which one dials and does not text.

A word of danger alone is none («خیابان آتش‌نشانی», «سیل‌بند», «بیمه آتش‌سوزی»): something must be said to happen («خونه
آتیش گرفته»), or the word must be all that is said («سیل!», «کمک آتش»). So what is denied («آتش نگرفته») is none either.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from unicodedata import combining, normalize

from domain.language.intents import combine_words
from domain.parsing.filler_words import COURTESY_WORDS
from domain.parsing.negation import find_negations
from domain.parsing.tokens import Phrases, TokenStream, keys_of


class Emergency(StrEnum):
    """What is happening; each has its text under `sms.emergency`."""

    FIRE = "fire"
    FLOOD = "flood"
    RUBBLE = "rubble"
    SHOCK = "shock"
    WIRES = "wires"
    CRASH = "crash"
    GAS = "gas"
    INJURY = "injury"
    BITE = "bite"
    CRIME = "crime"
    OUTAGE = "outage"


@dataclass(frozen=True, slots=True)
class _Signs:
    """What one emergency is told by."""

    event_names: tuple[str, ...] = ()
    """What it is called: an emergency with one of the events behind it, with a cry for help, or alone."""
    things: tuple[str, ...] = ()
    """What it happens to: nothing by itself («دیوار»)."""
    events: tuple[str, ...] = ()
    """What happens, at most `_WINDOW` words behind."""
    clear_phrases: tuple[str, ...] = ()
    """What says all by itself («بوی گاز»)."""


_WINDOW = 6
"""Words behind its name in which what happens is looked for: «سیل دیشب تا دم خونه ما اومده»."""

_CUT_SUPPLIES = (
    "برق", "آب", "گاز", "برقمون", "آبمون", "گازمون",
    *combine_words(
        ("برق", "آب", "گاز"),
        ("کوچه", "کوچه ما", "کوچمون", "محله", "محله ما", "محلمون", "خونه", "خونه ما", "خونمون", "خانه", "خانه ما",
         "روستا", "روستای ما", "ما"),
    ),
)  # fmt: skip
"""What is cut off, with whose it is."""

_HOMES = ("öýe", "öýümize", "jaýa", "jaýymyza", "howla", "oba", "اویه", "اؤیه", "اویمیزه", "جایا", "اوبا")
"""Where water does not come by a pipe."""

_SIGNS: Mapping[Emergency, _Signs] = {
    Emergency.FIRE: _Signs(
        event_names=(
            "آتش", "آتیش", "آتش سوزی", "آتیش سوزی", "آتشسوزی", "آتیشسوزی", "حریق", "یانغین", "yangyn", "ýangyn", "fire",
            "atish", "atash", "atesh", "atish suzi", "atash suzi", "atash soozi", "atish soozi",
        ),
        events=(
            "گرفت", "گرفته", "گرفتن", "گرفتیم", "میگیره", "شد", "شده", "راه افتاد", "راه افتاده", "اومده", "آمده",
            "زدن",
            "زده", "افتاد", "افتاده", "رخ داد", "رخ داده", "داریم", "هست", "bar", "gerefte", "gereft", "shode", "shod",
        ),
        clear_phrases=(
            "داره میسوزه", "دارد میسوزد", "خونه سوخت", "خونمون سوخت", "آتیش گرفته", "آتش گرفته", "شعله میکشه",
            "دود بلند شده", "ot düşdi", "اوت دوشدی", "آتش سوزی در", "آتش سوزی تو", "آتیش سوزی در", "آتیش سوزی تو",
            "حریق در", "دود میکنه", "دود میکند", "آتیشه", "ot aldy", "ot tutaşdy", "اوت آلدی",
            *combine_words(
                ("jaý", "jaýym", "jaýymyz", "öý", "öýüm", "öýümiz", "maşyn", "اوی", "اؤی", "اویم", "اویمیز", "اؤیمیز",
                 "جای", "جایمیز", "ماشین"),
                ("ýanýar", "ýanyp dur", "ýandy", "یانیار", "یاندی"),
            ),
        ),
    ),
    Emergency.FLOOD: _Signs(
        event_names=("سیل", "سیلاب", "طغیان رودخانه", "آبگرفتگی", "seyl", "seil", "sil", "flood"),
        things=("آب", "رودخانه", "رودخونه"),
        events=(
            "آمد", "آمده", "اومد", "اومده", "میاد", "می آید", "برد", "برده", "گرفت", "گرفته", "گرفتگی", "میبره",
            "راه افتاد", "راه افتاده", "جاری شده", "طغیان کرد", "طغیان کرده", "بالا آمده", "بالا اومده", "زیاد شده",
            "umade", "omade", "oomade", "amade", "bord", "gerefte", "geldi", "gelýär", "گلدی", "گلیار",
        ),
        clear_phrases=(
            "تو سیل", "توی سیل", "گرفتار سیل", "سیل شده", "سیلاب شده", "آبگرفتگی شده", "آب گرفتگی شده",
            *combine_words(("suw",), ("basdy", "basýar", "girdi", "girýär")),
            *combine_words(("سو", "سوو"), ("باسدی", "باسیار", "گیردی", "گیریار")),
            *combine_words(("suw", "سو", "سوو"), combine_words(("gelýär", "geldi", "گلیار", "گلدی"), _HOMES)),
            *combine_words(("suw", "سو", "سوو"), combine_words(_HOMES, ("gelýär", "girdi", "گلیار", "گیردی"))),
            *combine_words(_HOMES, combine_words(("suw", "سو", "سوو"), ("gelýär", "geldi", "گلیار", "گلدی"))),
        ),
    ),
    Emergency.RUBBLE: _Signs(
        event_names=("آوار",),
        things=("دیوار", "سقف", "ساختمان", "ساختمون", "خانه", "خونه"),
        events=(
            "ریخت رو", "ریخته رو", "ریخت روی", "ریخته روی", "فرو ریخت", "فرو ریخته", "ریخت پایین", "ریخته پایین",
            "ریزش کرد", "ریزش کرده",
            "افتاد رو", "افتاد روی", "افتاده رو", "افتاده روی",
            "خراب شد رو", "خراب شده رو", "خراب شد روی", "آوار شد", "آوار شده", "سرشون خراب شد",
        ),
        clear_phrases=("چاه ریخته", "چاه ریخت", "چاه ریزش کرده", "زلزله اومد", "زلزله اومده", "زلزله آمد", "زلزله آمده",
        "زلزله شد", "زلزله شده", "زیر آوار", "زیر آواریم", "زیر آوارند", "زیر آوارن", "زیر آواره", "آوار ریخت",
        "آوار ریخته", "آوار موندن", "آوار مانده", "zire avar"),
    ),
    Emergency.SHOCK: _Signs(
        event_names=("برق گرفتگی", "برقگرفتگی", "bargh gereftegi"),
        things=("برق", "bargh"),
        events=("گرفتش", "گرفته", "گرفتتش", "گرفتدش", "گرفت", "gereft", "gerefte", "gerefteh"),
        clear_phrases=("tok urdy", "tok tutdy", "توک اوردی"),
    ),
    Emergency.WIRES: _Signs(
        things=("سیم برق", "کابل برق", "تیر برق", "تیر چراغ برق", "سیم های برق", "سیمای برق", "دکل برق"),
        events=(
            "افتاد", "افتاده", "پاره شد", "پاره شده", "جرقه میزنه", "جرقه زد", "شکسته", "شکست", "کنده شده", "آویزونه",
        ),
    ),
    Emergency.CRASH: _Signs(
        event_names=("تصادف", "تصادفی", "tasadof", "accident"),
        events=(
            "کرد", "کرده", "کردم", "کردیم", "کردن", "کردند", "شد", "شده", "رخ داد", "رخ داده", "داریم", "kard", "karde",
            "kardam", "kardim", "shod", "shode",
        ),
        clear_phrases=("ماشین چپ کرد", "ماشین چپ کرده", "زیر ماشین رفت", "زیر ماشین رفته"),
    ),
    Emergency.GAS: _Signs(
        event_names=("گازگرفتگی", "نشت گاز", "نشتی گاز", "گاز نشتی"),
        things=("گاز", "لوله گاز", "علمک گاز", "شیر گاز", "gaz"),
        events=(
            "نشت کرد", "نشت کرده", "نشت میکنه", "نشت میکند", "نشتی داره", "نشتی دارد", "نشت داره", "ترکید", "ترکیده",
            "میترکه",
            "منفجر شد", "منفجر شده", "ول شده", "nasht karde", "tarkid",
        ),
        clear_phrases=("بوی گاز", "بو گاز", "بوی شدید گاز", "بوی تند گاز", "بوی بد گاز", "بوی خفن گاز", "نشت گاز",
        "نشتی گاز", "گاز گرفتگی", "گازگرفتگی", "booye gaz", "boye gaz", "buye gaz", "boo gaz", "gaz boo mide",
        "gaz ysy", "گاز ایسی"),
    ),
    Emergency.INJURY: _Signs(
        event_names=("اورژانس", "آمبولانس", "خونریزی", "سکته", "غرق شدن", "ambulans", "orzhans", "urzhans"),
        things=("حالش", "حالم", "حال مادرم", "حال پدرم", "حال بچه"),
        events=("خیلی بده", "وخیمه", "به هم خورده خیلی"),
        clear_phrases=(
            "سکته کرد", "سکته کرده", "غش کرده", "بیهوش شد", "بیهوش شده", "بیهوش افتاده", "بیهوشه", "غرق شد", "غرق شده",
            "داره غرق میشه", "داره خفه میشه", "خفه شده", "خونریزی داره", "زخمی شده", "زخمی داریم", "نفس نمیکشه",
            "نفسش بند اومده", "سم خورده", "قلبش گرفته", "قلبش گرفت", "قلبم گرفته", "تشنج کرده",
            *combine_words(
                combine_words(("افتاد", "افتاده"), ("تو", "توی", "داخل", "در")),
                ("چاه", "آب", "کانال", "کانال آب", "رودخونه", "رودخانه", "دریا", "استخر"),
            ),
            "آمبولانس لازم", "آمبولانس بفرستید", "اورژانس لازم", "اورژانس بفرستید",
            "ambulans lazem", "ambulans befrestid", "orzhans lazem", "suwa gaçdy", "suwa gark boldy", "guýa gaçdy",
            "guýa düşdi", "سووا قاچدی",
        ),
    ),
    Emergency.BITE: _Signs(
        things=("سگ", "سگا", "سگها", "گرگ", "شغال", "مار", "عقرب", "رتیل", "زنبور", "sag", "mar", "aghrab"),
        events=(
            "گاز گرفت", "گاز گرفته", "گازش گرفت", "گازش گرفته", "نیش زد", "نیش زده", "نیشش زد", "نیشش زده", "گزیده",
            "گزید", "حمله کرد", "حمله کرده", "حمله کردن", "اومده تو", "آمده تو", "اومده توی", "رفته تو", "اومده خونه",
            "gaz gerefte", "gaz gereft", "nish zade", "nish zad",
        ),
        clear_phrases=("سگ هار", "مارگزیدگی", "عقرب گزیدگی", "مار گزیدگی", "عقربگزیدگی"),
    ),
    Emergency.CRIME: _Signs(
        event_names=("نزاع", "چاقوکشی", "سرقت", "تیراندازی", "قمه کشی"),
        things=("دزد", "چاقو", "قمه", "تفنگ", "dozd", "chaghu"),
        events=(
            "شد", "شده", "اومد", "اومده", "آمده", "زد", "زده", "زدن", "کشید", "کشیده", "کشیدن", "کشیدند", "کردند",
            "کرده", "برده", "بردن", "زدند", "داریم", "oomade", "umade", "omade", "zade", "bord", "borde",
        ),
        clear_phrases=(
            "همدیگه رو میزنن", "همدیگر را میزنند", "چاقو خورده", "تیر خورده", "دعوا شده", "درگیری شده", "دزدی شده",
        ),
    ),
    Emergency.OUTAGE: _Signs(
        things=("لوله آب", "لوله اصلی", "لوله"),
        events=("ترکید", "ترکیده", "ترکیدگی"),
        clear_phrases=(
            *combine_words(_CUT_SUPPLIES, ("قطعه", "قطع است", "قطع شد", "قطع شده", "قطعند", "قطع کردن", "قطع کردند")),
            *combine_words(("برق", "برقمون", "برق ما", "برق محله"), ("رفت", "رفته")), "ترکیدگی لوله",
            "bargh rafte", "bargh ghate", "ab ghate", "gaz ghate",
        ),
    ),
}  # fmt: skip

_HELP_WORDS = keys_of(
    "کمک", "کمکم", "کمکمون", "کنید", "کنین", "فوری", "فورا", "زود", "زودتر", "بدوید", "بدوین", "بدادم", "داد", "دادم",
    "برسید", "برسین", "تو", "توی", "در", "اینجا", "خونه", "خانه", "ما", "سریع", "خطر", "help", "komak", "fori",
)  # fmt: skip
"""What may stand beside a name that is all that is said."""

_CRIES = keys_of("کمک", "کمکم", "کمکمون", "بدوید", "بدوین", "بدادم", "برسید", "برسین", "help", "komak")
"""With one of them a name is enough, whatever else is said."""

_OF_NAMES = keys_of(
    "نشانی", "نشان", "نشانان", "بازی", "بس", "بند", "گیر", "برگردان", "زده", "زدگان", "بیمه", "انشعاب", "کنتور",
    "امتیاز", "تانکر", "جمع", "برداری",
)  # fmt: skip
"""Beside a word of danger they make a name or a thing of it: «آتش‌نشانی», «سیل‌بند», «انشعاب برق گرفته‌ایم»."""

_PLACES = keys_of("ایستگاه", "میدان", "خیابان", "خیابون", "کوچه", "پارک")
_NAMING_PLACES = frozenset({Emergency.FLOOD, Emergency.SHOCK})
"""Water and current: before their words places are called so («کوچه برق»), unless it is said what happens («کوچه آب
گرفته»). No place has its name from dogs or thieves («تو کوچه سگ پسرم رو گاز گرفته»).
"""

_OVER_WORDS = keys_of(
    "خاموش", "پارسال", "دیروز", "پریروز", "قبلا", "پیش", "گذشته", "قدیم", "مهار", "سابق", "پیشین", "بیمه", "خسارت",
    "گزارش", "گواهی", "کارشناسی", "اگر", "مبادا",
)  # fmt: skip
"""With them something is told of that is over, or might be."""


def _spell(phrases: tuple[str, ...]) -> tuple[str, ...]:
    """Return phrases, those of Turkmen also without the marks of its letters, as most people type them."""
    marked = [phrase for phrase in phrases if not phrase.isascii() and not "آ" <= phrase[0] <= "ی"]
    decomposed = [normalize("NFD", phrase) for phrase in marked]
    return (*phrases, *("".join(letter for letter in one if not combining(letter)) for one in decomposed))


_NAME_PHRASES = Phrases({emergency: signs.event_names for emergency, signs in _SIGNS.items()})
_THING_PHRASES = Phrases({emergency: signs.things for emergency, signs in _SIGNS.items()})
_CLEAR_PHRASES = Phrases({emergency: _spell(signs.clear_phrases) for emergency, signs in _SIGNS.items()})
_SIGN_PHRASES = Phrases(
    {
        True: [
            sign
            for signs in _SIGNS.values()
            for sign in (*signs.event_names, *signs.things, *_spell(signs.clear_phrases))
        ]
    }
)
"""Without any of them nothing is told of."""
_EVENTS = {emergency: Phrases({True: _spell(signs.events)}) for emergency, signs in _SIGNS.items()}


@lru_cache(maxsize=64)
def find_emergency(text: str) -> Emergency | None:
    """Return what a message says is happening right now; None where it says nothing of the kind."""
    stream = TokenStream(text)
    if not any(_SIGN_PHRASES.find_in(stream)):
        return None
    message_words = [stream.raw_at(index) for index in range(len(stream)) if not stream.is_mark_at(index)]
    if not message_words or not _OVER_WORDS.isdisjoint(message_words):
        return None
    denied = {negation.start for negation in find_negations(stream)}
    return _find_event(stream, denied) or _find_bare_name(stream)


def _find_event(stream: TokenStream, denied: set[int]) -> Emergency | None:
    for index in range(len(stream)):
        clear = _CLEAR_PHRASES.match_at(stream, index)
        if clear and _is_asserted(stream, denied, index, clear[1]):
            return clear[0]
        for phrases in (_NAME_PHRASES, _THING_PHRASES):
            found = phrases.match_at(stream, index)
            if not found or _is_name_of_other(stream, index, found[1]):
                continue
            if phrases is _THING_PHRASES and _is_place_name(stream, index, *found):
                continue
            is_cried = phrases is _NAME_PHRASES and any(stream.raw_at(place) in _CRIES for place in range(len(stream)))
            if is_cried or _has_event(stream, denied, *found):
                return found[0]
    return None


def _is_asserted(stream: TokenStream, denied: set[int], start: int, end: int) -> bool:
    """Return whether a phrase is no part of a name, and is not denied."""
    return not _is_name_of_other(stream, start, end) and denied.isdisjoint(range(start, end + _WINDOW))


def _has_event(stream: TokenStream, denied: set[int], emergency: Emergency, end: int) -> bool:
    """Return whether something happens to what is named before `end`, and nothing before that is denied."""
    for index in range(end, min(end + _WINDOW, len(stream))):
        if index in denied:
            return False
        if _EVENTS[emergency].match_at(stream, index):
            return True
    return False


def _is_name_of_other(stream: TokenStream, start: int, end: int) -> bool:
    return bool({stream.raw_at(start - 1), stream.raw_at(end)} & _OF_NAMES)


def _is_place_name(stream: TokenStream, start: int, emergency: Emergency, end: int) -> bool:
    """Return whether a place has its name from a thing; the thing of a place is none («سیم برق کوچه افتاده»)."""
    if emergency not in _NAMING_PLACES or stream.raw_at(start - 1) not in _PLACES:
        return False
    return _EVENTS[emergency].match_at(stream, end) is None


def _find_bare_name(stream: TokenStream) -> Emergency | None:
    """Return the emergency whose name is all that is said, but for calls for help."""
    found: Emergency | None = None
    index = 0
    while index < len(stream):
        match = _NAME_PHRASES.match_at(stream, index)
        if match and _is_name_of_other(stream, index, match[1]):
            return None
        if match:
            found, index = match
        elif stream.is_mark_at(index) or stream.raw_at(index) in _HELP_WORDS | COURTESY_WORDS:
            index += 1
        else:
            return None
    return found
