"""Which intent a message calls: its first words, well or badly spelt, or a tracking code alone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from domain.conversation.vocabulary import BARE_NUMBERS
from domain.language.intents import Intent
from domain.parsing.counts import UNIT_WORDS
from domain.parsing.filler_words import COURTESY_WORDS, ORDINARY_WORDS
from domain.parsing.identifiers import CODE_LABELS, read_digit_run, read_tracking_code
from domain.parsing.numerals import read_number_at
from domain.parsing.spelling import Spelling
from domain.parsing.tokens import Phrases, TokenKind, TokenStream, join_letters

_QUESTION_MARKS = frozenset("?؟")
_LONGEST_MISSPELT = 3
_MOST_COURTESIES = 12
_SHORTEST_GLUED = 5


@dataclass(frozen=True, slots=True)
class IntentMatch:
    """An intent called by some of a message's words.

    A call that is not certain counts only when an argument is understood, or nothing else is said.
    """

    intent: Intent
    """The intent that is called."""
    start: int
    """The first token of the keyword."""
    end: int
    """The token after its last one."""
    is_certain: bool
    """Whether the call needs nothing more."""
    is_guess: bool = False
    """Whether it is a word of three letters with a wrong one: then only an argument makes it count."""
    is_bare: bool = False
    """Whether the call bears no other words."""
    is_exact: bool = True
    """Whether the keyword is written as it is known, and says what it says."""
    count: int | None = None
    """The number right before the keyword, of an intent that takes one (`Intent.counted_slot`); it is in the call."""


class Keywords:
    """The keywords of all intents."""

    def __init__(self, intents: Iterable[Intent]) -> None:
        """Take the intents; `ValueError` when two of them share a word or a name."""
        self.intents_by_name: dict[str, Intent] = {}
        for intent in intents:
            if self.intents_by_name.setdefault(intent.name, intent) is not intent:
                raise ValueError(f"two intents are named {intent.name!r}")
        known_intents = self.intents_by_name.values()
        self._keyword_phrases = Phrases(
            {
                intent.name: (*intent.certain_words, *intent.weak_words, *intent.doubtful_words)
                for intent in known_intents
            }
        )
        self._certain_words = frozenset(
            join_letters(keyword) for intent in known_intents for keyword in intent.certain_words
        )
        self._doubtful_words = frozenset(
            join_letters(keyword) for intent in known_intents for keyword in intent.doubtful_words
        )
        self._spelling = Spelling(join_letters(keyword) for intent in known_intents for keyword in intent.certain_words)
        self._hint_phrases = Phrases({intent.name: intent.hint_words for intent in known_intents})

    def find_calls(self, stream: TokenStream) -> Iterator[IntentMatch]:
        """Yield the readings of a message's beginning that may be meant, the most certain first."""
        first_index = next((index for index in range(len(stream)) if not stream.is_mark_at(index)), None)
        if first_index is None:
            if any(stream.raw_at(index) in _QUESTION_MARKS for index in range(len(stream))):
                yield self._make_match("help", 0, len(stream), is_certain=True)
            return
        yield from self._match_question(stream, first_index)
        for index in self._command_positions(stream, first_index):
            yield from self._match_bare_number(stream, index)
            yield from self._match_opt_out(stream, index)
            yield from self._match_keyword(stream, index, at_beginning=index == first_index)
            yield from self._match_counted(stream, index)
            yield from self._match_bare_code(stream, index)
            yield from self._match_after_code(stream, index)

    def find_calls_anywhere(self, stream: TokenStream) -> Iterator[IntentMatch]:
        """Yield the calls of intents whose words count wherever they are."""
        for index in range(len(stream)):
            match = self._keyword_phrases.match_at(stream, index)
            if match and self.intents_by_name[match[0]].is_called_anywhere:
                yield self._make_match(match[0], index, match[1], is_certain=True)

    def find_misspelt_calls(self, stream: TokenStream) -> list[IntentMatch]:
        """Return the calls that the first words may be meant for; more than one intent when that is open."""
        first_index = next((index for index in range(len(stream)) if not stream.is_mark_at(index)), 0)
        for index in self._command_positions(stream, first_index):
            costed_matches = sorted(self._match_misspelt(stream, index), key=lambda costed_match: costed_match[0])
            best_matches = [call for cost, call in costed_matches if cost == costed_matches[0][0]]
            if best_matches:
                return list({call.intent.name: call for call in reversed(best_matches)}.values())
        return []

    def find_hinted_intents(self, stream: TokenStream) -> tuple[str, ...]:
        """Return the intents that words of the message point at, wherever they are."""
        hinted_intents: dict[str, None] = {}
        if any(
            (run := read_digit_run(stream, index, (9,), 9)) and read_tracking_code(run[0])
            for index in range(len(stream))
        ):
            hinted_intents["track"] = None
        for index in range(len(stream)):
            hint = self._hint_phrases.match_at(stream, index)
            match = self._keyword_phrases.match_at(stream, index)
            if hint:
                hinted_intents[hint[0]] = None
            elif (
                match
                and not self.intents_by_name[match[0]].is_strict
                and self._is_certain_word(stream, index, match[1])
            ):
                hinted_intents[match[0]] = None
        return tuple(hinted_intents)

    def separate_glued_word(self, text: str) -> str | None:
        """Return the message with a space after a keyword to which the next word is glued («ماشینلودر»), or None."""
        first_word = next((token for token in TokenStream(text).tokens if token.kind is TokenKind.WORD), None)
        if not first_word or len(first_word.key) != first_word.end - first_word.start:
            return None
        cuts = range(len(first_word.key) - 2, _SHORTEST_GLUED - 1, -1)
        cut = next((cut for cut in cuts if first_word.key[:cut] in self._certain_words), None)
        return f"{text[: first_word.start + cut]} {text[first_word.start + cut :]}" if cut else None

    def locate_keyword(self, name: str, stream: TokenStream) -> IntentMatch:
        """Return the call of an intent wherever its keyword is; of no word at all when it is not there."""
        for index in range(len(stream)):
            for call in self._match_counted(stream, index):
                if call.intent.name == name:
                    return replace(call, is_certain=True)
            if (match := self._keyword_phrases.match_at(stream, index)) and match[0] == name:
                return IntentMatch(self.intents_by_name[name], index, match[1], is_certain=True)
        return IntentMatch(self.intents_by_name[name], 0, 0, is_certain=True)

    def _make_match(self, name: str, start: int, end: int, *, is_certain: bool) -> IntentMatch:
        return IntentMatch(self.intents_by_name[name], start, end, is_certain)

    @staticmethod
    def _command_positions(stream: TokenStream, first_index: int) -> Iterator[int]:
        """Yield the places where a command may begin: the first word, and each one after nothing but courtesies."""
        yield first_index
        for index in range(first_index + 1, min(first_index + _MOST_COURTESIES, len(stream))):
            if stream.raw_at(index - 1) not in COURTESY_WORDS and not stream.is_mark_at(index - 1):
                return
            if not stream.is_mark_at(index):
                yield index

    def _match_bare_number(self, stream: TokenStream, index: int) -> Iterator[IntentMatch]:
        """Yield the meaning of a number that is the whole message."""
        name = BARE_NUMBERS.get(stream.raw_at(index))
        if name and all(stream.is_mark_at(place) for place in range(index + 1, len(stream))):
            yield self._make_match(name, index, len(stream), is_certain=True)

    def _match_opt_out(self, stream: TokenStream, index: int) -> Iterator[IntentMatch]:
        """Yield `opt_out` for its words with any marks between them («لغو: ۱۱»), when nothing else is said."""
        message_letters = self._letters_between(stream, index, len(stream))
        if self._keyword_phrases.values_by_phrase.get(message_letters) == "opt_out":
            yield self._make_match("opt_out", index, len(stream), is_certain=True)

    def _match_question(self, stream: TokenStream, first_index: int) -> Iterator[IntentMatch]:
        """Yield help about what alone is behind a question mark or 0 («؟ ماشین», «0 تاکسی»)."""
        has_question_mark = any(stream.raw_at(index) in _QUESTION_MARKS for index in range(first_index))
        if has_question_mark or BARE_NUMBERS.get(stream.raw_at(first_index)) == "help":
            yield IntentMatch(
                self.intents_by_name["help"],
                0,
                first_index if has_question_mark else first_index + 1,
                is_certain=False,
                is_bare=True,
            )

    def _match_bare_code(self, stream: TokenStream, index: int) -> Iterator[IntentMatch]:
        """Yield `track` for nine digits with nothing but their name («کد ۱۲۳۴۵۶۷۸۶»)."""
        rest = [place for place in range(index, len(stream)) if not stream.is_mark_at(place)]
        numbers = [place for place in rest if stream.tokens[place].kind is TokenKind.NUMBER]
        if numbers and all(place in numbers or stream.raw_at(place) in CODE_LABELS for place in rest):
            run = read_digit_run(stream, numbers[0], (9,), 9)
            if run and run[1] > numbers[-1]:
                yield self._make_match("track", index, index, is_certain=True)

    def _match_keyword(self, stream: TokenStream, index: int, *, at_beginning: bool) -> Iterator[IntentMatch]:
        match = self._keyword_phrases.match_at(stream, index)
        if match:
            is_doubtful = self._letters_between(stream, index, match[1]) in self._doubtful_words
            is_certain = at_beginning and self._is_certain_word(stream, index, match[1])
            yield IntentMatch(self.intents_by_name[match[0]], index, match[1], is_certain, is_exact=not is_doubtful)

    def _match_counted(self, stream: TokenStream, index: int) -> Iterator[IntentMatch]:
        """Yield the call of a keyword of which somebody says how many they want («۳ بنر», «سه عدد بنر»)."""
        number = read_number_at(stream, index)
        if not number:
            return
        match = self._keyword_phrases.match_at(stream, stream.skip(number[1], UNIT_WORDS))
        if match and self.intents_by_name[match[0]].counted_slot:
            yield IntentMatch(self.intents_by_name[match[0]], index, match[1], is_certain=False, count=number[0])

    def _is_certain_word(self, stream: TokenStream, start: int, end: int) -> bool:
        return self._letters_between(stream, start, end) in self._certain_words

    @staticmethod
    def _letters_between(stream: TokenStream, start: int, end: int) -> str:
        return "".join(stream.raw_at(index) for index in range(start, end) if not stream.is_mark_at(index))

    def _match_after_code(self, stream: TokenStream, index: int) -> Iterator[IntentMatch]:
        """Yield the call of a keyword that is after the code («۱۲۳۴۵۶۷۸۶ لغو»)."""
        run = read_digit_run(stream, index, (9,), 9)
        match = self._keyword_phrases.match_at(stream, run[1]) if run else None
        if run and match and "code" in self.intents_by_name[match[0]].required_slots:
            yield self._make_match(match[0], run[1], match[1], is_certain=False)

    def _match_misspelt(self, stream: TokenStream, index: int) -> Iterator[tuple[float, IntentMatch]]:
        joined_letters = ""
        for end in range(index, min(index + _LONGEST_MISSPELT, len(stream))):
            if stream.tokens[end].kind is not TokenKind.WORD:
                return
            joined_letters += stream.raw_at(end)
            if joined_letters in ORDINARY_WORDS:
                continue
            short_words = self._spelling.find_near_short(joined_letters) if end == index else []
            for cost, known_word in (*self._spelling.find_near(joined_letters), *short_words):
                intent = self.intents_by_name[self._keyword_phrases.values_by_phrase[known_word]]
                if not (intent.is_binding or intent.is_strict) or not _is_negated_form(joined_letters, known_word):
                    yield (
                        cost,
                        IntentMatch(
                            intent,
                            index,
                            end + 1,
                            is_certain=False,
                            is_guess=len(known_word) < 4 and cost == 1,
                            is_exact=False,
                        ),
                    )


def _is_negated_form(typed_word: str, known_word: str) -> bool:
    """Return whether a word says the opposite of a known one that it is near: «انصراف نمی‌دهم» is no «انصراف
    می‌دهم».
    """
    return typed_word.count("ن") > known_word.count("ن")
