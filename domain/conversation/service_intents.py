"""The intents of the municipal services: their keywords, as the service declarations give them to the grammar."""

from domain.conversation.other_machines import take_unknown_machine
from domain.language.intents import Intent
from domain.parsing.dates import chosen, dates, leading
from domain.parsing.identifiers import take_national, take_national_and_postal, take_renovation_code, take_taxi_code
from domain.parsing.kinds import take_kind
from domain.parsing.leave import take_day_count, take_leave_days
from domain.parsing.machines import take_work
from domain.parsing.names import EXPERT_KINDS, MACHINES
from domain.parsing.plates import take_plate
from domain.parsing.slots import MessageReader
from domain.values.errors import Doubt

_MOST_DAYS_ASKED = 4


def take_date(reading: MessageReader) -> None:
    """Take the date of a machinery request; refuse it when no calendar has it. A number of days is only kept aside.

    Of several days («فردا یا شنبه»), and of one that can be read in two ways, nobody knows which is meant.
    """
    candidates = dates(reading.stream, reading.today)
    if days := take_day_count(reading.stream, candidates):
        reading.partial["days"] = days
    found = chosen(candidates)
    if not found:
        return
    begin = leading(reading.stream, found.start)
    if found.day is None:
        reading.reject("date", found.start, found.end)
    else:
        reading.slots["date"] = found.day
    reading.stream.take(begin, found.end)
    meant = {day for one in candidates if one.day and not one.street for day in one.readings} | {*found.readings}
    if len(meant) > 1:
        reading.problems["date"] = Doubt("date", detail="two_days", options=tuple(sorted(meant))[:_MOST_DAYS_ASKED])
        for one in candidates:
            reading.stream.take(leading(reading.stream, one.start), one.end)


def _all_words(names: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(word for words in names.values() for word in words)


MACHINERY = Intent(
    "machinery",
    (
        "ماشین آلات", "ماشین", "ماشین الات سنگین", "ماشین آلات سنگین", "ماشین سنگین", "ماشین های سنگین", "ماشین ها",
        "ماشین آلاتی",
        "ماشین آلات عمرانی", "ماشین آلات راهسازی", "درخواست ماشین", "درخواست ماشین آلات", "machine", "machines",
        "machinery", "mashin",
        "mashinalat", "mashin alat",
    ),
    slots=(take_date, take_work, take_unknown_machine),
    rest="place",
    required=("items", "hours", "date", "start", "place"),
    hint_words=_all_words(MACHINES),
    service="machinery",
    form=True,
)  # fmt: skip

EXPERT = Intent(
    "expert",
    (
        "کارشناسی", "حق کارشناسی", "درخواست کارشناسی", "expert", "expert opinion",
        "karshenasi", "haghe karshenasi", "hagh karshenasi",
    ),
    slots=(take_renovation_code, take_national_and_postal, take_kind),
    rest="text",
    required=("kind", "national_code", "postal_code", "text"),
    instead={"postal_code": "renovation_code"},
    hint_words=_all_words(EXPERT_KINDS),
    service="expert",
    form=True,
)  # fmt: skip

TAXI_LEAVE = Intent(
    "taxi_leave",
    ("مرخصی", "درخواست مرخصی", "leave", "taxi leave", "morakhasi", "morkhasi"),
    slots=(take_national, take_plate, take_leave_days, take_taxi_code),
    rest="reason",
    required=("from", "to"),
    service="taxi",
    form=True,
)

TAXI_DUTY = Intent(
    "taxi_duty",
    ("عوارض", "عوارض خودرو", "عوارض سالانه", "عوارضم", "duty", "duties", "avarez"),
    slots=(take_plate, take_taxi_code),
    service="taxi",
    alone=True,
)

TAXI_REWARD = Intent(
    "taxi_reward",
    ("تشویق", "تشویقی", "praise", "reward", "tashvigh", "tashvig"),
    slots=(take_plate, take_taxi_code),
    rest="text",
    required=("plate", "text"),
    instead={"plate": "taxi_code"},
    weak_words=("تقدیر", "قدردانی"),
    service="taxi",
)

TAXI_VIOLATION = Intent(
    "taxi_violation",
    ("تخلف", "شکایت", "تخلفات", "گزارش تخلف", "report", "complaint", "violation", "takhalof", "shekayat"),
    slots=(take_plate, take_taxi_code),
    rest="text",
    required=("plate", "text"),
    instead={"plate": "taxi_code"},
    weak_words=("گزارش",),
    service="taxi",
)

SERVICE_INTENTS: tuple[Intent, ...] = (MACHINERY, EXPERT, TAXI_LEAVE, TAXI_DUTY, TAXI_REWARD, TAXI_VIOLATION)
"""Every intent of a service, in the order in which they are offered."""
