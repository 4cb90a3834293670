"""The words that ask for machinery work, and what is read out of the rest of a message."""

from domain.language.intents import Intent, Topic
from domain.parsing.machine_names import MACHINE_NAMES
from domain.parsing.machines import take_machine_and_length, take_machine_work
from domain.parsing.times.day_ranges import take_work_date
from domain.services.machinery.unknown_machines import take_unknown_machine

LEFT_DAY, LEFT_HOUR, LEFT_HOURS = "فردا", "8", "4"
"""Placeholders in a form, as people type them, while civil settles the day, the hour or the length: soon, the beginning
of a working day, half of one.
"""

MACHINERY_INTENT = Intent(
    "machinery",
    (
        "ماشین آلات",
        "ماشین",
        "ماشین الات سنگین",
        "ماشین آلات سنگین",
        "ماشین سنگین",
        "ماشین های سنگین",
        "ماشین ها",
        "ماشین آلاتی",
        "ماشین آلات عمرانی",
        "ماشین آلات راهسازی",
        "درخواست ماشین",
        "درخواست ماشین آلات",
        "machine",
        "machines",
        "machinery",
        "mashin",
        "mashinalat",
        "mashin alat",
    ),
    slot_readers=(take_work_date, take_machine_work, take_unknown_machine),
    rest_slot="place",
    required_slots=("items", "hours", "date", "start", "place"),
    price_readers={"machine": take_machine_and_length},
    hint_words=tuple(spelling for spellings in MACHINE_NAMES.values() for spelling in spellings),
    topic=Topic("machinery", ("ماشین آلات سنگین", "ماشین سنگین", "machinery", "machines")),
    is_form=True,
    helps_in=frozenset({"flood", "rubble"}),
    field_words={
        "items": (
            "ماشین",
            "ماشین آلات",
            "دستگاه",
            "ساعت کار",
            "مدت",
            "مدت کار",
            "تعداد ساعت",
            "چند ساعت",
            "machine",
            "hours",
        ),
        "date": ("روز", "تاریخ", "روز کار", "date", "day", "rooz", "tarikh"),
        "start": ("ساعت", "ساعت شروع", "ساعت آغاز", "شروع", "زمان", "time", "saat", "saatesh"),
        "place": ("آدرس", "نشانی", "محل", "محل کار", "مکان", "جا", "address", "place", "adres", "addres"),
        "description": ("توضیح", "توضیحات", "description"),
    },
)
