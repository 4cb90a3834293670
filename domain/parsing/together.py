"""«قبض یکجا»: that all bills are to be paid together, under one pair of ids."""

from domain.parsing.slots import MessageReader
from domain.parsing.tokens import Phrases

_TOGETHER_PHRASES = Phrases(
    {
        True: (
            "یکجا", "یک جا", "یه جا", "یکجایی", "یکجا همه", "همه", "همه را", "همه رو", "همه یکجا", "همه را یکجا",
            "همه رو یکجا", "همه با هم", "با هم", "باهم", "همگی", "yekja", "yek ja", "hame", "hame yekja", "all",
            "together",
        )
    }
)  # fmt: skip


def take_together(reader: MessageReader) -> None:
    """Take that all are meant, where no single bill or request was named."""
    if reader.slots or reader.rejected_texts or reader.problems_by_slot:
        return
    for index in reader.stream.free_indexes():
        if phrase_match := _TOGETHER_PHRASES.match_at(reader.stream, index):
            reader.slots["together"] = True
            reader.stream.take(index, phrase_match[1])
            return
