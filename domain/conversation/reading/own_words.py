"""Whether a text of the writer's own says plainly what its writer wants now: one judgement for everything that keeps
such a text (a complaint, praise, a comment, a call, the reason of a leave).

What it tells of others may be anything, so no list of what is harmless can be given. It is not plain where it denies,
asks, tells of what its writer did already, jokes, takes something back, only supposes, or brings the wish of somebody
else: then it is shown, and asked about once.
"""

from itertools import pairwise

from domain.parsing.negation import Negation, NegationKind, find_negations
from domain.parsing.tokens import Phrases, TokenStream, keys_of

_QUESTION_WORDS = keys_of(
    "آیا", "چطور", "چطوری", "چگونه", "چجوری", "میشه", "میشود", "ممکنه", "چرا", "کی", "چه", "چی", "چیه", "چیست", "کجا",
    "کجاست", "چقدر", "چقدره", "چنده", "کدوم", "کدام", "چیکار", "aya", "chetor", "chera", "kojast", "how", "why", "when",
)  # fmt: skip
_OF_ALL_OR_NONE = keys_of("هر", "هیچ", "har", "hich")
_SUPPOSING_WORDS = keys_of(
    "اگر", "اگه", "شاید", "چنانچه", "مگه", "مگر", "مثلا", "مثلن", "فرض", "فرضا", "احتمالا", "agar",
    "age", "shayad", "if", "maybe",
)  # fmt: skip
_JOKING_WORDS = keys_of(
    "شوخی", "شوخیه", "شوخیدم", "جوک", "سرکاری", "سرکاریه", "تست", "تستی", "امتحانی", "آزمایشی", "خخ", "خخخ", "خخخخ",
    "هه", "هها", "ههه", "هههه", "ههههه", "lol", "shookhi", "shukhi", "test", "joke", "الکی", "الکیه", "طنز", "کنایه",
)  # fmt: skip
_JOKING_SIGNS = frozenset("😂🤣😅😆😏🙃😜😝😛😉🤪😹🤡🙄")
_JOKING_FACES = (":))", ";)", ":D", "=))", "xD", ":P", ":-P")
_TAKING_BACK: Phrases[bool] = Phrases(
    {
        True: (
            "پس میگیرم", "پس میگیرمش", "پس میگیریم", "پسش میگیرم", "پس گرفتم", "پسش گرفتم", "پس گرفتیم", "پس بگیرم",
            "پسش بگیرم", "پس بگیریم", "پس میخوام بگیرم", "پس گرفته شد", "صرف نظر", "صرفنظر", "منصرف", "منصرفم",
            "pas migiram", "pas gereftam", "pas begiram", "monsaref",
        )
    }
)  # fmt: skip
_REGRETTING_WORDS = keys_of(
    "پشیمان", "پشیمون", "پشیمانم", "پشیمونم", "لغو", "کنسل", "باطل", "حذف", "انصراف", "بیخیال", "ولش", "اشتباه",
    "اشتباهی", "اشتباها", "دروغه", "دروغی", "فراموش", "نادیده",
    "آشتی", "بخشیدم", "بخشیدمش", "بخشیدیمش", "ýalan",
    "yalan", "سوءتفاهم", "سوتفاهم", "laghv", "kansel", "cancel", "eshtebah", "bikhial",
)  # fmt: skip
_PAST_DEEDS = keys_of(
    "کردم", "کردیم", "کردهام", "کردهایم", "گرفتم", "گرفتیم", "دادم", "دادیم", "زدم", "زدیم", "فرستادم", "فرستادیم",
    "نوشتم", "نوشتیم", "رفتم", "رفتیم", "گذاشتم", "کشیدم", "kardam", "gereftam", "dadam", "zadam", "ferestadam",
    "raftam",
)  # fmt: skip
"""What the writer did already: «شکایت کردم», «مرخصی گرفتم», «زنگ زدم»."""
_OTHERS_DEEDS = keys_of(
    "کرد", "کرده", "کردن", "کردند", "شد", "شده", "شدن", "رفت", "رفته", "رفتن", "گرفت", "گرفته", "گرفتن", "داد", "دادن",
    "برگشت", "برگشته", "اومد", "آمد", "بود", "بودم", "شدم", "برگشتم", "kard", "shod", "raft", "bood", "gereft",
)  # fmt: skip
"""Pasts that a story about others is made of, and that the reason of what is wanted from now on is not."""
_WANTING_OF_OTHERS = keys_of(
    "میخواد", "میخاد", "میخواهد", "میخوان", "میخواهند", "میخاهد", "خواسته", "خواستن", "خواستند", "خواست", "mikhad",
    "mikhan",
)  # fmt: skip
_SOMEBODY = keys_of(
    "همسایه", "همسایهام", "همسایم", "همسایمون", "پسرم", "دخترم", "خانمم", "شوهرم", "همسرم", "زنم", "پدرم", "مادرم",
    "بابام", "مامانم", "برادرم", "داداشم", "خواهرم", "دوستم", "رفیقم", "همکارم", "عموم", "داییم", "خالم", "عمم",
    "فامیلمون", "یکی", "مردم", "پسرعموم", "دامادم", "عروسم", "pesaram", "dokhtaram", "hamsayam", "doostam", "baradaram",
)  # fmt: skip
_SAYING = keys_of(
    "گفت", "گفته", "گفتن", "گفتند", "میگه", "میگن", "میگوید", "داره", "دارد", "دارن", "دارند", "اینه", "شاکیه", "شاکی",
    "goft", "mige", "dare",
)  # fmt: skip
_SETTLED: Phrases[bool] = Phrases(
    {
        True: (
            "کار کرد", "کار میکنه", "درست شد", "حل شد", "حل شده", "برطرف شد", "رفع شد", "پیدا شد", "انجام شد",
            "تموم شد", "تمام شد", "ختم شد", "معذرت خواهی کرد", "معذرت خواست", "عذرخواهی کرد", "عذر خواست", "پسش داد",
            "حق داشت", "دروغ بود", "دروغ گفتم", "عوض شد", "پاک کنید", "پاک کنین", "پاکش کنید", "پاک شود",
            "kar kard", "dorost shod", "hal shod",
        )
    }
)  # fmt: skip
"""What tells that the matter is over, or was none."""
_INSTEAD: Phrases[bool] = Phrases(
    {
        True: (
            "از طرف",
            "به جای",
            "به نیابت",
            "به اسم",
            "به خواهش",
            "به خواست",
            "سفارش",
            "az taraf",
            "be jaye",
        )
    }
)
_PRAISING_IDIOMS: Phrases[bool] = Phrases(
    {
        True: (
            "درد نکنه", "درد نکند", "درد نکنن", "حرف نداره", "حرف ندارد", "حرف نداشت", "نظیر نداره", "نظیر ندارد",
            "لنگه نداره", "مثل نداره", "مانند نداره", "dard nakone", "harf nadare",
        )
    }
)  # fmt: skip
_REACH_OF_PERSON = 5
_TO_WORDS, _ANYBODY = keys_of("با", "به", "ba", "be"), keys_of("یکی", "مردم")
_FEWEST_NUMBER_DIGITS = 10


