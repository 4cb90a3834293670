"""The words that ask for an expert opinion and its kinds, and what is read out of the rest of a message."""

from domain.language.intents import Intent, Topic, combine_words
from domain.parsing.identifiers import take_national_and_postal_codes, take_renovation_code
from domain.parsing.slots import MessageReader
from domain.parsing.spelling import Spelling
from domain.parsing.tokens import Phrases, keys_of

KIND_NAMES: dict[str, tuple[str, ...]] = {
    "valuation": (
        "ارزیابی", "ارزش گذاری", "ارزش گزاری", "ارزشیابی", "قیمت گذاری", "تعیین ارزش",
        "تعیین قیمت", "valuation", "appraisal", "evaluation", "arzyabi",
    ),
    "subdivision": (
        "تفکیک", "تفکیکی", "تقسیم کنم", "تقسیم کنیم", "تقسیم بشه", "تقسیم شود", "تقسیم کردن زمین", "دو تیکه کنم",
        "دو تیکه کنه", "دو قطعه کنم", "دو قطعه کنه", "تقسیم کنه",
        "افراز", "تفکيک", "تفکیگ", "تقسیم زمین", "تقسیم ملک", "subdivision", "division",
        "split", "tafkik",
    ),
    "building_permit": (
        "پروانه ساخت", "پروانه ساختمان", "پروانه ساختمانی", "پروانه ساز", "جواز ساخت", "جواز ساختمان", "جواز ساختمانی",
        "مجوز ساخت", "مجوز ساختمان", "مجوز ساختمانی", "صدور پروانه", "صدور پروانه ساخت", "صدور پروانه ساختمان",
        "صدور پروانه ساختمانی", "پروانه ساختمون", "جواز ساختمون", "javaz sakht", "javaze sakht", "parvane sakht",
        "صدور جواز", "building permit", "permit", "building",
        "parvane",
    ),
    "completion": (
        "پایان کار", "پایان کار ساختمانی", "گواهی پایان کار", "صدور پایان کار", "پایانکاری", "پایانکارشو",
        "پایان کارم", "پایان کارشو", "پایان کارمو", "پایان ساخت",
        "completion", "completion certificate", "certificate of completion", "final certificate", "payan kar",
    ),
    "boundary": (
        "تعیین حدود", "تعین حدود", "تعیین حد", "تحدید حدود", "حدود اربعه", "حد و حدود",
        "مرز زمین", "مرز ملک", "حد و مرز", "حد و مرز زمین", "حد و مرز ملک", "تعیین مرز",
        "تعیین بر و کف", "boundary", "boundaries", "hodud", "hodood",
    ),
    "tree_felling": (
        "قطع درخت", "قطع درختان", "قطع درختها", "قطع کردن درخت", "بریدن درخت", "درخت قطع کنم", "درخت قطع کنیم",
        "درخت را قطع کنم", "قطع اشجار", "قطع شجر", "tree felling",
        "felling",
        "tree cutting", "cut tree", "tree removal", "ghate derakht",
    ),
}  # fmt: skip
"""Kinds of expert opinion in words that mean nothing else wherever they are."""

KIND_NAMES_IN_SHORT: dict[str, tuple[str, ...]] = {
    "valuation": ("ارزش", "قیمت", "value"),
    "building_permit": ("پروانه", "جواز", "مجوز"),
    "completion": ("پایان", "پایانکار"),
    "boundary": ("حدود", "حد"),
    "tree_felling": ("درخت", "درختان", "درختا", "اشجار", "هرس درخت", "هرس درختان", "tree", "trees"),
    "other": ("سایر", "سایر موارد", "دیگر", "موارد دیگر", "متفرقه", "غیره", "others", "other", "sayer"),
}
"""Kinds in words that a description uses too: read as a kind only where a part of the message begins."""

_KIND_PHRASES = Phrases(KIND_NAMES)
_SHORT_KIND_PHRASES = Phrases(KIND_NAMES_IN_SHORT)
_KIND_SPELLING = Spelling(_KIND_PHRASES.values_by_phrase)
_KIND_LEAD_WORDS = keys_of(
    "نوع", "جهت", "برای", "بابت", "میخواهم", "لازم", "دارم", "یک", "را", "کنید", "برایم", "kind", ":"
)


def take_kind(reader: MessageReader) -> None:
    """Take the first kind; a kind named in the midst of a description stays in it too."""
    stream = reader.stream
    for phrases in (_KIND_PHRASES, _SHORT_KIND_PHRASES):  # «مجوز قطع درخت» is about the tree
        for index in stream.free_indexes():
            begins_part = stream.begins_part(stream.skip_back(index, _KIND_LEAD_WORDS))
            kind_match = phrases.match_at(stream, index)
            if not kind_match or not (begins_part or phrases is _KIND_PHRASES):
                continue
            reader.slots["kind"] = kind_match[0]
            if begins_part:
                stream.take(stream.skip_back(index, _KIND_LEAD_WORDS), kind_match[1])
            return
    _take_misspelt_kind(reader)


def _take_misspelt_kind(reader: MessageReader) -> None:
    """Take a misspelt kind where a part of the message begins."""
    stream = reader.stream
    for index in stream.free_indexes():
        if not stream.begins_part(index):
            continue
        for end in (index + 1, index + 2):
            near_kinds = _KIND_SPELLING.find_near("".join(stream.key_at(place) for place in range(index, end)))
            if near_kinds and near_kinds[0][0] <= 1:
                reader.slots["kind"] = _KIND_PHRASES.values_by_phrase[near_kinds[0][1]]
                stream.take(index, end)
                return


EXPERT_INTENT = Intent(
    "expert",
    (
        "کارشناسی",
        "حق کارشناسی",
        "درخواست کارشناسی",
        *combine_words(
            ("نظر کارشناس", "نظر کارشناسی", "یه نظر کارشناس", "یه نظر کارشناسی", "یک نظر کارشناسی"),
            (
                "برای",
                "برا",
                "واسه",
                "میخوام",
                "می خوام",
                "میخواهم",
                "می خواهم",
                "میخواستم",
                "لازم دارم",
                "لازمه",
                "نیاز دارم",
                "بگیرم",
                "بدید",
                "بدهید",
            ),
        ),
        "expert",
        "expert opinion",
        "karshenasi",
        "haghe karshenasi",
        "hagh karshenasi",
    ),
    slot_readers=(take_renovation_code, take_national_and_postal_codes, take_kind),
    rest_slot="text",
    describes_thing=True,
    required_slots=("kind", "national_code", "postal_code", "text"),
    alternatives={"postal_code": ("renovation_code",)},
    price_readers={"kind": take_kind},
    hint_words=tuple(spelling for spellings in KIND_NAMES.values() for spelling in spellings),
    topic=Topic("expert", ("کارشناسی ها",)),
    is_form=True,
    field_words={
        "kind": ("نوع", "نوع کارشناسی", "kind"),
        "national_code": ("کد ملی", "کدملی", "شماره ملی"),
        "postal_code": ("کد پستی", "کدپستی", "کد نوسازی"),
        "address": ("آدرس", "نشانی", "محل", "address"),
        "text": ("متن", "شرح", "توضیح", "توضیحات", "موضوع", "text"),
    },
)
