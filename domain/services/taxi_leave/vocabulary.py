"""The words that ask for a taxi's leave, its duties or the own file, and what is read out of the rest of a text."""

from domain.blocks.taxis import TAXI_TOPIC
from domain.language.intents import Intent, combine_words
from domain.parsing.identifiers import take_national_code, take_taxi_code
from domain.parsing.plates import take_plate
from domain.parsing.times.day_ranges import take_day_range

DAY_UNIT_WORDS = ("روز", "روزه", "مدت")
"""Words written beside a number of days."""

TAXI_LEAVE_INTENT = Intent(
    "taxi_leave",
    (
        "مرخصی",
        "درخواست مرخصی",
        "مرخصی رد کن",
        "مرخصی رد کنید",
        "مرخصی رد کنین",
        "leave",
        "taxi leave",
        "morakhasi",
        "morkhasi",
    ),
    slot_readers=(take_national_code, take_plate, take_day_range, take_taxi_code),
    rest_slot="reason",
    required_slots=("from", "to"),
    is_for_drivers=True,
    topic=TAXI_TOPIC,
    is_form=True,
    field_words={
        "plate": ("پلاک", "شماره پلاک", "کد تاکسی", "تاکسی", "plate"),
        "from": ("روز اول", "شروع", "آغاز", "تاریخ شروع", "تاریخ", "از تاریخ", "روز شروع", "from"),
        "to": (
            "روز آخر",
            "پایان",
            "آخر",
            "تاریخ پایان",
            "روز پایان",
            "تا تاریخ",
            "روزها",
            "چند روز",
            "تعداد روز",
            "مدت",
            "to",
        ),
        "reason": ("دلیل", "علت", "reason"),
    },
)

TAXI_DUTY_INTENT = Intent(
    "taxi_duty",
    ("عوارض", "عوارض خودرو", "عوارض سالانه", "عوارضم", "duty", "duties", "avarez"),
    slot_readers=(take_plate, take_taxi_code),
    topic=TAXI_TOPIC,
    is_complete=True,
    is_for_drivers=True,
)

TAXI_FILE_INTENT = Intent(
    "taxi_file",
    (
        *combine_words(("پرونده", "مدارک", "مدرکهای", "اعتبار مدارک"), ("تاکسی", "تاکسیم", "تاکسی من")),
        *combine_words(("پرونده", "پروندم"), ("من", "رانندگی من", "تاکسیرانی", "من در تاکسیرانی")),
        "پروندم",
        "بیمه تاکسیم تا کیه",
        "معاینه تاکسیم تا کیه",
        "file",
        "my file",
        "parvande",
        "parvandeam",
        "madarek taxi",
    ),
    topic=TAXI_TOPIC,
    is_complete=True,
    is_for_drivers=True,
)
