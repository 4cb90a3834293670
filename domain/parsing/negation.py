"""All that a text denies (`Negations`), by its negated verbs as people type them: «نکنید», «نمی‌خوام», «ندارم», «نیست»,
nemikham, don't.

The forms are made from the verbs' stems, written and spoken, so that no spelling has to be listed by itself. A wish is
what its speaker refuses or forbids (first and second person, «نشود»); a fact («سوار نکرد») only states something.
"""

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from itertools import product
from typing import NamedTuple

from domain.parsing.filler_words import FILLER_WORDS
from domain.parsing.tokens import Phrases, ReadText, TokenKind, TokenStream, key_of, keys_in, keys_of
from domain.parsing.word_lists import words_of
from domain.parsing.yes_no_words import NO_KEYS


class NegationKind(Enum):
    """Kind of a negated verb: it refuses or forbids, or it only states something."""

    WISH = "wish"
    FACT = "fact"


class Negation(NamedTuple):
    """A negated verb."""

    start: int
    """Its first token."""
    end: int
    """The token after its last one."""
    kind: NegationKind
    """Kind of the negated verb."""
    is_wanting: bool = False
    """Whether it is the verb «خواستن» (to want), or says that something is not needed."""
    is_lacking: bool = False
    """Whether its speaker has not, knows not or cannot («کد ندارم»)."""


_WANT_PRESENT, _WANT_PAST = ("خواه", "خوا", "خاه", "خا"), ("خواست", "خاست")
_PRESENT_STEMS = (*_WANT_PRESENT, *words_of("moods.present_stems"))
_PAST_STEMS = (*_WANT_PAST, *words_of("moods.past_stems"))
_SPEAKER_ENDINGS, _ADDRESSEE_ENDINGS = ("م", "یم"), ("ید", "ین", "ی")
_OTHERS_ENDINGS = ("د", "ه", "ند", "ن")
_COME_FORMS = ("نیا", "نیاید", "نیاین", "نیاد", "نیایم", "نیایید", "نیان")
_BE_FORMS = words_of("moods.be_forms")
_UNNEGATED_WORDS = frozenset({"نزد", "نبر", "نبرد", "نکش", "نده", "ندی", "ند", "نشون", "نشان"})
"""Words of their own («نزد»: beside), and «نده», which is added again below."""

_NEED_WORDS = keys_in("moods.need_words")
_IS_NOT, _TO_WORDS = keys_of("نیست", "نیس"), keys_of("به", "be")
_COMPLAINING_WORDS = keys_of("چرا", "مگر", "مگه", "چطور", "chera", "mage")
"""Before a negated verb they ask why it is so, and refuse nothing («چرا نمی‌فرستید», «مگه نمیشه»)."""
_CONDITIONS = keys_of("اگر", "اگه", "چنانچه", "وقتی", "agar", "age")
"""Before a negated verb they say what happens else, and refuse nothing («اگه نیاید شکایت می‌کنم») …"""
_POLITE_CONDITIONS = keys_in("moods.polite_conditions")
"""… but behind which one of these stands they ask for it («اگه میشه نیاید»)."""
_LONGEST_CLAUSE = 5
_CLAUSE_WORDS = keys_of("و", "ولی", "اما", "که")
_LACKING_STEMS = words_of("moods.lacking_stems")
_NO_NEED = keys_of("نمیخواد", "نمیخاد", "نمیخواهد")
"""Before a verb that is said to another («نمی‌خواد بیاین») it says that there is no need; else a third person wants."""
_MOST_WORDS_TO_VERB = 3
_ANYBODY, _WISHED_PREFIX = keys_of("کسی", "هیچکس", "هیچکی"), key_of("ب")
_WORK_WORDS, _DOES_NOT = keys_of("کار", "kar"), (key_of("نمیکن"), "nemikon", "nmikon")
_GREETING_WORDS = keys_of("خسته", "غمت", "ناراحت", "نگران")
"""«خسته نباشید» greets."""
_NEGATIVE_PREFIX, _BE_NOT_PREFIX = key_of("نمی"), key_of("نباش")
_SHORTEST_PREFIXED = 5

