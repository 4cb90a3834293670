"""Which language is named behind the word for it («زبان ۲», «lang tk»)."""

from domain.parsing.slots import MessageReader


def take_language_name(reader: MessageReader) -> None:
    """Take all that is said besides: the number, tag or name of a language, as it was written."""
    named = [index for index in reader.stream.free_indexes() if not reader.stream.is_mark_at(index)]
    if named:
        reader.slots["language"] = reader.stream.source_text(named[0], named[-1] + 1)
        reader.stream.take(named[0], named[-1] + 1)
