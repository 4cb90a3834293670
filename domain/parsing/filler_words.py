"""Words that say nothing by themselves: courtesies, and ordinary words that no keyword is meant by."""

from domain.parsing.tokens import keys_in

COURTESY_WORDS = keys_in("courtesies.courtesy_words")
"""Greetings and request words: skipped before a keyword, and no free text of a form when they are alone."""

REQUEST_WORDS = COURTESY_WORDS | keys_in("courtesies.request_words")
"""Words that people ask with and that name nothing: «… رو بفرستید», «… چقدره»."""

ORDINARY_WORDS = keys_in("courtesies.ordinary_words")
"""Words that look like a misspelt keyword and are words of their own."""
