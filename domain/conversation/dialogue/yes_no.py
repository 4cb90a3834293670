"""Meaning of the answer to a question of yes or no: plain, in the words of every day, or not clear at all."""

from datetime import date
from itertools import product
from typing import NamedTuple

from domain.parsing.filler_words import COURTESY_WORDS, FILLER_WORDS, PLAIN_WORDS
from domain.parsing.identifiers import CODE_LABELS
from domain.parsing.negation import find_negations
from domain.parsing.places import mentions_address
from domain.parsing.times.dates import find_dates
from domain.parsing.tokens import QUESTION_MARKS, Phrases, TokenStream, keys_in, keys_of, read_once
from domain.parsing.word_lists import words_of
from domain.parsing.yes_no_words import NO_KEYS, YES_KEYS

_YES_WORDS = YES_KEYS | keys_in("moods.yes_words")
_NO_WORDS = NO_KEYS | keys_in("moods.no_words")
_DENIAL = keys_of("رد")
_VERBS_OF_CONSENT = keys_of("باشه", "ثبت", "درسته")
"""Words of yes that are verbs behind a «نه» («ماشین باید باشه»)."""
_EXCLAMATIONS = keys_in("moods.exclamations")
_ANSWER_PHRASES: Phrases[bool] = Phrases(
    {
        True: words_of("moods.answer_phrases.yes"),
        False: ("راضی نیستم", "رضایت نمیدم", "رضایت ندارم", "اجازه نمیدم", "قبول ندارم", "قبول نمیکنم", "موافق نیستم"),
    }
)
_ANY_DAY = date(2026, 3, 21)
"""Day for cases where it matters only whether words are a date."""
_CONTRASTS = keys_in("moods.contrasts")
"""Words behind a yes that take something back, or ask."""
_BESIDE_A_VALUE = keys_of("ساعت", "همون", "همان", "باشه", "بشه", "بیاد", "saat")
_CHOOSING_THE_ONLY = keys_in("moods.choosing_the_only")
_WORDS_OF_CHOOSING = keys_of("گزینه", "گزینهی", "شماره", "عدد")
_ANSWERS_BY_NUMBER = {frozenset(keys_of("یک")): True, frozenset(keys_of("دو")): False}


def read_first_word(text: str) -> bool | None:
    """Return what the first word of an answer says that says more («نه، ماشین لازمم است»); None where it says neither,
    or a later word says the contrary.
    """
    answer_words = [token.key for token in TokenStream(text).tokens]
    while answer_words and answer_words[0] in (_EXCLAMATIONS | COURTESY_WORDS) - _YES_WORDS - _NO_WORDS:
        answer_words.pop(0)
    if not answer_words or any(word in QUESTION_MARKS for word in answer_words):
        return None
    yes_words = _YES_WORDS - _VERBS_OF_CONSENT if answer_words[0] in _NO_WORDS else _YES_WORDS
    is_agreeing = any(word in yes_words for word in answer_words)
    is_refusing = any(word in _NO_WORDS for word in answer_words)
    is_leading = answer_words[0] in _YES_WORDS | _NO_WORDS
    return is_agreeing if is_leading and is_agreeing != is_refusing else None


def begins_with_yes(text: str, *, ends_something: bool = False) -> bool:
    """Return whether an answer says yes first and then nothing that changes what was asked («بله عزیزم، دستت درد
    نکنه»): no question, number, place, contrast or refusal, but of a wish where what is asked about ends
    (`ends_something`: «بله لغوش کنید دیگه لازم نیست»).
    """
    stream = TokenStream(text)
    keys = [token.key for token in stream.tokens if not _is_mark(token.key)]
    while keys and keys[0] in (_EXCLAMATIONS | COURTESY_WORDS) - YES_KEYS:
        keys.pop(0)
    if not keys or keys[0] not in YES_KEYS or stream.read.asks or mentions_address(text):
        return False
    if any(stream.digits_at(index) for index in range(len(stream))) or find_dates(stream, _ANY_DAY):
        return False
    if not _CONTRASTS.isdisjoint(keys):
        return False
    refusals = find_negations(read_once(text)).refusals
    return NO_KEYS.isdisjoint(keys) and all(ends_something and refusal.is_wanting for refusal in refusals)


