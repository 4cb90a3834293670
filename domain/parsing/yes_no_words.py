"""The plain words of yes and of no: what answers a question, commands nothing amid a sentence, and refuses a value."""

from domain.parsing.tokens import keys_of
from domain.parsing.word_lists import words_of

PLAIN_YES_WORDS = words_of("moods.plain_yes_words")
PLAIN_NO_WORDS = words_of("moods.plain_no_words")
YES_KEYS, NO_KEYS = keys_of(*PLAIN_YES_WORDS), keys_of(*PLAIN_NO_WORDS)
"""The same as tokens are compared."""