MESSAGE_WORDS = keys_in("intents.message_words")
"""Words for the messages of the desk: what «لغو ۱۱» stops."""
_NEWS_WORDS = keys_of("خبر", "خبری", "اخبار", "اطلاعیه", "habar")
_OF_WHOM = keys_in("moods.of_whom")
"""Phrases about the sender of messages, and how they come."""
CANCEL_WORDS = keys_in("moods.cancel_words")
_WISHES = keys_in("moods.wishes")
_DEMANDS_TO_SEND = keys_of("بفرستید", "بفرستین", "بفرست", "بیارید", "بیارین", "befrestid")
"""Behind a refusal that the message begins with they say what need not be done («نیازی نیست ماشین بفرستید»)."""
_SENDING_AWAY = keys_in("moods.sending_away")
"""Phrases that want nobody to come, or nothing to be sent."""
_TROUBLE = keys_of("زحمت", "zahmat")
_REGRET_PHRASES: Phrases[bool] = Phrases({True: words_of("moods.regret_phrases.yes")})
_GIVING_UP: Phrases[bool] = Phrases({True: words_of("moods.giving_up.yes")})
_NOT_WANTED: Phrases[bool] = Phrases({True: words_of("moods.not_wanted.yes")})
_LEADING_REFUSALS = NO_KEYS | keys_of("دیگه", "دیگر")

_LATIN_NEGATION = re.compile(
    r"n[ea]?mi[a-z]{2,}|na(?:kon|kard|shav|shvad|she|sho|dar|de|di|dah|fres|zan|khah|khas|khow|gir|paz|bash|bayad)[a-z]*"
    r"|n(?:i|iy|ay)a(?:d|id|in|yd|yid|yin|eid)|naid|nist[a-z]*|not|never|dont|doesnt|didnt|wont|cannot"
)
_LATIN_WANT_NEGATION = re.compile(r"n[ea]?mi(?:kh|x)[a-z]+|nakhas[a-z]+")
_LATIN_FACT = re.compile(r"nist[a-z]*|na(?:umad|oomad|yumad|yomad|amad|shod|resid)[a-z]*|nay[ou]mad[a-z]*")
_VERB_ENDINGS, _SHORTEST_STEM = ("شون", "ش", "ا", "ها", "دیگه"), 4
_APOSTROPHES = frozenset("'’‘`")


def _verb_forms(stems: tuple[str, ...], endings: tuple[str, ...], prefix: str = "ن") -> frozenset[str]:
    return frozenset(key_of(f"{prefix}{stem}{ending}") for stem, ending in product(stems, endings))


_WISH_FORMS = (
    _verb_forms(_PRESENT_STEMS, (*_SPEAKER_ENDINGS, *_ADDRESSEE_ENDINGS, ""))
    | _verb_forms(_PRESENT_STEMS, (*_SPEAKER_ENDINGS, *_ADDRESSEE_ENDINGS), "نمی")
    | _verb_forms(("شو", "ش", "گرد"), _OTHERS_ENDINGS)
    | _verb_forms(_PAST_STEMS, _SPEAKER_ENDINGS)
    | _verb_forms(_PAST_STEMS, _SPEAKER_ENDINGS, "نمی")
    | keys_of(*_COME_FORMS, "نباید", "مبادا")
) - _UNNEGATED_WORDS - keys_of("نشد") | keys_of("نده")
_FACT_FORMS = (
    (
        _verb_forms(_PRESENT_STEMS, _OTHERS_ENDINGS)
        | _verb_forms(_PAST_STEMS, ("", "ی", "ید", "ین", "ند", "ن", "ه"))
        | keys_of(*_BE_FORMS)
    )
    - _WISH_FORMS
    - _UNNEGATED_WORDS
)
_WANT_FORMS = (
    _verb_forms(_WANT_PRESENT, (*_SPEAKER_ENDINGS, ""))
    | _verb_forms(_WANT_PRESENT, _SPEAKER_ENDINGS, "نمی")
    | _verb_forms(_WANT_PAST, _SPEAKER_ENDINGS)
    | _verb_forms(_WANT_PAST, _SPEAKER_ENDINGS, "نمی")
)


_NEGATED_OR_WANTED = _WISH_FORMS | _FACT_FORMS | keys_of(*(f"{stem}م" for stem in _WANT_PRESENT + _WANT_PAST))


