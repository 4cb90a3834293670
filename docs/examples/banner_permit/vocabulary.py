"""The words that ask for street banners: «۳ بنر ۲ در ۱ متر از شنبه ۷ روز خیابان امام»."""

from domain.language.intents import Intent, Topic
from domain.parsing.decimals import METRE_WORDS, read_length_at
from domain.parsing.slots import MessageReader
from domain.parsing.times.day_ranges import take_day_range
from domain.parsing.tokens import keys_of

BANNER_UNITS, DAY_UNITS = ("بنر", "عدد", "تا"), ("روز", "روزه")
"""Units that may be said with the number of banners, and with that of days."""

_TIMES_WORDS = keys_of("در", "x", "×", "*", "by")
_SIZE_WORDS = keys_of("اندازه", "ابعاد", "سایز", "size")


def take_size(reader: MessageReader) -> None:
    """Take width and height («۲ در ۱٫۵ متر», «2x1.5»)."""
    stream = reader.stream
    for index in stream.free_indexes():
        width = read_length_at(stream, index)
        if not width or stream.key_at(width[1]) not in _TIMES_WORDS:
            continue
        height = read_length_at(stream, width[1] + 1)
        if height:
            reader.slots["width"], reader.slots["height"] = f"{width[0]:f}", f"{height[0]:f}"
            stream.take(stream.skip_back(index, _SIZE_WORDS), stream.skip(height[1], METRE_WORDS))
            return


def take_days(reader: MessageReader) -> None:
    """Take the first day and the number of days («از شنبه ۷ روز», «از شنبه تا دوشنبه»)."""
    days = MessageReader(reader.stream, reader.now, reader.service_phrases, reader.topic_phrases)
    take_day_range(days)
    first_day, last_day = days.slots.get("from"), days.slots.get("to")
    if first_day:
        reader.slots["date"] = first_day
    if first_day and last_day:
        reader.slots["days"] = (last_day - first_day).days + 1
    elif "days" in days.partial_values:
        reader.slots["days"] = days.partial_values["days"]


BANNER_INTENT = Intent(
    "banner_permit",
    ("بنر", "بنر شهری", "مجوز بنر", "درخواست بنر", "نصب بنر", "banner", "banners"),
    slot_readers=(take_size, take_days),
    rest_slot="place",
    required_slots=("banners", "width", "height", "date", "days", "place"),
    counted_slot="banners",
    topic=Topic("banner_permit", ("بنرها", "مجوز بنر شهری")),
    is_form=True,
)
