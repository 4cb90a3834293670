"""The words that send in a renewed paper, and what is read out of the rest of a message: which paper, until when."""

from domain.blocks.taxis import TAXI_TOPIC
from domain.language.intents import Intent
from domain.parsing.identifiers import take_taxi_code
from domain.parsing.plates import take_plate
from domain.parsing.slots import MessageReader
from domain.parsing.times.dates import choose_date, find_dates, start_with_lead
from domain.parsing.tokens import Phrases, keys_of

PAPER_PHRASES = {
    "insurance": ("بیمه", "بیمه نامه", "بیمه‌نامه", "بیمم", "بیمه‌ام", "insurance", "bime", "bimeh", "ätiýaçlandyryş"),
    "inspection": (
        "معاینه",
        "معاینه فنی",
        "معاینم",
        "برگه معاینه",
        "برگه معاینه فنی",
        "inspection",
        "moayene",
        "moayene fani",
        "tehniki barlag",
    ),
    "licence": (
        "گواهینامه",
        "گواهی نامه",
        "گواهینامم",
        "گواهینامه‌ام",
        "licence",
        "license",
        "govahiname",
        "şahadatnama",
    ),
    "health_card": ("کارت سلامت", "کارت بهداشت", "کارت سلامتم", "health card", "kart salamat", "saglyk karty"),
}
"""Names that people give each paper; the first is its own."""

_PAPERS = Phrases(PAPER_PHRASES)

_LEAD_WORDS = keys_of("تا", "اعتبار", "اعتبارش", "انقضا", "انقضاش", "تاریخ", "ta", "çenli")


def take_paper(reader: MessageReader) -> None:
    """Take which paper is renewed; of several that are named none, for each is sent alone."""
    found = list(_PAPERS.find_in(reader.stream))
    if len({paper for _, paper, _ in found}) == 1:
        reader.slots["paper"] = found[0][1]
    for start, _, end in found:
        reader.stream.take(start, end)


def take_expiry(reader: MessageReader) -> None:
    """Take until when the renewed paper holds («تا ۱۴۰۶/۰۹/۱۵», «اعتبارش ۱۵ آذر سال دیگه»)."""
    mention = choose_date(find_dates(reader.stream, reader.today))
    if mention is None:
        return
    if mention.day is None:
        reader.reject_tokens("expiry", mention.start, mention.end)
        return
    reader.slots["expiry"] = mention.day
    start = reader.stream.skip_back(start_with_lead(reader.stream, mention.start), _LEAD_WORDS)
    reader.stream.take(start, mention.end)


TAXI_RENEWAL_INTENT = Intent(
    "taxi_renewal",
    (
        "تمدید مدرک",
        "تمدید مدارک",
        "تمدید مدارک تاکسی",
        "مدرک تمدید شده",
        "ثبت تمدید",
        "اعلام تمدید",
        "renew",
        "renewal",
        "tamdid",
        "täzelemek",
        "تأزه‌له‌مک",
    ),
    slot_readers=(take_plate, take_paper, take_expiry, take_taxi_code),
    required_slots=("paper", "expiry"),
    weak_words=("تمدید", "تمدیدی"),
    is_for_drivers=True,
    topic=TAXI_TOPIC,
    is_form=True,
    field_words={
        "paper": ("مدرک", "نوع مدرک", "paper"),
        "plate": ("پلاک", "شماره پلاک", "کد تاکسی", "تاکسی", "plate"),
        "expiry": ("تاریخ", "تاریخ اعتبار", "اعتبار", "انقضا", "تاریخ انقضا", "expiry"),
    },
)