_FIRST_LETTERS = frozenset(form[0] for form in _WISH_FORMS | _FACT_FORMS | {_NEGATIVE_PREFIX})


class Negations:
    """All that a text denies: its negated verbs, taken by others or not, and what their writer does not want."""

    def __init__(self, read: ReadText) -> None:
        self._stream = stream = TokenStream(read.text)
        self.verbs = tuple(_iterate_negations(stream))
        """The negated verbs, from first to last."""
        self.refusals = tuple(verb for verb in self.verbs if _is_refusal(stream, verb))
        """Those that say that something is not wanted or needed («نمی‌خوام», «لازم نیست»), or forbid it («نفرستید»); not
        what only happens if it is not done."""
        self.places = _places_of(self.verbs)
        """Places of all tokens of negated verbs."""
        self.forbids = any(verb.kind is NegationKind.WISH for verb in self.verbs)
        """Whether anything is refused or forbidden."""

    @property
    def denies_at_end(self) -> bool:
        """Whether something is denied, and nothing needed behind that («traktor däl, loder gerek»)."""
        return bool(self.verbs) and _NEED_WORDS.isdisjoint(self._stream.read.keys[self.verbs[-1].end :])

    @property
    def refuses_alone(self) -> bool:
        """Whether nothing is said but that its writer does not want («نمی‌خوام دیگه»)."""
        return any(verb.is_wanting for verb in self.verbs) and not self._words_beside(self.verbs) - FILLER_WORDS

    @property
    def regrets(self) -> bool:
        """Whether a wish is regretted."""
        return _REGRET_PHRASES.occurs_in(self._stream)

    @property
    def is_unwanted(self) -> bool:
        """Whether something is not wanted and nothing forbidden, or a wish is regretted."""
        return self.regrets or (bool(self.refusals) and all(verb.is_wanting for verb in self.refusals))

    @property
    def withdraws_order(self) -> bool:
        """Whether something is not wanted, or not any more, or nobody shall come («نیاید، خودمان انجام دادیم»); of
        messages and of ending something that is no word.
        """
        if self._stream.read.asks or self._stream.read.key_set & (MESSAGE_WORDS | CANCEL_WORDS):
            return False
        return self.regrets or (bool(self.refusals) and all(map(self._is_withdrawal, self.refusals)))

    @property
    def refuses_messages(self) -> bool:
        """Whether no more messages are wanted («maňa indi habar ibermäň»): that ends no request."""
        return not (MESSAGE_WORDS | _NEWS_WORDS).isdisjoint(self._stream.read.key_set) and (
            self.forbids or any(verb.is_wanting for verb in self.verbs)
        )

    @property
    def stops_messages(self) -> bool:
        """Whether messages are forbidden and nothing else is said («دیگه پیام ندین», «habar ibermäň»): that needs no
        question. In Turkmen the word for news is that for a message.
        """
        read = self._stream.read
        message_words = MESSAGE_WORDS | _NEWS_WORDS if read.is_turkmen else MESSAGE_WORDS
        if not self.refusals or message_words.isdisjoint(read.key_set) or read.asks:
            return False
        return not self._words_beside(self.refusals) - message_words - FILLER_WORDS - _OF_WHOM

    @property
    def gives_up(self) -> bool:
        """Whether what was begun is given up: in so many words («ولش کنید»), or refused («نه دیگه نمی‌خواد»)."""
        if _GIVING_UP.occurs_in(self._stream):
            return True
        is_refusing = self._stream.raw_at(0) in _LEADING_REFUSALS
        return is_refusing and any(start for start, *_ in _NOT_WANTED.find_in(self._stream))

    @property
    def wanted_instead(self) -> str:
        """The words behind a refusal that want something in place of what is refused («کمپرسی نمی‌خوام لودر می‌خوام»);
        empty where nothing is wanted there.
        """
        refusals = [verb for verb in self.refusals if verb.is_wanting]
        if not refusals or self.verbs[-1].start >= refusals[-1].end:
            return ""
        start, end = refusals[-1].end, len(self._stream)
        wishes = _WISHES - _DEMANDS_TO_SEND if self.is_leading(refusals[-1]) else _WISHES
        is_wanted = not wishes.isdisjoint(self._stream.read.keys[start:])
        return self._stream.source_text(start, end) if is_wanted else ""

    def is_leading(self, verb: Negation) -> bool:
        """Return whether nothing but filling words is before a refusal: then it refuses what stands behind it."""
        places = range(verb.start)
        return all(self._stream.is_mark_at(place) or self._stream.raw_at(place) in FILLER_WORDS for place in places)

    def _is_withdrawal(self, refusal: Negation) -> bool:
        """Return whether a refusal is of something that was wished for: it is not wanted, or nobody shall come or send
        it, or take the trouble («زحمت نکشید»).
        """
        is_sent_away = self._stream.raw_at(refusal.start) in _SENDING_AWAY
        return refusal.is_wanting or is_sent_away or self._stream.raw_at(refusal.start - 1) in _TROUBLE

    def _words_beside(self, verbs: Iterable[Negation]) -> set[str]:
        """Return the words and numbers that belong to none of these verbs."""
        places = frozenset(range(len(self._stream))) - _places_of(verbs)
        return {self._stream.raw_at(place) for place in places if not self._stream.is_mark_at(place)}


