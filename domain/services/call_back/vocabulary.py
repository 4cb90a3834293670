"""The words by which somebody asks to be called, or to talk to a person; whatever else is said is what it is about."""

from domain.language.intents import Intent, Topic, combine_words

_CALL_WORDS = (
    "بگیرید", "بگیرین", "بگیرند", "بگیرن", "بگیره", "حاصل فرمایید", "حاصل کنید", "تلفنی بگیرید",
)  # fmt: skip
_RING_WORDS = ("بزنید", "بزنین", "بزنه", "بزنند", "بزنن")
_TALK_WORDS = ("حرف بزنم", "حرف بزنیم", "حرف میخوام بزنم", "صحبت کنم", "صحبت کنیم", "صحبت بکنم", "صحبت داشته باشم")

_OFFICIALS = (
    "رئیس",
    "رییس",
    "شهردار",
    "مسئول",
    "مسوول",
    "مسئولش",
    "مدیر",
    "معاون",
    "آقای شهردار",
    "یه نفر",
    "یکی",
    "کارشناس",
)

CALL_BACK_INTENT = Intent(
    "call_back",
    (
        *combine_words(("تماس", "با من تماس", "باهام تماس", "با ما تماس", "با بنده تماس"), _CALL_WORDS),
        *combine_words(("درخواست تماس",), ("دارم", "داریم", "داشتم", "میکنم", "ثبت کنید", "ثبت کنم")),
        *combine_words(combine_words(("با",), _OFFICIALS), ("کار دارم", "کار داشتم", "کار داریم", "حرف دارم")),
        *combine_words(("زنگ", "زنگم", "تلفن", "بهم زنگ", "به من زنگ", "یه زنگ", "یک زنگ"), _RING_WORDS), *_TALK_WORDS,
        "تلفن کنید", "تماس تلفنی", "وصل کنید به", "وصل کن به", "وصل کنین به", "وصلم کنید", "وصلم کنین", "وصلم کن",
        "call back", "callback", "zang bezanid", "zang bezanin", "tamas begirid",
        "tamas begirin",
        "talk to someone", "talk to somebody", "talk to a human", "speak to someone",
    ),
    rest_slot="about",
    weak_words=("درخواست تماس", "تماس", "زنگ", "پشتیبان", "پشتیبانی", "اپراتور", "operator", "tamas", "zang"),
    topic=Topic("call_back"),
    is_complete=True,
    is_form=True,
    is_called_in_sentence=True,
    asks_for_person=True,
    refusing_words=(
        *combine_words(("تماس",), ("نگیرید", "نگیرین", "نگیر", "لازم نیست", "نمیخوام", "نمی خواهم")),
        *combine_words(("زنگ",), ("نزنید", "نزنین", "نزن", "لازم نیست", "نمیخوام")),
        "tamas nagirid", "zang nazanid", "dont call",
    ),
)  # fmt: skip
