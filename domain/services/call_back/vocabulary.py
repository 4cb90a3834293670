"""The words by which somebody asks to be called, or to talk to a person; whatever else is said is what it is about."""

from domain.language.intents import Intent, Topic, combine_words
from domain.parsing.identifiers import find_number_tokens
from domain.parsing.slots import MessageReader
from domain.parsing.tokens import TokenStream, keys_of
from domain.values.errors import InvalidField
from domain.values.identifiers import display_mobile, parse_mobile

_CALL_WORDS = (
    "بگیرید", "بگیرین", "بگیرند", "بگیرن", "بگیره", "حاصل فرمایید", "حاصل کنید", "تلفنی بگیرید",
)  # fmt: skip
_RING_WORDS = ("بزنید", "بزنین", "بزنه", "بزنند", "بزنن")
_TALK_WORDS = ("حرف بزنم", "حرف بزنیم", "حرف میخوام بزنم", "صحبت کنم", "صحبت کنیم", "صحبت بکنم", "صحبت داشته باشم")

_OFFICIALS = (
    "رئیس", "رییس", "شهردار", "مسئول", "مسوول", "مسئولش", "مدیر", "معاون", "آقای شهردار", "یه نفر", "یکی", "کارشناس",
)  # fmt: skip
_ASKING_WORDS = keys_of(
    "یکی", "نفر", "نفری", "کسی", "آدم", "آدمی", "انسان", "اپراتور", "اپراتوری", "مسئول", "مسئولی", "مسئولش", "مسئولتون",
    "مسئولین", "مسئولان", "همکار", "همکارا", "همکاری", "همکارتون", "همکاراتون", "همکارهاتون", "همکارانتون", "کارشناسا",
    "کارشناسان", "کارمند", "پشتیبان", "پشتیبانی", "واقعی", "از", "به", "با", "ba", "ما", "ماها", "من", "این", "همین",
    "شماره", "شمارم", "خط", "تلفنی", "حضوری", "صحبت", "حرف", "کنیم", "بزنم", "بزنیم", "توضیح", "بدم", "بگید", "بگین",
    "بگو", "خودتون", "خودتان", "خودش", "شما", "شماها", "اینجانب", "باهام", "باهامون", "بهم", "بهمون", "میشه", "میتونم",
    "تو", "خواهشا", "خواهشن", "التماس", "کار", "کارتون", "کارت", "فقط", "حتما", "فوری", "سریع", "زود", "زودتر",
    "اگر", "امکانش", "هست", "داره", "که", "تا", "هم", "داشتم", "یا", "ok",
)  # fmt: skip


_TELEPHONE_DIGITS = 11
"""Of a telephone with its area code (017…)."""


def take_mobile_to_call(reader: MessageReader) -> None:
    """Take the mobile to be called, wherever it is, into what the call is about; else the sender's is called."""
    for digits, start, end in find_number_tokens(reader.stream):
        if number := _read_number(digits):
            reader.slots["about"] = number
            reader.stream.take(start, end)
            return


def find_number_to_call(text: str) -> str:
    """Return the first mobile or telephone of a text, as people write it; empty where there is none."""
    numbers = (_read_number(digits) for digits, _, _ in find_number_tokens(TokenStream(text)))
    return next(filter(None, numbers), "")


def _read_number(digits: str) -> str:
    try:
        return display_mobile(parse_mobile(digits))
    except InvalidField:
        is_telephone = len(digits) == _TELEPHONE_DIGITS and digits.startswith("0")
        return digits if is_telephone else ""


CALL_BACK_INTENT = Intent(
    "call_back",
    (
        *combine_words(("تماس", "با من تماس", "باهام تماس", "با ما تماس", "با بنده تماس"), _CALL_WORDS),
        *combine_words(("درخواست تماس",), ("دارم", "داریم", "داشتم", "میکنم", "ثبت کنید", "ثبت کنم")),
        *combine_words(combine_words(("با",), _OFFICIALS), ("کار دارم", "کار داشتم", "کار داریم", "حرف دارم")),
        *combine_words(("زنگ", "زنگم", "تلفن", "بهم زنگ", "به من زنگ", "یه زنگ", "یک زنگ"), _RING_WORDS), *_TALK_WORDS,
        *combine_words(("اپراتور", "آدم واقعی", "یک نفر پاسخگو"), ("میخواهم", "می خوام", "لازم دارم", "باشه")),
        "تلفن کنید", "تماس تلفنی", "وصل کنید به", "وصل کن به", "وصل کنین به", "وصلم کنید", "وصلم کنین", "وصلم کن",
        "call back", "callback", "zang bezanid", "zang bezanin", "tamas begirid",
        "tamas begirin",
        "talk to someone", "talk to somebody", "talk to a human", "speak to someone",
    ),
    slot_readers=(take_mobile_to_call,),
    rest_slot="about",
    weak_words=("درخواست تماس", "تماس", "زنگ", "پشتیبان", "پشتیبانی", "اپراتور", "operator", "tamas", "zang"),
    topic=Topic("call_back"),
    is_complete=True,
    is_form=True,
    is_called_in_sentence=True,
    asks_for_person=True,
    empty_words=_ASKING_WORDS,
    refusing_words=(
        *combine_words(("تماس",), ("نگیرید", "نگیرین", "نگیر", "لازم نیست", "نمیخوام", "نمی خواهم")),
        *combine_words(("زنگ",), ("نزنید", "نزنین", "نزن", "لازم نیست", "نمیخوام")),
        "tamas nagirid", "zang nazanid", "dont call",
    ),
)  # fmt: skip
