"""The intents of the municipal services: their keywords, as the service declarations give them to the grammar."""

from domain.conversation.other_machines import take_unknown_machine
from domain.language.intents import Intent
from domain.parsing.dates import choose_date, find_dates, start_with_lead
from domain.parsing.identifiers import (
    take_national_and_postal_codes,
    take_national_code,
    take_renovation_code,
    take_taxi_code,
)
from domain.parsing.kinds import take_kind
from domain.parsing.known_spellings import EXPERT_KINDS, MACHINE_NAMES
from domain.parsing.leave import take_day_count, take_leave_days
from domain.parsing.machines import take_machine_work
from domain.parsing.plates import take_plate
from domain.parsing.slots import MessageReader
from domain.values.errors import AmbiguousField

_MOST_DAYS_ASKED = 4


def take_work_date(reader: MessageReader) -> None:
    """Take the date of a machinery request; refuse it when no calendar has it. A number of days is only kept aside.

    Of several days («فردا یا شنبه»), and of one that can be read in two ways, nobody knows which is meant.
    """
    candidates = find_dates(reader.stream, reader.today)
    if day_count := take_day_count(reader.stream, candidates):
        reader.partial_values["days"] = day_count
    chosen_mention = choose_date(candidates)
    if not chosen_mention:
        return
    lead_begin = start_with_lead(reader.stream, chosen_mention.start)
    if chosen_mention.day is None:
        reader.reject_tokens("date", chosen_mention.start, chosen_mention.end)
    else:
        reader.slots["date"] = chosen_mention.day
    reader.stream.take(lead_begin, chosen_mention.end)
    possible_days = {
        day for mention in candidates if mention.day and not mention.names_street for day in mention.possible_days
    } | {*chosen_mention.possible_days}
    if len(possible_days) > 1:
        reader.problems_by_slot["date"] = AmbiguousField(
            "date", detail="two_days", options=tuple(sorted(possible_days))[:_MOST_DAYS_ASKED]
        )
        for mention in candidates:
            reader.stream.take(start_with_lead(reader.stream, mention.start), mention.end)


def _collect_words(words_by_name: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(spelling for spellings in words_by_name.values() for spelling in spellings)


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
    hint_words=_collect_words(MACHINE_NAMES),
    service_key="machinery",
    is_form=True,
)

EXPERT_INTENT = Intent(
    "expert",
    (
        "کارشناسی",
        "حق کارشناسی",
        "درخواست کارشناسی",
        "expert",
        "expert opinion",
        "karshenasi",
        "haghe karshenasi",
        "hagh karshenasi",
    ),
    slot_readers=(take_renovation_code, take_national_and_postal_codes, take_kind),
    rest_slot="text",
    required_slots=("kind", "national_code", "postal_code", "text"),
    alternatives={"postal_code": ("renovation_code",)},
    hint_words=_collect_words(EXPERT_KINDS),
    service_key="expert",
    is_form=True,
)

TAXI_LEAVE_INTENT = Intent(
    "taxi_leave",
    ("مرخصی", "درخواست مرخصی", "leave", "taxi leave", "morakhasi", "morkhasi"),
    slot_readers=(take_national_code, take_plate, take_leave_days, take_taxi_code),
    rest_slot="reason",
    required_slots=("from", "to"),
    service_key="taxi",
    is_form=True,
)

TAXI_DUTY_INTENT = Intent(
    "taxi_duty",
    ("عوارض", "عوارض خودرو", "عوارض سالانه", "عوارضم", "duty", "duties", "avarez"),
    slot_readers=(take_plate, take_taxi_code),
    service_key="taxi",
    is_complete=True,
)

TAXI_REWARD_INTENT = Intent(
    "taxi_reward",
    ("تشویق", "تشویقی", "praise", "reward", "tashvigh", "tashvig"),
    slot_readers=(take_plate, take_taxi_code),
    rest_slot="text",
    required_slots=("plate", "text"),
    alternatives={"plate": ("taxi_code",)},
    weak_words=("تقدیر", "قدردانی"),
    service_key="taxi",
)

TAXI_VIOLATION_INTENT = Intent(
    "taxi_violation",
    ("تخلف", "شکایت", "تخلفات", "گزارش تخلف", "report", "complaint", "violation", "takhalof", "shekayat"),
    slot_readers=(take_plate, take_taxi_code),
    rest_slot="text",
    required_slots=("plate", "text"),
    alternatives={"plate": ("taxi_code",)},
    weak_words=("گزارش",),
    service_key="taxi",
)

SERVICE_INTENTS: tuple[Intent, ...] = (
    MACHINERY_INTENT,
    EXPERT_INTENT,
    TAXI_LEAVE_INTENT,
    TAXI_DUTY_INTENT,
    TAXI_REWARD_INTENT,
    TAXI_VIOLATION_INTENT,
)
"""Every intent of a service, in the order in which they are offered."""
