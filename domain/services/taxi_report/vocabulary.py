"""The words that praise a taxi's driver or complain of one, and what is read out of the rest of a message."""

from domain.blocks.taxis import TAXI_TOPIC
from domain.language.intents import Intent
from domain.parsing.identifiers import take_taxi_code
from domain.parsing.plates import take_plate
from domain.parsing.tokens import keys_of

REPORT_FIELD_WORDS = {
    "plate": ("پلاک", "شماره پلاک", "کد تاکسی", "plate"),
    "text": ("متن", "شرح", "توضیح", "توضیحات", "text"),
}

_ASKING_WORDS = keys_of(
    "از", "به", "یک", "یه", "این", "راننده", "رانندش", "راننده‌اش", "تاکسی", "تاکسیه", "تاکسیران", "دارم", "داشتم",
    "کنم", "بکنم", "کنید", "میکنم", "شود", "بشه", "ثبت", "az", "ranande", "taxi", "taksi", "sürüji", "sürüjiden", "bar",
)  # fmt: skip
"""Words that ask for a report and tell nothing of what happened."""

TAXI_REWARD_INTENT = Intent(
    "taxi_reward",
    ("تشویق", "تشویقی", "praise", "reward", "tashvigh", "tashvig"),
    slot_readers=(take_plate, take_taxi_code),
    rest_slot="text",
    required_slots=("plate", "text"),
    alternatives={"plate": ("taxi_code",)},
    weak_words=("تقدیر", "قدردانی"),
    topic=TAXI_TOPIC,
    empty_words=_ASKING_WORDS,
    field_words=REPORT_FIELD_WORDS,
)

TAXI_VIOLATION_INTENT = Intent(
    "taxi_violation",
    ("تخلف", "شکایت", "تخلفات", "گزارش تخلف", "report", "complaint", "violation", "takhalof", "shekayat"),
    slot_readers=(take_plate, take_taxi_code),
    rest_slot="text",
    required_slots=("plate", "text"),
    alternatives={"plate": ("taxi_code",)},
    weak_words=("گزارش",),
    topic=TAXI_TOPIC,
    empty_words=_ASKING_WORDS,
    field_words=REPORT_FIELD_WORDS,
)
