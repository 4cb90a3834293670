"""Which intent a message calls: its first words, well or badly spelt, or a tracking code alone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from domain.conversation.vocabulary import BARE_NUMBERS
from domain.language.intents import Intent
from domain.parsing.filler_words import COURTESIES, ORDINARY_WORDS
from domain.parsing.identifiers import CODE_LABELS, digit_run, is_code
from domain.parsing.spelling import Spelling
from domain.parsing.tokens import Phrases, Stream, TokenKind, joined

_QUESTION_MARKS = frozenset("?؟")
_LONGEST_MISSPELT = 3
_MOST_COURTESIES = 12
_SHORTEST_GLUED = 5


@dataclass(frozen=True, slots=True)
class IntentMatch:
    """An intent called by the tokens `start` to `end`.

    A `sure` call needs nothing more; any other counts only when an argument is understood, or nothing else is said. A
    `guess` (a word of three letters with a wrong one) needs the argument, and a `bare` call bears no other words.
    `exact` tells that the keyword is written as it is known, and says what it says.
    """

    intent: Intent
    start: int
    end: int
    sure: bool
    guess: bool = False
    bare: bool = False
    exact: bool = True


class Keywords:
    """The keywords of all intents."""

    def __init__(self, intents: Iterable[Intent]) -> None:
        """Take the intents; `ValueError` when two of them share a word or a name."""
        self.intents: dict[str, Intent] = {}
        for intent in intents:
            if self.intents.setdefault(intent.name, intent) is not intent:
                raise ValueError(f"two intents are named {intent.name!r}")
        known = self.intents.values()
        self._phrases = Phrases(
            {intent.name: (*intent.words, *intent.weak_words, *intent.doubtful_words) for intent in known}
        )
        self._sure = frozenset(joined(word) for intent in known for word in intent.words)
        self._doubtful = frozenset(joined(word) for intent in known for word in intent.doubtful_words)
        self._spelling = Spelling(joined(word) for intent in known for word in intent.words)
        self._hints = Phrases({intent.name: intent.hint_words for intent in known})

    def calls(self, stream: Stream) -> Iterator[IntentMatch]:
        """Yield the readings of a message's beginning that may be meant, the most certain first."""
        first = next((at for at in range(len(stream)) if not stream.is_mark(at)), None)
        if first is None:
            if any(stream.raw(at) in _QUESTION_MARKS for at in range(len(stream))):
                yield self._call("help", 0, len(stream), sure=True)
            return
        yield from self._question(stream, first)
        for at in self._beginnings(stream, first):
            yield from self._bare_number(stream, at)
            yield from self._opt_out(stream, at)
            yield from self._exact(stream, at, sure=at == first)
            yield from self._bare_code(stream, at)
            yield from self._code_first(stream, at)

    def misspelt(self, stream: Stream) -> list[IntentMatch]:
        """Return the calls that the first words may be meant for; more than one intent when that is open."""
        first = next((at for at in range(len(stream)) if not stream.is_mark(at)), 0)
        for at in self._beginnings(stream, first):
            found = sorted(self._near(stream, at), key=lambda one: one[0])
            best = [call for cost, call in found if cost == found[0][0]]
            if best:
                return list({call.intent.name: call for call in reversed(best)}.values())
        return []

    def hints(self, stream: Stream) -> tuple[str, ...]:
        """Return the intents that words of the message point at, wherever they stand."""
        found: dict[str, None] = {}
        if any((run := digit_run(stream, at, (9,), 9)) and is_code(run[0]) for at in range(len(stream))):
            found["track"] = None
        for at in range(len(stream)):
            hint = self._hints.at(stream, at)
            call = self._phrases.at(stream, at)
            if hint:
                found[hint[0]] = None
            elif call and not self.intents[call[0]].strict and self._is_sure(stream, at, call[1]):
                found[call[0]] = None
        return tuple(found)

    def set_apart(self, text: str) -> str | None:
        """Return the message with a space after a keyword to which the next word is glued («ماشینلودر»), or None."""
        word = next((token for token in Stream(text).tokens if token.kind is TokenKind.WORD), None)
        if not word or len(word.key) != word.end - word.start:
            return None
        cuts = range(len(word.key) - 2, _SHORTEST_GLUED - 1, -1)
        cut = next((cut for cut in cuts if word.key[:cut] in self._sure), None)
        return f"{text[: word.start + cut]} {text[word.start + cut :]}" if cut else None

    def place_of(self, name: str, stream: Stream) -> IntentMatch:
        """Return the call of an intent wherever its keyword stands; of no word at all when it does not stand there."""
        for at in range(len(stream)):
            if (found := self._phrases.at(stream, at)) and found[0] == name:
                return IntentMatch(self.intents[name], at, found[1], sure=True)
        return IntentMatch(self.intents[name], 0, 0, sure=True)

    def _call(self, name: str, start: int, end: int, *, sure: bool) -> IntentMatch:
        return IntentMatch(self.intents[name], start, end, sure)

    @staticmethod
    def _beginnings(stream: Stream, first: int) -> Iterator[int]:
        """Yield the places where a command may begin: the first word, and each one after nothing but courtesies."""
        yield first
        for at in range(first + 1, min(first + _MOST_COURTESIES, len(stream))):
            if stream.raw(at - 1) not in COURTESIES and not stream.is_mark(at - 1):
                return
            if not stream.is_mark(at):
                yield at

    def _bare_number(self, stream: Stream, at: int) -> Iterator[IntentMatch]:
        """Yield the meaning of a number that is the whole message."""
        name = BARE_NUMBERS.get(stream.raw(at))
        if name and all(stream.is_mark(place) for place in range(at + 1, len(stream))):
            yield self._call(name, at, len(stream), sure=True)

    def _opt_out(self, stream: Stream, at: int) -> Iterator[IntentMatch]:
        """Yield `opt_out` for its words with any marks between them («لغو: ۱۱»), when nothing else is said."""
        words = self._letters(stream, at, len(stream))
        if self._phrases.values.get(words) == "opt_out":
            yield self._call("opt_out", at, len(stream), sure=True)

    def _question(self, stream: Stream, first: int) -> Iterator[IntentMatch]:
        """Yield help about what alone stands behind a question mark or 0 («؟ ماشین», «0 تاکسی»)."""
        marked = any(stream.raw(at) in _QUESTION_MARKS for at in range(first))
        if marked or BARE_NUMBERS.get(stream.raw(first)) == "help":
            yield IntentMatch(self.intents["help"], 0, first if marked else first + 1, sure=False, bare=True)

    def _bare_code(self, stream: Stream, at: int) -> Iterator[IntentMatch]:
        """Yield `track` for nine digits with nothing but their name («کد ۱۲۳۴۵۶۷۸۶»)."""
        rest = [place for place in range(at, len(stream)) if not stream.is_mark(place)]
        numbers = [place for place in rest if stream.tokens[place].kind is TokenKind.NUMBER]
        if numbers and all(place in numbers or stream.raw(place) in CODE_LABELS for place in rest):
            run = digit_run(stream, numbers[0], (9,), 9)
            if run and run[1] > numbers[-1]:
                yield self._call("track", at, at, sure=True)

    def _exact(self, stream: Stream, at: int, *, sure: bool) -> Iterator[IntentMatch]:
        found = self._phrases.at(stream, at)
        if found:
            doubtful = self._letters(stream, at, found[1]) in self._doubtful
            certain = sure and self._is_sure(stream, at, found[1])
            yield IntentMatch(self.intents[found[0]], at, found[1], certain, exact=not doubtful)

    def _is_sure(self, stream: Stream, start: int, end: int) -> bool:
        return self._letters(stream, start, end) in self._sure

    @staticmethod
    def _letters(stream: Stream, start: int, end: int) -> str:
        return "".join(stream.raw(at) for at in range(start, end) if not stream.is_mark(at))

    def _code_first(self, stream: Stream, at: int) -> Iterator[IntentMatch]:
        """Yield the call of a keyword that stands after the code («۱۲۳۴۵۶۷۸۶ لغو»)."""
        run = digit_run(stream, at, (9,), 9)
        found = self._phrases.at(stream, run[1]) if run else None
        if run and found and "code" in self.intents[found[0]].required:
            yield self._call(found[0], run[1], found[1], sure=False)

    def _near(self, stream: Stream, at: int) -> Iterator[tuple[float, IntentMatch]]:
        letters = ""
        for end in range(at, min(at + _LONGEST_MISSPELT, len(stream))):
            if stream.tokens[end].kind is not TokenKind.WORD:
                return
            letters += stream.raw(end)
            if letters in ORDINARY_WORDS:
                continue
            short = self._spelling.near_short(letters) if end == at else []
            for cost, word in (*self._spelling.near(letters), *short):
                intent = self.intents[self._phrases.values[word]]
                if not (intent.binding or intent.strict) or not _denies(letters, word):
                    yield (
                        cost,
                        IntentMatch(intent, at, end + 1, sure=False, guess=len(word) < 4 and cost == 1, exact=False),
                    )


def _denies(typed: str, known: str) -> bool:
    """Tell whether a word says the opposite of a known one that it is near: «انصراف نمی‌دهم» is no «انصراف می‌دهم»."""
    return typed.count("ن") > known.count("ن")
