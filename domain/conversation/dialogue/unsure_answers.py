"""Answers of somebody who does not know, or does not mind: «نمی‌دانم», «هر وقت شد», «شاید یک روز»."""

from domain.language.intents import combine_words
from domain.parsing.filler_words import COURTESY_WORDS
from domain.parsing.tokens import Phrases, TokenStream, key_of, keys_of

_UNSURE_PHRASES = (
    "نمیدانم", "نمیدونم", "نمدونم", "نمیدانیم", "نمیدونیم", "ندانم", "نمیدونم والا", "یادم نیست", "یادم نمیاد",
    "یادم رفته", "خبر ندارم", "اطلاع ندارم", "اطلاعی ندارم", "مطمئن نیستم", "مطمعن نیستم", "معلوم نیست",
    "مشخص نیست", "بلد نیستم", "سر در نمیارم", "هر وقت", "هروقت", "هر زمان", "هر موقع", "هر روز", "هر روزی",
    "هر ساعت", "هر ساعتی", "هر چی", "هرچی", "هر چه", "هر چقدر", "هرچقدر", "هرچند", "هر چند", "هر کدام", "هر کدوم",
    "هرکدوم", "هر جور", "هر جوری", "فرقی نمیکند", "فرقی نمیکنه", "فرق نمیکنه", "فرق نمیکند", "فرقی نداره",
    "فرقی ندارد", "فرق نداره", "فرق ندارد", "مهم نیست", "بستگی داره", "بستگی دارد", "تخمین", "برآورد",
    "برآورد کنید", "برآورد کارشناس", "نظر کارشناس", "با کارشناس", "با خودتون", "با خودتان", "با شما",
    "به عهده شما", "خودتون ببینید", "خودتان ببینید", "خودتون بگید", "خودتان بگویید", "شما بگید", "شما بگویید",
    "کارشناس بگه", "کارشناس بگوید", "کارشناس ببینه", "کارشناس ببیند", "کارشناس بیاد ببینه", "نمیشه گفت",
    "نمیتونم بگم", "نمیتوانم بگویم", "چه میدونم", "چمیدونم", "چه میدانم", "nemidanam", "بستگی", "چه بدونم",
    "چه بدانم", "مهم نیس", "نظری ندارم", "در اسرع وقت", "هر چه زودتر", "هرچه زودتر", "زودترین", "نظر بده",
    "نظر بدید", "نظر بدهید", "nemidunam", "nemidonam", "nemidoonam", "nmidonam", "har vaght", "har vaghti",
    "farghi nemikone", "farghi nadare", "fargh nadare", "har chi", "dont know", "idk", "no idea",
)  # fmt: skip
_LACKED_NAMES = (
    "کد", "کدش", "کدشو", "کد نوسازی", "کد پستی", "کدپستی", "کد ملی", "کدملی", "کد تاکسی", "پلاک", "پلاکش", "پلاک تاکسی",
)  # fmt: skip
_LACKED_PHRASES = combine_words(
    _LACKED_NAMES,
    ("ندارم", "را ندارم", "رو ندارم", "نداریم", "ندیدم", "را ندیدم", "رو ندیدم", "یادم نیست", "یادم رفت", "نمیدانم",
     "نمیدونم", "رو نمیدونم", "را نمیدانم", "بلد نیستم", "رو بلد نیستم", "را بلد نیستم"),
)  # fmt: skip
"""What says, where a code is asked, that there is none at hand: it asks for no list of requests."""

_HEDGE_PHRASES = (
    "شاید", "احتمالا", "گمونم", "گمانم", "فکر کنم", "فکر میکنم", "فک کنم", "بنظرم", "به نظرم", "تقریبا", "shayad",
    "fekr konam", "ehtemalan", "maybe",
)  # fmt: skip
_AROUND_WORDS = COURTESY_WORDS | keys_of(
    "شد", "بشه", "بشود", "شود", "شه", "باشه", "باشد", "بود", "تونستید", "تونستین", "توانستید", "خواستید",
    "خواستین", "خودتون", "خودتان", "شما", "صلاح", "دونستید", "میدونید", "میدانید", "دقیق", "دقیقا", "دقیقشو",
    "درست", "والا", "والله", "حقیقتش", "که", "راستش", "هنوز", "الان", "فعلا", "هم", "چند", "چقدر", "چقد", "چه",
    "کی", "کدوم", "کدام", "ساعت", "ساعته", "روز", "روزی", "طول", "میکشه", "میکشد", "کار", "لازمه", "است", "هست",
    "راحتید", "راحتین", "راحت", "ترید", "ترین", "زودتر", "بهتر", "بهتره", "آزاد", "خالی", "وقت", "داشتید",
    "داشتین", "دارید", "دارین", "ماشین", "بیاد", "بیاید", "بیایید", "اومد", "آمد", "کنید", "کنین", "کارشناس",
    "ببینه", "بگه", "بگید", "برام", "برای", "من", "می", "دونم", "اون", "این", "رو", "را", "shod", "bashe", "حالا",
    "دیگه", "دیگر", "واسم", "واسه", "نه", "امکان", "امکانش", "ممکن", "ممکنه", "پیش", "جور", "اومدید", "اومدین",
    "،", ",", ".", "!", "؟", "?", "…", "-",
)  # fmt: skip
_PHRASES: Phrases[bool] = Phrases({True: dict.fromkeys((*_UNSURE_PHRASES, *_LACKED_PHRASES)), False: _HEDGE_PHRASES})


def is_unsure(text: str) -> bool:
    """Return whether a text says nothing but that its writer does not know, or that it is all the same."""
    stream = TokenStream(text)
    is_stated = False
    index = 0
    while index < len(stream):
        match = _PHRASES.match_at(stream, index)
        if match:
            is_stated = is_stated or match[0]
        elif stream.raw_at(index) not in _AROUND_WORDS:
            return False
        index = match[1] if match else index + 1
    return is_stated


def without_doubt(text: str) -> str | None:
    """Return what a text says beside its «شاید», «هر وقت شد», empty where it says no more; None where it has none."""
    stream = TokenStream(text)
    remaining_words: list[str] = []
    is_doubtful = is_unknown = False
    index = 0
    while index < len(stream):
        match = _PHRASES.match_at(stream, index)
        if match:
            is_doubtful, is_unknown = True, is_unknown or match[0]
        else:
            remaining_words.append(stream.source_text(index, index + 1))
        index = match[1] if match else index + 1
    if not is_doubtful:
        return None
    content_words = [word for word in remaining_words if not (is_unknown and key_of(word) in _AROUND_WORDS)]
    return " ".join(content_words)
