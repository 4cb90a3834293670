"""Intents: which words call them and what they take. Those that belong to no service are here; services declare theirs.

Words are matched in any spelling and spacing (`tokens.Phrases`), and misspelt a little (`spelling`).
"""

from collections.abc import Mapping

from domain.language.intents import Intent
from domain.parsing.identifiers import take_code, take_code_or_bill, take_score
from domain.parsing.kinds import take_kind, take_service, take_topic
from domain.parsing.machines import take_machine_and_hours
from domain.parsing.slots import MessageReader
from domain.parsing.tokens import keys


def _take_tariff_subject(reading: MessageReader) -> None:
    """Take machine and hours, or an expert kind when no machine is named."""
    take_machine_and_hours(reading)
    if "machine" not in reading.slots:
        take_kind(reading)


TEXTS_OF_OURS = keys(
    "پیام", "پیامی", "پیامک", "پیامها", "پیامهای", "تبلیغ", "تبلیغات", "تبلیغاتی", "یادآوری", "اساماس", "اس", "ام",
    "sms", "payam", "payamak",
)  # fmt: skip
"""Words of what «لغو ۱۱» stops."""

COMMANDS: tuple[Intent, ...] = (
    Intent(
        "help",
        ("راهنما", "راهنمای", "راهنمایی", "راهنمائی", "راهنمایی کنید", "کمک", "کمکم کنید", "help", "rahnama", "komak"),
        slots=(take_topic,),
        weak_words=("منو", "فهرست خدمات", "خدمات", "menu", "دستورات", "دستورها"),
        alone=True,
    ),
    Intent(
        "track",
        (
            "پیگیری", "رهگیری", "کد رهگیری", "کد پیگیری", "شماره پیگیری", "شماره رهگیری", "پیگیری درخواست",
            "رهگیری درخواست",
            "وضعیت", "وضعیت درخواست", "پیگیری کد", "track", "tracking", "status", "peygiri", "peigiri", "rahgiri",
            "vaziat",
        ),
        slots=(take_code,),
        required=("code",),
    ),
    Intent(
        "list",
        (
            "درخواستها", "درخواستهای من", "درخواستهایم", "درخواستهام", "درخواستهای بنده", "درخواست من", "درخواستهای",
            "list",
            "my requests", "requests", "darkhastha", "darkhasthaye man",
        ),
        weak_words=("لیست", "لیست درخواستها", "لیست درخواستهای من", "فهرست", "فهرست درخواستها", "فهرست درخواستهای من"),
        alone=True,
        strict=True,
    ),
    Intent(
        "pay",
        (
            "قبض", "غبض", "پرداخت", "پرداخت قبض", "قبض پرداخت", "پرداخت هزینه", "شناسه قبض", "pay", "bill", "payment",
            "pardakht",
            "ghabz",
        ),
        slots=(take_code_or_bill,),
        required=("code",),
        instead={"code": "bill_id"},
    ),
    Intent(
        "tariff",
        ("تعرفه", "تعرفه های", "تعرفه ها", "تعرفه ی", "tariff", "tarefe", "tarafe"),
        slots=(_take_tariff_subject,),
        required=("machine", "hours"),
        instead={"machine": "kind"},
        weak_words=("نرخ", "هزینه", "قیمت", "نرخ نامه", "price", "cost"),
    ),
    Intent(
        "cancel",
        ("لغو", "لقو", "لغو درخواست", "لغو کردن", "کنسل", "کنسل کردن", "cancel", "laghv", "laghve darkhast"),
        slots=(take_code,),
        required=("code",),
        weak_words=("ابطال", "حذف", "حذف درخواست"),
        alone=True,
        binding=True,
        doubtful_words=(
            "پشیمان شدم", "پشیمون شدم", "پشیمان شده ام", "پشیمون شدیم", "پشیمان شدیم", "پشیمانم", "پشیمونم",
            "از درخواستم پشیمان شدم", "pashiman shodam", "pashimun shodam", "pashimoon shodam",
        ),
    ),
    Intent(
        "reply",
        ("پاسخ", "پاسخ به", "reply", "answer", "pasokh"),
        slots=(take_code,),
        rest="text",
        required=("code", "text"),
        weak_words=("جواب", "جواب به", "javab"),
        verbatim=True,
    ),
    Intent(
        "comment",
        ("نظر", "پیشنهاد", "نظرات", "پیشنهادات", "نظر من", "نظرم", "پیشنهادم", "پیشنهاد من",
         "پیشنهادهایم", "comment", "suggestion", "feedback", "nazar"),
        slots=(take_code, take_service),
        rest="text",
        required=("code", "text"),
        instead={"code": "service"},
        weak_words=("انتقاد", "انتقادات"),
    ),
    Intent(
        "rate",
        ("امتیاز", "امتیاز به", "امتیاز دهی", "rate", "rating", "emtiaz", "emtiyaz"),
        slots=(take_code, take_score),
        rest="text",
        required=("code", "score"),
        weak_words=("نمره", "score"),
        form=True,
    ),
    Intent(
        "confirm",
        ("تایید", "تایید میکنم", "تاییده", "تایید است", "بله", "بلی", "yes", "confirm", "taeed", "tayid"),
        slots=(take_code,),
        required=("code",),
        weak_words=("موافقم", "قبول", "ok"),
        strict=True,
        binding=True,
        doubtful_words=("تایید شد",),
    ),
    Intent(
        "deny",
        ("رد", "رد میکنم", "رد است", "خیر", "no", "reject", "deny", "rad"),
        slots=(take_code,),
        required=("code",),
        weak_words=("مخالفم",),
        strict=True,
        binding=True,
        doubtful_words=("رد شد",),
    ),
    Intent(
        "exit",
        ("انصراف", "انصراف میدهم", "انصراف میدم", "exit", "quit", "enseraf"),
        weak_words=("خروج", "منصرف شدم", "بیخیال"),
        alone=True,
        strict=True,
    ),
    Intent(
        "back",
        ("قبلی", "مرحله قبل", "مرحله قبلی", "back", "previous", "ghabli"),
        weak_words=("برگشت", "بازگشت", "برگرد"),
        alone=True,
        strict=True,
    ),
    Intent(
        "opt_out",
        ("لغو 11", "لقو 11", "لغو یازده", "لقو یازده", "stop", "laghv 11", "laghve 11", "lagv 11", "laghv yazdah"),
        alone=True,
        strict=True,
        beside=TEXTS_OF_OURS,
    ),
    Intent("opt_in", ("start",), alone=True, strict=True),
)  # fmt: skip
"""The intents that belong to no service."""