def takes_back(stream: TokenStream) -> bool:
    """Return whether a text takes back what its writer sent («شکایتم را پس می‌گیرم»)."""
    return any(_TAKING_BACK.find_in(stream))


def is_plain_statement(stream: TokenStream, *, tells_story: bool = True, may_lack: bool = False) -> bool:
    """Return whether a text is a plain statement of its writer's own present wish.

    A text that `tells_story` says what others did; the reason of a wish does not. Where it `may_lack` something, what
    is not, or is not known, is why it is wanted («بلد نیستم، زنگ بزنید»).
    """
    word_keys = _list_words(stream)
    doubtful_words = (
        _QUESTION_WORDS | _SUPPOSING_WORDS | _JOKING_WORDS | _REGRETTING_WORDS | _PAST_DEEDS | frozenset("?؟")
    )
    if not doubtful_words.isdisjoint(word_keys) or (not tells_story and not _OTHERS_DEEDS.isdisjoint(word_keys)):
        return False
    is_doubted = any(any(phrases.find_in(stream)) for phrases in (_TAKING_BACK, _SETTLED, _INSTEAD))
    is_for_another = _speaks_for_another(word_keys) or (may_lack and _calls_another(word_keys))
    if is_doubted or is_for_another or _jokes(stream.text):
        return False
    return not any(_denies(stream, negation, may_lack=may_lack) for negation in find_negations(stream))


def _list_words(stream: TokenStream) -> list[str]:
    """Return the words of a text; «هر کدام», «هیچ کی» and the like ask nothing and are left out."""
    raw_words = [stream.raw_at(index) for index in range(len(stream))]
    return [word for before, word in zip(["", *raw_words], raw_words, strict=False) if before not in _OF_ALL_OR_NONE]


def _jokes(text: str) -> bool:
    return not _JOKING_SIGNS.isdisjoint(text) or any(face in text for face in _JOKING_FACES)


def _speaks_for_another(word_keys: list[str]) -> bool:
    """Return whether others want it («همسایه‌ام می‌خواد شکایت کنه», «بابام گفته»); not what a driver says in a story."""
    if not _WANTING_OF_OTHERS.isdisjoint(word_keys):
        return True
    persons = [place for place, word in enumerate(word_keys) if word in _SOMEBODY]
    return any(not _SAYING.isdisjoint(word_keys[place : place + _REACH_OF_PERSON]) for place in persons)


def _calls_another(word_keys: list[str]) -> bool:
    """Return whether somebody else is to be called («با پسرم تماس بگیرید»), and no number of theirs is said."""
    has_number = any(word.isdecimal() and len(word) >= _FEWEST_NUMBER_DIGITS for word in word_keys)
    pairs = pairwise(word_keys)
    return not has_number and any(word in _TO_WORDS and after in _SOMEBODY - _ANYBODY for word, after in pairs)


def _denies(stream: TokenStream, negation: Negation, *, may_lack: bool) -> bool:
    is_idiom = any(end == negation.end for _, _, end in _PRAISING_IDIOMS.find_in(stream))
    return not (is_idiom or (may_lack and (negation.is_lacking or negation.kind is NegationKind.FACT)))
