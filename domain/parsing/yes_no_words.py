"""The plain words of yes and of no: what answers a question, commands nothing amid a sentence, and refuses a value."""

from domain.parsing.tokens import keys_of

PLAIN_YES_WORDS = (
    "بله", "بلی", "اره", "آره", "اری", "yes", "ok", "okay", "bale", "baleh", "are", "areh",
)  # fmt: skip
PLAIN_NO_WORDS = ("نه", "نخیر", "خیر", "نوچ", "no", "na", "nah", "kheir", "kheyr", "ýok")
YES_KEYS, NO_KEYS = keys_of(*PLAIN_YES_WORDS), keys_of(*PLAIN_NO_WORDS)
"""The same as tokens are compared."""
