"""Words that say nothing by themselves: courtesies, and ordinary words that no keyword is meant by."""

from domain.parsing.tokens import keys_in

COURTESY_WORDS = keys_in("courtesies.courtesy_words")
"""Greetings and request words: skipped before a keyword, and no free text of a form when they are alone."""

REQUEST_WORDS = COURTESY_WORDS | keys_in("courtesies.request_words")
"""Words that people ask with and that name nothing: «… رو بفرستید», «… چقدره»."""

PLAIN_WORDS = COURTESY_WORDS | keys_in("values.code_labels") | keys_in("moods.command_verbs")
"""Words that may be beside a command said plainly: the verb that goes with it, and words that name the request."""

FILLER_WORDS = PLAIN_WORDS | keys_in("moods.filler_words")
"""Words that may be beside a refusal."""

ORDINARY_WORDS = keys_in("courtesies.ordinary_words")
"""Words that look like a misspelt keyword and are words of their own."""
