"""Intents: which words call them and what they take. Those that belong to no service are here; services declare theirs.

Words are matched in any spelling and spacing (`tokens.Phrases`), and misspelt a little (`spelling`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from domain.language.intents import Intent
from domain.parsing.claimed_codes import take_claimed_code
from domain.parsing.identifiers import take_code, take_code_or_bill, take_score
from domain.parsing.language_names import take_language_name
from domain.parsing.slots import MessageReader
from domain.parsing.together import take_together
from domain.parsing.tokens import keys_of
from domain.parsing.topics import take_service, take_topic

MESSAGE_WORDS = keys_of(
    "پیام",
    "پیامی",
    "پیامک",
    "پیامها",
    "پیامهای",
    "تبلیغ",
    "تبلیغات",
    "تبلیغاتی",
    "یادآوری",
    "اساماس",
    "اس",
    "ام",
    "sms",
    "payam",
    "payamak",
)
"""Words of what «لغو ۱۱» stops."""

COMMAND_INTENTS: tuple[Intent, ...] = (
    Intent(
        "help",
        ("راهنما", "راهنمای", "راهنمایی", "راهنمائی", "راهنمایی کنید", "کمک", "کمکم کنید", "help", "rahnama", "komak"),
        slot_readers=(take_topic,),
        weak_words=("منو", "فهرست خدمات", "خدمات", "menu", "دستورات", "دستورها"),
        is_complete=True,
    ),
    Intent(
        "track",
        (
            "پیگیری", "رهگیری", "کد رهگیری", "کد پیگیری", "شماره پیگیری", "شماره رهگیری", "پیگیری درخواست",
            "رهگیری درخواست",
            "وضعیت", "وضعیت درخواست", "پیگیری کد", "track", "tracking", "status", "peygiri", "peigiri", "rahgiri",
            "vaziat",
        ),
        slot_readers=(take_code,),
        required_slots=("code",),
    ),
    Intent(
        "list",
        (
            "درخواستها", "درخواستهای من", "درخواستهایم", "درخواستهام", "درخواستهای بنده", "درخواست من", "درخواستهای",
            "list",
            "my requests", "requests", "darkhastha", "darkhasthaye man",
        ),
        weak_words=("لیست", "لیست درخواستها", "لیست درخواستهای من", "فهرست", "فهرست درخواستها", "فهرست درخواستهای من"),
        is_complete=True,
        is_strict=True,
    ),
    Intent(
        "pay",
        (
            "قبض", "غبض", "پرداخت", "پرداخت قبض", "قبض پرداخت", "پرداخت هزینه", "شناسه قبض", "pay", "bill", "payment",
            "pardakht",
            "ghabz",
        ),
        slot_readers=(take_code_or_bill, take_together),
        required_slots=("code",),
        alternatives={"code": ("bill_id", "together")},
    ),
    Intent(
        "authentic",
        (
            "اصالت", "اصالت دارد", "اصالت داره", "اصالت ندارد", "اصالت نداره", "اصالتش", "اصالت پیام", "اصالت پیامک",
            "اصالت قبض", "اصالت برگه", "اصالت نامه", "authentic", "authenticity", "esalat", "esalat darad",
        ),
        slot_readers=(take_claimed_code,),
        required_slots=("code",),
        weak_words=(
            "جعلی", "جعلی است", "جعلیه", "تقلبی", "تقلبیه", "قلابی", "قلابیه", "کلاهبرداری", "کلاهبرداریه", "واقعی است",
            "واقعیه", "معتبر است", "معتبره", "fake",
        ),
        is_called_anywhere=True,
    ),
    Intent(
        "tariff",
        ("تعرفه", "تعرفه های", "تعرفه ها", "تعرفه ی", "tariff", "tarefe", "tarafe"),
        slot_readers=(take_topic,),
        required_slots=("machine", "hours"),
        weak_words=("نرخ", "هزینه", "قیمت", "نرخ نامه", "price", "cost"),
    ),
    Intent(
        "cancel",
        ("لغو", "لقو", "لغو درخواست", "لغو کردن", "کنسل", "کنسل کردن", "cancel", "laghv", "laghve darkhast"),
        slot_readers=(take_code,),
        required_slots=("code",),
        weak_words=("ابطال", "حذف", "حذف درخواست"),
        is_complete=True,
        is_binding=True,
        doubtful_words=(
            "پشیمان شدم", "پشیمون شدم", "پشیمان شده ام", "پشیمون شدیم", "پشیمان شدیم", "پشیمانم", "پشیمونم",
            "از درخواستم پشیمان شدم", "pashiman shodam", "pashimun shodam", "pashimoon shodam",
        ),
    ),
    Intent(
        "reply",
        ("پاسخ", "پاسخ به", "reply", "answer", "pasokh"),
        slot_readers=(take_code,),
        rest_slot="text",
        required_slots=("code", "text"),
        weak_words=("جواب", "جواب به", "javab"),
        is_verbatim=True,
    ),
    Intent(
        "comment",
        ("نظر", "پیشنهاد", "نظرات", "پیشنهادات", "نظر من", "نظرم", "پیشنهادم", "پیشنهاد من",
         "پیشنهادهایم", "comment", "suggestion", "feedback", "nazar"),
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
        ("تایید", "تایید میکنم", "تاییده", "تایید است", "بله", "بلی", "yes", "confirm", "taeed", "tayid"),
        slot_readers=(take_code,),
        required_slots=("code",),
        weak_words=("موافقم", "قبول", "ok"),
        is_strict=True,
        is_binding=True,
        doubtful_words=("تایید شد",),
    ),
    Intent(
        "deny",
        ("رد", "رد میکنم", "رد است", "خیر", "no", "reject", "deny", "rad"),
        slot_readers=(take_code,),
        required_slots=("code",),
        weak_words=("مخالفم",),
        is_strict=True,
        is_binding=True,
        doubtful_words=("رد شد",),
    ),
    Intent(
        "exit",
        ("انصراف", "انصراف میدهم", "انصراف میدم", "exit", "quit", "enseraf"),
        weak_words=("خروج", "منصرف شدم", "بیخیال"),
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
        ("لغو 11", "لقو 11", "لغو یازده", "لقو یازده", "stop", "laghv 11", "laghve 11", "lagv 11", "laghv yazdah"),
        is_complete=True,
        is_strict=True,
        matter_words=MESSAGE_WORDS,
    ),
    Intent("opt_in", ("start",), is_complete=True, is_strict=True),
)  # fmt: skip
"""The intents that belong to no service."""


def list_command_intents(service_intents: Iterable[Intent]) -> tuple[Intent, ...]:
    """Return the intents that belong to no service; «تعرفه» takes what these services price, else the name of one."""
    price_readers = [reader for intent in service_intents for reader in intent.price_readers.items()]

    def take_priced_subject(reader: MessageReader) -> None:
        for slot, read_subject in price_readers:
            read_subject(reader)
            if slot in reader.slots:
                return
        take_topic(reader)

    alternatives = {"machine": (*dict(price_readers), "service")}
    return tuple(
        replace(intent, slot_readers=(take_priced_subject,), alternatives=alternatives)
        if intent.name == "tariff"
        else intent
        for intent in COMMAND_INTENTS
    )


LANGUAGE_INTENT = Intent(
    "language",
    ("زبان", "تغییر زبان", "language", "lang", "zaban"),
    slot_readers=(take_language_name,),
    is_complete=True,
)
"""Choosing the language of a line: known where there is more than one (`app/wiring.py`). What calls the other intents
in a further language belongs to their words, here and in the declarations of services.
"""

OPT_OUT_ENDING = "لغو۱۱"
"""Ends every text that «لغو۱۱» stops."""

BARE_NUMBERS: Mapping[str, str] = {"11": "opt_out", "12": "opt_in", "0": "help"}
"""Numbers that are a whole message of their own, outside of a question that asks for a number."""

WISH_WORDS = keys_of(
    "میخواهم", "میخوام", "میخام", "میخواستم", "میخاستم", "میخوایم", "میخایم", "میخواهیم", "میخواستیم", "می", "خواهم",
    "خوام", "خام", "خواستم", "خوایم", "خواهیم", "خواستیم", "لازم", "دارم", "داریم", "نیاز", "نیازمندم", "احتیاج",
    "لطفا", "لطفاً", "ممنون", "مرسی", "تشکر", "متشکرم", "سپاس", "سپاسگزارم", "سلام", "بفرستید", "بفرستین", "بفرست",
    "بدید", "بدین", "بدهید", "کنید", "کنین", "هستم", "باتشکر", "یا", "mikham", "mikhaham", "mikhastam", "lazem",
    "daram", "lotfan", "please", "thanks", "salam",
)  # fmt: skip
"""Words of wishing and thanking: at the edges of a place or a reason they are no part of it."""

FIELD_LABELS: tuple[str, ...] = (
    "محل", "محل کار", "مکان", "آدرس", "آدرس محل", "نشانی", "علت", "دلیل", "به علت", "به دلیل", "شرح", "توضیح",
    "توضیحات", "متن",
    "موضوع", "place", "address", "reason", "text", "description", "محل اجرا", "نوع ماشین", "نوع", "ماشین", "دستگاه",
    "مدت", "تاریخ",
)  # fmt: skip
"""Names of fields that some people write before a colon; with the colon they are no free text."""