def _places_of(verbs: Iterable[Negation]) -> frozenset[int]:
    return frozenset(place for verb in verbs for place in range(verb.start, verb.end))


def find_negations(read: ReadText) -> Negations:
    """Return all that a text denies, found once whoever asks."""
    return read.find_once(Negations)


_NOT_WORDS = keys_of("نه", "na", "däl")


def part_at_not(text: str) -> tuple[str, str]:
    """Return what a text says and what it denies of two things: «گریدر نه لودر», «لودر نه، گریدر»; all of it and
    nothing where no «نه» stands between two.
    """
    stream = TokenStream(text)
    place = next((index for index in range(1, len(stream) - 1) if stream.raw_at(index) in _NOT_WORDS), None)
    if place is None:
        return text, ""
    before, behind = stream.source_text(0, place), stream.source_text(place + 1, len(stream))
    return (behind, before) if stream.is_mark_at(place + 1) else (before, behind)


def _is_refusal(stream: TokenStream, negation: Negation) -> bool:
    is_indicative = stream.raw_at(negation.start).startswith(_NEGATIVE_PREFIX) and stream.raw_at(
        negation.end - 1
    ).endswith(_ADDRESSEE_ENDINGS)  # «جواب نمیدین» complains of what others do
    is_condition = _is_in_clause_of(stream, negation.start, _CONDITIONS, behind=_POLITE_CONDITIONS)
    is_forbidding = negation.kind is NegationKind.WISH and not is_indicative and not is_condition
    return negation.is_wanting or is_forbidding or stream.raw_at(negation.start - 1) in _NEED_WORDS


def _iterate_negations(stream: TokenStream) -> Iterator[Negation]:
    index = 0
    while index < len(stream):
        negation = _read_negation_at(stream, index)
        if negation and not _is_in_clause_of(stream, index, _COMPLAINING_WORDS):
            yield negation
        index = negation.end if negation else index + 1


def _is_in_clause_of(
    stream: TokenStream, index: int, leading_words: frozenset[str], *, behind: frozenset[str] = frozenset()
) -> bool:
    """Return whether one of some words is a few words before a verb, in the same clause; not one behind which a word of
    `behind` stands.
    """
    for place in range(index - 1, max(index - 1 - _LONGEST_CLAUSE, -1), -1):
        if stream.is_mark_at(place) or stream.raw_at(place) in _CLAUSE_WORDS:
            return False
        if stream.raw_at(place) in leading_words:
            return stream.raw_at(place + 1) not in behind
    return False


