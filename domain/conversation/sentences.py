"""What kind of sentence calls a command: said plainly, refused, asked, quoted, or with words that nobody understands.

This stands before every command (`grammar.py`): a keyword alone decides nothing. What is refused is not done. What
binds somebody or ends something (`Intent.binding`) is done at once only when said plainly, that is with nothing beside
the keyword, its arguments and words of courtesy; said in any other way it is asked first. A form that is not said
plainly shows its summary first. Source: channels.md, "Said plainly or not done".
"""

from collections.abc import Iterator
from enum import StrEnum

from domain.language.intents import Intent
from domain.parsing.filler_words import COURTESIES
from domain.parsing.identifiers import CODE_LABELS
from domain.parsing.negation import Negated, Negation, negations
from domain.parsing.tokens import Stream, keys


class Mood(StrEnum):
    """The kind of sentence.

    `DOUBTFUL` says its command plainly, in a word that may be another («لفو») or is none by itself («پشیمان شدم»);
    `UNCLEAR` holds words beside the command that nobody understands.
    """

    PLAIN = "plain"
    DOUBTFUL = "doubtful"
    REFUSED = "refused"
    QUESTION = "question"
    QUOTED = "quoted"
    UNCLEAR = "unclear"


QUESTION_MARKS = frozenset("?؟")
_QUOTES = frozenset("«»\"“”„‟\u2039\u203a'‘’`")
_DOING = keys(
    "کن", "کنید", "کنین", "کنم", "کردن", "کنیم", "بکن", "بکنید", "بکنین", "شود", "شه", "بشود", "بشه", "گردد", "نمایید",
    "نمائید", "نمایم", "مینمایم", "فرمایید", "فرمائید", "این", "همین", "ما", "خودم", "مرا", "کد", "رهگیری", "فوری",
    "فورا", "هست", "kon", "konid", "konin", "beshe", "shavad", "beshavad", "my", "request", "the", "this", "code", "o",
    "ro", "ra",
)  # fmt: skip
"""What may stand beside a command said plainly: the verb that goes with it, and words that name the request."""

PLAIN_WORDS = COURTESIES | CODE_LABELS | _DOING
FILLERS = PLAIN_WORDS | keys(
    "دیگر", "دیگه", "فعلا", "اصلا", "هیچ", "هیچی", "الان", "حالا", "هنوز", "لازم", "نیاز", "نیازی", "احتیاج", "احتیاجی",
    "لازمم", "نه", "خیر", "که", "هم", "از", "در", "ی", "digar", "dige", "alan", "do",
)  # fmt: skip
"""What may stand beside a refusal."""

_ASKING = keys(
    "آیا", "چطور", "چطوری", "چگونه", "چجوری", "چجور", "میشه", "میشود", "ممکنه", "ممکنست", "اگر", "اگه", "شاید", "مگر",
    "مگه", "چیه", "چیست", "aya", "chetor", "chejori", "mishe", "agar", "age", "if", "how", "can",
)  # fmt: skip


def mood_of(stream: Stream, intent: Intent, start: int, end: int) -> Mood:
    """Return how a command is said whose keyword stands at tokens `start` to `end`; its arguments are taken."""
    refusals = [one for one in negations(stream) if stream.key(one.start) and not start <= one.start < end]
    if refusals:
        if _stands_behind(stream, intent, end, refusals):
            return Mood.REFUSED
        if not set(_words(stream, refusals)) - FILLERS:
            return Mood.UNCLEAR if intent.verbatim else Mood.REFUSED
        if _ends_in(stream, refusals):
            return Mood.REFUSED if intent.rest == "place" else Mood.UNCLEAR
    if intent.binding:
        return _of_binding(stream)
    return _of_service(stream, intent, refusals) if intent.service and intent.required else Mood.PLAIN


def refuses_alone(text: str) -> bool:
    """Tell whether a message says nothing but that its writer does not want («نمی‌خوام دیگه»)."""
    stream = Stream(text)
    found = negations(stream)
    return any(one.wants for one in found) and not set(_words(stream, found)) - FILLERS


def forbids(text: str) -> bool:
    """Tell whether a message refuses or forbids anything."""
    return any(one.how is Negated.WISH for one in negations(Stream(text)))


def _of_binding(stream: Stream) -> Mood:
    if _asks(stream):
        return Mood.QUESTION
    if any(token.key in _QUOTES for token in stream.tokens):
        return Mood.QUOTED
    return Mood.UNCLEAR if set(_words(stream, [])) - PLAIN_WORDS else Mood.PLAIN


def _of_service(stream: Stream, intent: Intent, refusals: list[Negation]) -> Mood:
    """Return how a form is asked for: what the writer tells in a text of his own may ask and deny as it likes."""
    if stream.tokens[-1].key in QUESTION_MARKS or (intent.rest == "place" and _asks(stream)):
        return Mood.QUESTION
    doubtful = intent.rest == "place" and (refusals or any(word in _ASKING for word in _words(stream, [])))
    return Mood.UNCLEAR if doubtful else Mood.PLAIN


def _stands_behind(stream: Stream, intent: Intent, at: int, refusals: list[Negation]) -> bool:
    """Tell whether a refusal is the first thing behind the keyword; arguments may stand between, but before a text."""
    told = intent.rest not in {None, "place"}
    while at < len(stream) and (
        stream.is_mark(at) or stream.raw(at) in FILLERS or not (stream.key(at) or told)
    ):  # fmt: skip
        at += 1
    return any(one.start == at and (one.how is Negated.WISH or not told) for one in refusals)


def _ends_in(stream: Stream, refusals: list[Negation]) -> bool:
    """Tell whether the last word of the message, but for thanks, refuses."""
    at = len(stream)
    while at > 0 and (stream.is_mark(at - 1) or stream.raw(at - 1) in COURTESIES):
        at -= 1
    return any(one.end >= at and one.how is Negated.WISH for one in refusals)


def _asks(stream: Stream) -> bool:
    return any(token.key in QUESTION_MARKS for token in stream.tokens)


def _words(stream: Stream, besides: list[Negation]) -> Iterator[str]:
    """Yield the free words and numbers that belong to none of these negations."""
    places = {at for one in besides for at in range(one.start, one.end)}
    return (stream.key(at) for at in stream.free() if at not in places and not stream.is_mark(at))
