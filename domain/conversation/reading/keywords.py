"""Intent that a message calls: its first words, well or badly spelt, or a tracking code alone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from operator import itemgetter

from domain.conversation.reading.intent_ranking import Vocabulary
from domain.conversation.reading.vocabulary import BARE_NUMBERS, NUMBER_LABELS
from domain.language.intents import Intent
from domain.parsing.courtesies import end_of_opening
from domain.parsing.filler_words import COURTESY_WORDS, ORDINARY_WORDS
from domain.parsing.identifiers import CODE_LABELS, read_digit_run, read_tracking_code
from domain.parsing.negation import Negation
from domain.parsing.numerals import UNIT_WORDS, read_number_at
from domain.parsing.spelling import Spelling
from domain.parsing.tokens import QUESTION_MARKS, Phrases, TokenKind, TokenStream, join_letters, keys_in, read_once
from domain.parsing.word_lists import words_of
from domain.parsing.yes_no_words import NO_KEYS, YES_KEYS

_LONGEST_MISSPELT = 3
_LONGEST_OPT_OUT = 12
"""Letters of the longest words that stop texts."""
_MOST_COURTESIES = 12
_SHORTEST_GLUED = 5
REQUEST_NAMES = keys_in("intents.request_names")
"""Names of the request before a command («درخواستمو لغو کنید»)."""
_BEFORE_COMMANDS = COURTESY_WORDS | REQUEST_NAMES | keys_in("intents.before_commands")
_ANSWERS = YES_KEYS | NO_KEYS
"""Answers that command nothing amid a sentence («انجام شده یا خیر»)."""
_PRONOUNS = words_of("intents.pronouns")
_LATIN_PRONOUNS = ("am", "amo", "esh", "esho", "emun", "emoon", "e")
_OWN_ENDINGS = words_of("intents.own_endings")
"""Endings of a word for something of the writer's own («شکایتم»), or for any of its kind («شکایتی»)."""


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
    is_meant: bool = False
    """Whether it is known otherwise that the intent is meant: other words do not make it unknown."""
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
        words_by_intent = {
            intent.name: (*intent.certain_words, *intent.weak_words, *intent.doubtful_words) for intent in known_intents
        }
        known_words = {join_letters(word) for word in chain.from_iterable(words_by_intent.values())} | ORDINARY_WORDS
        spoken_words = {
            intent.name: (*words_by_intent[intent.name], *_list_words_with_pronouns(intent, known_words))
            for intent in known_intents
        }
        self._keyword_phrases = Phrases(spoken_words)
        binding_words = (
            (*spoken_words[intent.name], *intent.beside_code_words) for intent in known_intents if intent.is_binding
        )
        self._binding_phrases = Phrases({True: chain.from_iterable(binding_words)})
        phrases = self._keyword_phrases.values_by_phrase.items()
        self._opt_out_letters = tuple({phrase[0] for phrase, name in phrases if name == "opt_out"})
        self._certain_words = _join_all(intent.certain_words for intent in known_intents)
        self._doubtful_words = _join_all(intent.doubtful_words for intent in known_intents)
        # «تماس نگیرید» is near «تماس بگیرید», and no slip: whole phrases are taken as they are written.
        spelt_intents = [intent for intent in known_intents if not intent.is_called_in_sentence]
        self._spelling = Spelling(join_letters(keyword) for intent in spelt_intents for keyword in intent.certain_words)
        self._refusing_phrases = Phrases({intent.name: intent.refusing_words for intent in known_intents})
        self._hint_phrases = Phrases({intent.name: intent.hint_words for intent in known_intents})
        self._beside_code_phrases = Phrases({intent.name: intent.beside_code_words for intent in known_intents})

    @property
    def vocabulary(self) -> Vocabulary:
        """Vocabulary of names and pointers of each intent, to be compared by: the same words find the same intents."""
        return tuple(
            (intent.name, *intent.certain_words, *intent.weak_words, *intent.doubtful_words, "", *intent.hint_words)
            for intent in self.intents_by_name.values()
        )

    def find_calls(self, stream: TokenStream) -> Iterator[IntentMatch]:
        """Yield the readings of a message's beginning that may be meant, the most certain first."""
        first_index = next((index for index in range(len(stream)) if not stream.is_mark_at(index)), None)
        if first_index is None:
            if stream.read.asks:
                yield self._make_match("help", 0, len(stream), is_certain=True)
            return
        yield from self._match_question(stream, first_index)
        matter_index = end_of_opening(stream)
        for index in self._command_positions(stream, first_index):
            yield from self._match_bare_number(stream, index)
            yield from self._match_opt_out(stream, index)
            yield from self._match_keyword(stream, index, at_beginning=index in {first_index, matter_index})
            yield from self._match_counted(stream, index)
            yield from self._match_bare_code(stream, index)
            yield from self._match_after_code(stream, index)
        yield from self._match_opt_out_at_end(stream)

    def find_calls_anywhere(self, stream: TokenStream) -> Iterator[IntentMatch]:
        """Yield the calls of intents whose words count wherever they are."""
        for start, name, end in self._keyword_phrases.find_in(stream):
            if self._counts_anywhere(stream, start, name, end):
                yield self._make_match(name, start, end, is_certain=True)

    def may_call_binding(self, stream: TokenStream) -> bool:
        """Return whether a word of an intent that ends something or binds somebody is in a message."""
        return self._binding_phrases.occurs_in(stream)

    def find_calls_beside_code(self, stream: TokenStream) -> list[IntentMatch]:
        """Return what a message wants of the code in it, by the words around that, one call for each intent."""
        calls: dict[str, IntentMatch] = {}
        index = 0
        while index < len(stream):
            key = stream.key_at(index)
            may_begin = self._keyword_phrases.may_begin(key) or self._beside_code_phrases.may_begin(key)
            call = self._match_beside_code(stream, index) if may_begin else None
            if call:
                calls.setdefault(call.intent.name, call)
            index = max(call.end if call else 0, index + 1)
        return list(calls.values())

    def _match_beside_code(self, stream: TokenStream, index: int) -> IntentMatch | None:
        word_match = self._beside_code_phrases.match_at(stream, index)
        keyword = None if stream.raw_at(index) in _ANSWERS else self._keyword_phrases.match_at(stream, index)
        if word_match and (not keyword or keyword[1] <= word_match[1]):
            return IntentMatch(
                self.intents_by_name[word_match[0]], index, word_match[1], is_certain=True, is_exact=False
            )
        if not keyword or not self._takes_code_alone(self.intents_by_name[keyword[0]]):
            return None
        is_doubtful = self._letters_between(stream, index, keyword[1]) in self._doubtful_words
        return IntentMatch(
            self.intents_by_name[keyword[0]], index, keyword[1], is_certain=True, is_exact=not is_doubtful
        )

    @staticmethod
    def _takes_code_alone(intent: Intent) -> bool:
        return "code" in intent.required_slots and intent.rest_slot is None and not intent.is_called_anywhere

    def find_look_ups(self, stream: TokenStream) -> Iterator[IntentMatch]:
        """Yield the calls anywhere of intents that only ask something and keep no text; an argument has to be there."""
        for start, name, end in self._keyword_phrases.find_in(stream):
            intent = self.intents_by_name[name]
            if not (intent.rest_slot or intent.is_binding or intent.is_strict):
                yield IntentMatch(intent, start, end, is_certain=False)

    def find_refused_intent(self, stream: TokenStream) -> str | None:
        """Return the intent whose refusing words a message holds."""
        return next((name for _, name, _ in self._refusing_phrases.find_in(stream)), None)

    def find_own_words_intent(self, stream: TokenStream) -> str | None:
        """Return the intent for a text of the writer's own that a word names, with whatever pronoun («شکایتم»)."""
        for index in range(len(stream)):
            word = stream.raw_at(index)
            stems = (word.removesuffix(ending) for ending in ("", *_OWN_ENDINGS) if word.endswith(ending))
            for name in (self._keyword_phrases.values_by_phrase.get(stem) for stem in stems):
                if name and self.intents_by_name[name].keeps_own_words:
                    return name
        return None

    def _counts_anywhere(self, stream: TokenStream, start: int, name: str, end: int) -> bool:
        intent = self.intents_by_name[name]
        return intent.is_called_anywhere or (intent.is_called_in_sentence and self._is_certain_word(stream, start, end))

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
        hints = {start: name for start, name, _ in self._hint_phrases.find_in(stream)}
        keywords = {start: (name, end) for start, name, end in self._keyword_phrases.find_in(stream)}
        for index in sorted(hints.keys() | keywords):
            name, end = (hints[index], index) if index in hints else keywords[index]
            is_named = not self.intents_by_name[name].is_strict and self._is_certain_word(stream, index, end)
            if index in hints or is_named:
                hinted_intents[name] = None
        return tuple(hinted_intents)

    def find_named_intents(self, stream: TokenStream) -> Iterator[str]:
        """Yield the intents that words anywhere point at, by a hint word, and those that they name by a keyword."""
        hints = ((start, name) for start, name, _ in self._hint_phrases.find_in(stream))
        keywords = ((start, f"{name} named") for start, name, _ in self._keyword_phrases.find_in(stream))
        yield from (name for _, name in sorted(chain(hints, keywords), key=itemgetter(0)))

    def is_named_before(self, stream: TokenStream, name: str, negation: Negation) -> bool:
        """Return whether words right before a negation name an intent, or point at it."""
        end = negation.start
        indefinite_noun = stream.raw_at(end - 1).removesuffix("ی")  # «شکایتی ندارم»
        return self._keyword_phrases.values_by_phrase.get(indefinite_noun) == name or any(
            match == (name, end)
            for phrases in (self._hint_phrases, self._keyword_phrases)
            for match in (phrases.match_at(stream, index) for index in range(end))
        )

    def take_named_intents(self, stream: TokenStream) -> None:
        """Take the words that point at an intent, or name one."""
        for index in stream.free_indexes():
            match = self._hint_phrases.match_at(stream, index) or self._keyword_phrases.match_at(stream, index)
            if match:
                stream.take(index, match[1])

    def list_named_intents(self, stream: TokenStream) -> list[str]:
        """Return the intents that words of a message name in any form, wherever they are, the first first."""
        intent_names: dict[str, None] = {}
        for index in range(len(stream)):
            match = self._keyword_phrases.match_at(stream, index) or self._hint_phrases.match_at(stream, index)
            if match:
                intent_names[match[0]] = None
        return list(intent_names)

    def separate_glued_word(self, text: str) -> str | None:
        """Return the message with a space after a keyword to which the next word is glued («ماشینلودر»), or None."""
        first_word = next((token for token in read_once(text).tokens if token.kind is TokenKind.WORD), None)
        if not first_word or len(first_word.key) != first_word.end - first_word.start:
            return None
        cuts = range(len(first_word.key) - 2, _SHORTEST_GLUED - 1, -1)
        cut = next((cut for cut in cuts if first_word.key[:cut] in self._certain_words), None)
        return f"{text[: first_word.start + cut]} {text[first_word.start + cut :]}" if cut else None

    def locate_keyword(self, name: str, stream: TokenStream) -> IntentMatch:
        """Return the call of an intent wherever its keyword is; of no word at all when it is not there."""
        intent = self.intents_by_name[name]
        ends = {start: end for start, found, end in self._keyword_phrases.find_in(stream) if found == name}
        for index in range(len(stream)) if intent.counted_slot else ends:
            for call in self._match_counted(stream, index) if intent.counted_slot else ():
                if call.intent is intent:
                    return replace(call, is_certain=True, is_meant=True)
            if index in ends:
                return IntentMatch(intent, index, ends[index], is_certain=True, is_meant=True)
        return IntentMatch(intent, 0, 0, is_certain=True, is_meant=True)

    def _make_match(self, name: str, start: int, end: int, *, is_certain: bool) -> IntentMatch:
        return IntentMatch(self.intents_by_name[name], start, end, is_certain)

    @staticmethod
    def _command_positions(stream: TokenStream, first_index: int) -> Iterator[int]:
        """Yield the places where a command may begin: the first word, what follows greetings and titles, and each one
        after nothing but words of courtesy; in Turkmen, which says last what is wanted, every one.
        """
        yield first_index
        matter_index = max(end_of_opening(stream), first_index)
        if first_index < matter_index < len(stream):
            yield matter_index
        for index in range(matter_index + 1, min(matter_index + _MOST_COURTESIES, len(stream))):
            follows_courtesy = stream.raw_at(index - 1) in _BEFORE_COMMANDS or stream.is_mark_at(index - 1)
            if not follows_courtesy and not stream.is_turkmen:
                return
            if not stream.is_mark_at(index):
                yield index

    def _match_bare_number(self, stream: TokenStream, index: int) -> Iterator[IntentMatch]:
        """Yield the meaning of a number that is the whole message («عدد ۱۱»)."""
        number = index + 1 if stream.raw_at(index) in NUMBER_LABELS else index
        name = BARE_NUMBERS.get(stream.raw_at(number))
        if name and all(stream.is_mark_at(place) for place in range(number + 1, len(stream))):
            yield self._make_match(name, index, len(stream), is_certain=True)

    def _match_opt_out(self, stream: TokenStream, index: int) -> Iterator[IntentMatch]:
        """Yield `opt_out` for its words with any marks between them («لغو: ۱۱»), once or again and again, when
        nothing else is said.
        """
        if not stream.raw_at(index).startswith(self._opt_out_letters):
            return
        message_letters = self._letters_between(stream, index, len(stream))
        named = self._keyword_phrases.values_by_phrase
        is_called = any(
            len(message_letters) % size == 0
            and named.get(message_letters[:size]) == "opt_out"
            and message_letters == message_letters[:size] * (len(message_letters) // size)
            for size in range(3, min(len(message_letters), _LONGEST_OPT_OUT) + 1)
        )
        if is_called:
            yield self._make_match("opt_out", index, len(stream), is_certain=True)

    def _match_opt_out_at_end(self, stream: TokenStream) -> Iterator[IntentMatch]:
        """Yield `opt_out` whose words end a message («دیگه پیامک نفرستید لغو ۱۱»); what else it says must fit."""
        for start, name, end in self._keyword_phrases.find_in(stream):
            if start and name == "opt_out" and all(map(stream.is_mark_at, range(end, len(stream)))):
                yield self._make_match("opt_out", start, end, is_certain=True)

    def _match_question(self, stream: TokenStream, first_index: int) -> Iterator[IntentMatch]:
        """Yield help about what alone is behind a question mark or 0 («؟ ماشین», «0 تاکسی»)."""
        has_question_mark = any(stream.raw_at(index) in QUESTION_MARKS for index in range(first_index))
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
        if not run or not match or self._beside_code_phrases.match_at(stream, run[1]):
            return  # «… تایید شد» tells of the request
        if "code" in self.intents_by_name[match[0]].required_slots:
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


def _join_all(word_lists: Iterable[Iterable[str]]) -> frozenset[str]:
    return frozenset(join_letters(word) for word in chain.from_iterable(word_lists))


def _list_words_with_pronouns(intent: Intent, known_words: set[str]) -> list[str]:
    """Return the words of an intent with a pronoun at their end («لغوش کن», «قبضمو بدید», «هزینش»), as far as none is a
    word of its own; of a text of the writer's own there are none.
    """
    if intent.rest_slot not in {None, "place", "reason"} or intent.is_strict:
        return []
    single_words = [word for word in (*intent.certain_words, *intent.weak_words) if " " not in word]
    spoken_forms = [
        f"{stem}{ending}"
        for word in single_words
        for stem in ({word, word.removesuffix("ه")} if not word.isascii() else {word})
        for ending in (_LATIN_PRONOUNS if word.isascii() else _PRONOUNS)
    ]
    return [form for form in spoken_forms if join_letters(form) not in known_words]


def _is_negated_form(typed_word: str, known_word: str) -> bool:
    """Return whether a word says the opposite of a known one that it is near: «انصراف نمی‌دهم» is no «انصراف
    می‌دهم».
    """
    return typed_word.count("ن") > known_word.count("ن")