def _read_negation_at(stream: TokenStream, index: int) -> Negation | None:
    word = stream.raw_at(index)
    if stream.tokens[index].kind is not TokenKind.WORD or not (word.isascii() or word[0] in _FIRST_LETTERS):
        return None
    if _is_greeting(stream, index):
        return None
    word = _without_pronoun(word)
    if word.isascii():
        return _read_latin_at(stream, index, word)
    if word == _NEGATIVE_PREFIX:
        verb = word + _without_pronoun(stream.raw_at(index + 1))
        return _settle_by_words_around(stream, verb, _negation_of_word(index, min(index + 2, len(stream)), verb))
    if word in _FACT_FORMS and stream.raw_at(index - 1) in _NEED_WORDS:
        return Negation(index, index + 1, NegationKind.WISH, is_wanting=True)
    is_negated = (
        word in _WISH_FORMS
        or word in _FACT_FORMS
        or (word.startswith(_NEGATIVE_PREFIX) and len(word) >= _SHORTEST_PREFIXED)
    )
    negation = _negation_of_word(index, index + 1, word) if is_negated else None
    return negation and _settle_by_words_around(stream, word, negation)


def _settle_by_words_around(stream: TokenStream, verb: str, negation: Negation) -> Negation:
    """Return a negation as the words beside it settle it: of what is needed, or of working («کار نمی‌کنم»: a fact)."""
    word_before = stream.raw_at(negation.start - 1)
    if word_before in _WORK_WORDS and verb.startswith(_DOES_NOT):
        return negation._replace(kind=NegationKind.FACT)
    is_needless = (
        word_before in _NEED_WORDS
        or (verb in _IS_NOT and _follows_need(stream, negation.start))
        or (verb in _NO_NEED and _addresses_another(stream, negation.end))
    )
    return negation._replace(is_wanting=negation.is_wanting or is_needless)


def _follows_need(stream: TokenStream, index: int) -> bool:
    """Return whether a need of something is named in the words before a place («نیازی به ماشین نیست»)."""
    return any(
        stream.raw_at(place) in _NEED_WORDS and stream.raw_at(place + 1) in _TO_WORDS
        for place in range(index - 1 - _LONGEST_CLAUSE, index - 1)
    )


def _addresses_another(stream: TokenStream, start: int) -> bool:
    """Return whether words from a place on say what the reader, or anybody, would do («… بیاین», «… کسی بیاد»)."""
    return any(
        word in _ANYBODY or (word.startswith(_WISHED_PREFIX) and word.endswith(_ADDRESSEE_ENDINGS))
        for word in (stream.raw_at(place) for place in range(start, start + _MOST_WORDS_TO_VERB))
    )


def _without_pronoun(word: str) -> str:
    """Return a verb without the object or the plea at its end («نمی‌خوامش», «نکنیدشون», «نکنینا»)."""
    if not word.endswith(_VERB_ENDINGS):
        return word
    stems = (word.removesuffix(ending) for ending in _VERB_ENDINGS if word.endswith(ending))
    return next((stem for stem in stems if len(stem) >= _SHORTEST_STEM and stem in _NEGATED_OR_WANTED), word)


def _is_greeting(stream: TokenStream, index: int) -> bool:
    return stream.raw_at(index - 1) in _GREETING_WORDS and stream.raw_at(index).startswith(_BE_NOT_PREFIX)


def _negation_of_word(start: int, end: int, word: str) -> Negation:
    return Negation(
        start,
        end,
        NegationKind.WISH if word in _WISH_FORMS else NegationKind.FACT,
        is_wanting=word in _WANT_FORMS,
        is_lacking=word.startswith(_LACKING_STEMS),
    )


def _read_latin_at(stream: TokenStream, index: int, word: str) -> Negation | None:
    if word in {"don", "doesn", "didn", "won", "isn", "can"} and stream.raw_at(index + 1) in _APOSTROPHES:
        return Negation(index, min(index + 3, len(stream)), NegationKind.WISH)
    if _LATIN_FACT.fullmatch(word) and stream.raw_at(index - 1) not in _NEED_WORDS:
        return Negation(index, index + 1, NegationKind.FACT)
    if _LATIN_NEGATION.fullmatch(word) and word.startswith(_DOES_NOT) and stream.raw_at(index - 1) in _WORK_WORDS:
        return Negation(index, index + 1, NegationKind.FACT)
    if _LATIN_NEGATION.fullmatch(word):
        is_wanting = bool(_LATIN_WANT_NEGATION.fullmatch(word)) or stream.raw_at(index - 1) in _NEED_WORDS
        return Negation(index, index + 1, NegationKind.WISH, is_wanting)
    return None
