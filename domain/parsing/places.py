"""Words of addresses: after them a number, a date or a weekday is a name («کوچه ۴», «خیابان ۲۲ بهمن», «شنبه‌بازار»)."""

from domain.parsing.tokens import Stream, keys

_NUMBERED = keys(
    "کوچه", "ک", "پلاک", "پ", "واحد", "طبقه", "فاز", "بلوک", "بلاک", "قطعه", "منطقه", "ناحیه", "شماره", "بست", "بنبست",
    "غرفه", "کیلومتر", "کیلومتری", "alley", "no", "plaque", "unit", "km",
)  # fmt: skip
_ROADS = keys(
    "خیابان", "خیابون", "خ", "بلوار", "میدان", "میدون", "فلکه", "شهرک", "کوی", "محله", "چهارراه", "سهراه", "تقاطع",
    "نبش",
    "بزرگراه", "اتوبان", "پل", "روستای", "street", "st", "square", "boulevard",
)  # fmt: skip
_BUILDINGS = keys(
    "پارک", "بوستان", "مسجد", "حسینیه", "مدرسه", "دبیرستان", "دبستان", "بیمارستان", "درمانگاه", "ورزشگاه", "استادیوم",
    "سالن", "مجتمع", "پادگان", "شهدای", "روبروی", "روبهروی", "مقابل", "جنب", "پشت", "بین", "کنار", "نزدیک", "انتهای",
    "ابتدای",
)  # fmt: skip
_BESIDE = keys("روبروی", "روبرو", "روبهروی", "مقابل", "جنب", "پشت", "کنار", "نزدیک", "بین", "انتهای", "ابتدای")
_TRADES = keys(
    "کارگاه", "تعمیرگاه", "مکانیکی", "شرکت", "فروشگاه", "مغازه", "نمایشگاه", "پارکینگ", "گاراژ", "انبار", "دفتر",
    "ایستگاه", "کارخانه", "تعاونی",
)  # fmt: skip
_ADDRESSES = _NUMBERED | _ROADS | _BUILDINGS | _BESIDE | keys(
    "جاده", "پارک", "محل", "محدوده", "زمین", "باغ", "مزرعه", "روستا", "شهر", "بندر", "ساحل", "حیاط",
    "جلو", "جلوی", "سر", "ته", "بالای", "پایین", "اول", "آخر", "کمربندی", "گمیشان", "road", "avenue",
)  # fmt: skip
_BEFORE_EVENING = keys("ولی", "امام", "نماز", "اذان", "خیابان", "خ", "مسجد", "میدان", "شهرک", "کوی", "حضرت")
_COLONS = keys("-", ":", "شماره")
_MARKETS = keys("بازار", "بازارچه")
_MOSQUES = keys("مسجد", "بازار")


def _before(stream: Stream, at: int) -> str:
    """Return the token before a place, over a dash or colon («پلاک: ۱۲»)."""
    at -= 1
    while at > 0 and stream.raw(at) in _COLONS and stream.raw(at - 1) in _NUMBERED:
        at -= 1
    return stream.raw(at)


def numbers_a_place(stream: Stream, at: int) -> bool:
    """Tell whether the number at a place is part of an address («پلاک ۱۲»)."""
    return _before(stream, at) in _NUMBERED


def numbers_a_road(stream: Stream, at: int) -> bool:
    """Tell whether the number at a place may be a road's name («میدان ۷», «کوچه ۷»)."""
    return _before(stream, at) in _NUMBERED | _ROADS


def dates_a_place(stream: Stream, at: int, *, remembered: bool) -> bool:
    """Tell whether a day of a month names a street, or what stands in it when the day is one of remembrance."""
    before = _before(stream, at)
    return before in _NUMBERED | _ROADS or (remembered and before in _BUILDINGS)


def trade_of_a_place(stream: Stream, at: int) -> bool:
    """Tell whether a word names what stands beside the place of work: «جنب جرثقیل», «روبروی کارگاه جرثقیل»."""
    return stream.raw(at - (stream.raw(at - 1) in _TRADES) - 1) in _BESIDE


def weekday_of_a_place(stream: Stream, start: int, end: int) -> bool:
    """Tell whether a weekday names a market or mosque («شنبه‌بازار», «مسجد جمعه»)."""
    return stream.raw(start - 1) in _MOSQUES or stream.raw(end) in _MARKETS


def evening_of_a_name(stream: Stream, at: int) -> bool:
    """Tell whether a part of the day belongs to a name: «ولی‌عصر», «امام عصر»."""
    return stream.raw(at - 1) in _BEFORE_EVENING


def says_address(text: str) -> bool:
    """Tell whether a text holds a word of addresses."""
    stream = Stream(text)
    return any(stream.raw(at) in _ADDRESSES for at in range(len(stream)))