def repeats_value(text: str, value_text: str) -> bool:
    """Return whether an answer says yes and nothing but the value that it is asked about («اره ۱۰»)."""
    keys = {token.key for token in TokenStream(text).tokens if not _is_mark(token.key)}
    rest = keys - YES_KEYS - PLAIN_WORDS - _BESIDE_A_VALUE
    return bool(rest and keys & YES_KEYS) and rest <= {token.key for token in TokenStream(value_text).tokens}


def chooses_the_only(text: str) -> bool:
    """Return whether an answer takes the one thing that is offered («همین», «آره همینه», «اولی»)."""
    keys = {token.key for token in TokenStream(text).tokens if not _is_mark(token.key)}
    return not keys.isdisjoint(_CHOOSING_THE_ONLY) and not keys - _CHOOSING_THE_ONLY - YES_KEYS - PLAIN_WORDS


def _is_mark(key: str) -> bool:
    return not any(sign.isalnum() for sign in key)


def read_yes_or_no(text: str, *, asks_denial: bool = False) -> bool | None:
    """Return what an answer says; None when it says both, neither, or something else besides. Where it is asked whether
    something shall be denied (`asks_denial`), «رد» agrees.
    """
    yes_words, no_words = (_YES_WORDS | _DENIAL, _NO_WORDS - _DENIAL) if asks_denial else (_YES_WORDS, _NO_WORDS)
    stream = TokenStream(text)
    phrase_answers, phrase_positions = _find_phrases(stream)
    negation_list = [
        one for one in find_negations(read_once(text)).verbs if phrase_positions.isdisjoint(range(one.start, one.end))
    ]
    denied_positions = {index for negation in negation_list for index in range(negation.start, negation.end)}
    stated_words = {
        stream.raw_at(index)
        for index in range(len(stream))
        if index not in denied_positions | phrase_positions and not stream.is_mark_at(index)
    }
    if stream.read.asks:
        return None
    if not negation_list and frozenset(stated_words) in _ANSWERS_BY_NUMBER:
        return _ANSWERS_BY_NUMBER[frozenset(stated_words)]
    is_agreeing = bool(stated_words & yes_words) or True in phrase_answers
    is_refusing = bool(stated_words & no_words or negation_list) or False in phrase_answers
    other_words = (
        stated_words - yes_words - no_words - _WORDS_OF_CHOOSING - (FILLER_WORDS if is_refusing else PLAIN_WORDS)
    )
    return None if other_words or is_agreeing == is_refusing else is_agreeing


def _find_phrases(stream: TokenStream) -> tuple[set[bool], set[int]]:
    """Return what phrases of consent say, and the positions of their words."""
    answers: set[bool] = set()
    positions: set[int] = set()
    for index in range(len(stream)):
        if index not in positions and (match := _ANSWER_PHRASES.match_at(stream, index)):
            answers.add(match[0])
            positions.update(range(index, match[1]))
    return answers, positions


_CONSENT = words_of("moods.consent")
_AGREEING = words_of("moods.agreeing")
_REFUSING = words_of("moods.refusing")
_ANSWERS: Phrases[bool] = Phrases(
    {
        True: (*(" ".join(pair) for pair in product(_CONSENT, _AGREEING)), *words_of("moods.answers.yes")),
        False: (*(" ".join(pair) for pair in product(_CONSENT, _REFUSING)), *words_of("moods.answers.no")),
    }
)
"""In Turkmen permission is the word for a leave («rugsat berýärin»), and read as that."""
_BESIDE = FILLER_WORDS | CODE_LABELS | keys_in("moods.beside")


class ConsentAnswer(NamedTuple):
    """Answer, and whether nothing else was said."""

    is_agreed: bool
    is_plain: bool


def read_consent(text: str) -> ConsentAnswer | None:
    """Return what a text answers to who asks for consent; None where it says both, asks, or says nothing of it."""
    stream = TokenStream(text)
    if stream.read.asks or not _ANSWERS.occurs_in(stream):
        return None
    answers: set[bool] = set()
    rest: set[str] = set()
    index = 0
    while index < len(stream):
        match = _ANSWERS.match_at(stream, index)
        if match:
            answers.add(match[0])
        elif not stream.is_mark_at(index) and not stream.digits_at(index):
            rest.add(stream.raw_at(index))
        index = match[1] if match else index + 1
    if len(answers) != 1:
        return None
    return ConsentAnswer(answers.pop(), not rest - _BESIDE)