BARE_NUMBERS: Mapping[str, str] = {"11": "opt_out", "12": "opt_in", "0": "help"}
"""Numbers that are a whole message of their own, outside of a question that asks for a number."""

SERVICE_WORDS: Mapping[str, tuple[str, ...]] = {
    "taxi": ("تاکسی", "تاکسیرانی", "تاکسی رانی", "سازمان تاکسیرانی", "تاکسی ها", "taxi", "taksi"),
    "machinery": ("ماشین آلات سنگین", "ماشین سنگین", "machinery", "machines"),
    "expert": ("کارشناسی ها",),
}
"""Names of services besides the keywords of their intents; a comment may begin with one."""


WISHES = keys(
    "میخواهم", "میخوام", "میخام", "میخواستم", "میخاستم", "میخوایم", "میخایم", "میخواهیم", "میخواستیم", "می", "خواهم",
    "خوام", "خام", "خواستم", "خوایم", "خواهیم", "خواستیم", "لازم", "دارم", "داریم", "نیاز", "نیازمندم", "احتیاج",
    "لطفا", "لطفاً", "ممنون", "مرسی", "تشکر", "متشکرم", "سپاس", "سپاسگزارم", "سلام", "بفرستید", "بفرستین", "بفرست",
    "بدید", "بدین", "بدهید", "کنید", "کنین", "هستم", "باتشکر", "یا", "mikham", "mikhaham", "mikhastam", "lazem",
    "daram", "lotfan", "please", "thanks", "salam",
)  # fmt: skip
"""Words of wishing and thanking: at the edges of a place or a reason they are no part of it."""

LABELS: tuple[str, ...] = (
    "محل", "محل کار", "مکان", "آدرس", "آدرس محل", "نشانی", "علت", "دلیل", "به علت", "به دلیل", "شرح", "توضیح",
    "توضیحات", "متن",
    "موضوع", "place", "address", "reason", "text", "description", "محل اجرا", "نوع ماشین", "نوع", "ماشین", "دستگاه",
    "مدت", "تاریخ",
)  # fmt: skip
"""Names of fields that some people write before a colon; with the colon they are no free text."""
