"""The day for which somebody wants something done, out of a whole message."""

from domain.parsing.dates import choose_date, find_dates, start_with_lead
from domain.parsing.day_ranges import take_day_count
from domain.parsing.slots import MessageReader
from domain.values.errors import AmbiguousField
from domain.values.reasons import InvalidReason

MOST_DAYS_ASKED = 4


def take_work_date(reader: MessageReader) -> None:
    """Take the wanted date; refuse it when no calendar has it. A number of days is only kept aside.

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
            "date", InvalidReason.TWO_DAYS, options=tuple(sorted(possible_days))[:MOST_DAYS_ASKED]
        )
        for mention in candidates:
            reader.stream.take(start_with_lead(reader.stream, mention.start), mention.end)
