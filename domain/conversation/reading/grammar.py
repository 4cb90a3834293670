"""The grammar of messages: pure text in, an intent with its slots out. It knows no dialogues, people or requests.

A message is a command: a keyword (Persian or Latin, in any spelling and spacing, a little misspelt), then arguments in
any order; what no argument reader takes is the free text (place, reason, text) in the writer's own words. Source:
channels.md, "SMS" and "`pishkhan sms parse`".
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property, lru_cache

from domain.conversation.reading.account_numbers import IBAN_INTENT
from domain.conversation.reading.call_words import (
    BESIDE,
    WISHLESS_SLOTS,
    find_missing_slots,
    is_borne_out,
    names_matter,
    read_free_text,
    take_words_around,
)
from domain.conversation.reading.command_fields import EXPLAINED_COMMANDS
from domain.conversation.reading.field_changes import is_change_of_request, mentions_change
from domain.conversation.reading.intent_learning import learn_from
from domain.conversation.reading.intent_ranking import IntentRanking, RankedIntent, load_ranking
from domain.conversation.reading.keywords import IntentMatch, Keywords
from domain.conversation.reading.labelled_sentences import LabelledSentence
from domain.conversation.reading.own_words import takes_back
from domain.conversation.reading.parsed_message import UNKNOWN_INTENT, ParsedMessage
from domain.conversation.reading.sentences import Mood, asks_how, find_mood
from domain.conversation.reading.vocabulary import (
    ASKING_WORDS,
    CHANGE_INTENT,
    EMPTY_WORDS,
    collect_field_words,
    collect_topic_names,
    collect_topic_words,
    list_command_intents,
)
from domain.language.intents import Intent
from domain.parsing.code_places import CodePlace, find_code_place, take_quoted_words, take_reporting_phrases
from domain.parsing.filler_words import FILLER_WORDS, REQUEST_WORDS
from domain.parsing.ibans import find_iban
from domain.parsing.identifiers import CODE_LABELS, take_code
from domain.parsing.negation import find_negations
from domain.parsing.places import mentions_address
from domain.parsing.slots import MessageReader
from domain.parsing.tokens import Phrases, TokenStream, keys_of, read_once
from domain.values.calendar import to_tehran

_REQUEST_WORD = keys_of("درخواست")
_MOST_SUGGESTIONS, _FEW_MISSING = 3, 2
_MOST_REMEMBERED, _MOST_ASKING_WORDS = 64, 3


class Grammar:
    """Reads messages by the intents of the commands and of the services it was given."""

    def __init__(self, intents: Iterable[Intent], learned_from: Sequence[LabelledSentence] | None = None) -> None:
        """Take the intents of the services; `ValueError` when a keyword belongs to two intents.

        With `learned_from` the intents are ranked by what those sentences alone teach.
        """
        self._learned_from = learned_from
        service_intents = tuple(intents)
        all_intents = (*list_command_intents(service_intents), *service_intents)
        self._keywords = Keywords(all_intents)
        self._service_phrases: Phrases[str] = Phrases(collect_topic_names(all_intents))
        self._topic_phrases: Phrases[str] = Phrases(collect_topic_words(all_intents))
        self._field_words = collect_field_words(service_intents)
        self._read_once = lru_cache(maxsize=_MOST_REMEMBERED)(self._parse_at)

    def parse_message(self, text: str, today: datetime) -> ParsedMessage:
        """Return what a message says outside of a dialogue; relative dates count from `today` (aware) in Tehran.

        Never raises for any text. A turn asks for it several times: it is read once.
        """
        return self._read_once(text, to_tehran(today).replace(second=0, microsecond=0))

    def _parse_at(self, text: str, now: datetime) -> ParsedMessage:
        message = self._parse_text(text, now)
        if change := self._read_change_request(message, text, now):
            return change
        separated_text = self._keywords.separate_glued_word(text) if message.intent == UNKNOWN_INTENT else None
        if separated_text and (second_message := self._parse_text(separated_text, now)).has_valid_arguments:
            return second_message
        return message

    def is_binding(self, intent: str) -> bool:
        """Return whether an intent ends something or binds somebody."""
        return intent in self._keywords.intents_by_name and self._keywords.intents_by_name[intent].is_binding

    def find_intent(self, name: str) -> Intent | None:
        """Return the intent of a name; None for one that is not known here."""
        return self._keywords.intents_by_name.get(name)

    def is_asked_for(self, message: ParsedMessage, text: str) -> bool:
        """Return whether a message that calls nothing asks for its form in so many words, or says nearly all of it:
        what is told beside an order stands for a value.
        """
        intent = self._keywords.intents_by_name[message.intent]
        unmentioned_count = len(message.missing_slots) - (BESIDE in message.partial_values)
        if intent.rest_slot != "place" or unmentioned_count < _FEW_MISSING:
            return True
        return not ASKING_WORDS.isdisjoint(read_once(text).key_set)

    def says_nothing_more(self, intent: str, text: str) -> bool:
        """Return whether a text asks for a form and describes nothing: no word is beside those of asking and naming."""
        if self._keywords.intents_by_name[intent].topic is None:
            return False
        stream = TokenStream(text)
        self._keywords.take_named_intents(stream)
        return all(
            stream.is_mark_at(index) or stream.digits_at(index) or stream.key_at(index) in EMPTY_WORDS
            for index in stream.free_indexes()
        )

    def list_named_intents(self, stream: TokenStream) -> frozenset[str]:
        """Return the intents that the words of a text name, or point at."""
        return frozenset(self._keywords.find_named_intents(stream))

    def find_topic(self, text: str) -> str | None:
        """Return the topic that words of a text name; None when they name none, or several."""
        stream = TokenStream(text)
        topics = {topic for _, topic, _ in self._topic_phrases.find_in(stream)}
        return topics.pop() if len(topics) == 1 else None

    def rank_intents(self, text: str) -> tuple[RankedIntent, ...]:
        """Return all intents, the likeliest by the words of a text first."""
        return self._ranking.rank_intents(text)

    @cached_property
    def _ranking(self) -> IntentRanking:
        if self._learned_from is not None:
            weights = learn_from(self._learned_from, self._keywords.find_named_intents)
            return IntentRanking(weights, self._keywords.find_named_intents)
        known_names = frozenset({*self._keywords.intents_by_name, UNKNOWN_INTENT})
        return load_ranking(known_names, self._keywords.vocabulary, self._keywords.find_named_intents)

    def _read_change_request(self, message: ParsedMessage, text: str, now: datetime) -> ParsedMessage | None:
        """Return the change that a sentence asks for without its keyword; None where it calls something else."""
        called_intent = self._keywords.intents_by_name.get(message.intent)
        if message.refused_intent or (called_intent and called_intent.rest_slot != "place"):
            return None
        reader = MessageReader(TokenStream(text), now, self._service_phrases, self._topic_phrases)
        if called_intent and not mentions_change(reader.stream):
            return None
        take_code(reader)
        change = self._field_words.read_change(reader.stream)
        if change is None or (called_intent and not change.has_verb) or not is_change_of_request(change, now):
            return None
        call = IntentMatch(self._keywords.intents_by_name[CHANGE_INTENT], 0, 0, is_certain=True, is_exact=False)
        meant_message = self._read_call(text, call, now)
        return meant_message and replace(meant_message, mood=Mood.UNCLEAR)

    def refuses(self, stream: TokenStream, intent: str) -> bool:
        """Return whether a text refuses or forbids; a lack refuses what it names («شکایتی ندارم») alone."""
        negations, only_asks = find_negations(stream.read), self._keywords.intents_by_name[intent].only_asks
        if stream.is_turkmen and not only_asks and negations.denies_at_end:
            return True  # «kran däl»
        return any(
            negation.is_wanting or not negation.is_lacking or self._keywords.is_named_before(stream, intent, negation)
            for negation in negations.refusals
        )

    def is_called_in_sentence(self, intent: str) -> bool:
        """Return whether an intent is called by whole phrases, whatever is said beside them."""
        return intent in self._keywords.intents_by_name and self._keywords.intents_by_name[intent].is_called_in_sentence

    def parse_for_intent(self, intent: str, text: str, today: datetime) -> ParsedMessage | None:
        """Read a text that called no command as one of this intent, wherever its keyword is; None when it refuses.

        Free text is kept where the intent needs one; as a place only what is an address.
        """
        if intent not in self._keywords.intents_by_name:
            return None
        meant_intent = self._keywords.intents_by_name[intent]
        call = self._keywords.locate_keyword(intent, TokenStream(text))
        if meant_intent.rest_slot == "text" and not meant_intent.is_binding:
            call = replace(call, start=0, end=0)  # a text of the writer's own is kept as it is written
        message = self._read_call(text, call, to_tehran(today))
        if message is None or message.refused_intent:
            return None
        rest_slot = meant_intent.rest_slot
        is_needed = rest_slot in {*meant_intent.required_slots, "reason"} or (
            meant_intent.asks_for_person and names_matter(text)
        )
        if rest_slot in message.slots and not (
            is_needed and (rest_slot != "place" or mentions_address(str(message.slots[rest_slot])))
        ):
            return replace(message, slots={name: value for name, value in message.slots.items() if name != rest_slot})
        return message

    def parse_arguments(self, intent: str, text: str, today: datetime) -> ParsedMessage | None:
        """Read a text as the arguments of a command called before; None when it says none, or the intent takes free
        text, which is whatever was written.
        """
        called_intent = self.find_intent(intent)
        if called_intent is None or called_intent.rest_slot:
            return None
        message = self._read_call(text, IntentMatch(called_intent, 0, 0, is_certain=False), to_tehran(today))
        return message if message and message.slots else None

    def _parse_text(self, text: str, now: datetime) -> ParsedMessage:
        if (
            whole_message := self._parse_account(text, now)
            or self._parse_report(text, now)
            or self._parse_withdrawal(text)
        ):
            return whole_message
        message = self._parse_calls(text, now)
        refused_intent = self._keywords.find_refused_intent(TokenStream(text))
        if refused_intent and message.intent in {UNKNOWN_INTENT, refused_intent}:
            return ParsedMessage(UNKNOWN_INTENT, mood=Mood.REFUSED, refused_intent=refused_intent)
        if better := self._parse_question_how(text, message) or self._parse_command_in_form(text, message, now):
            return better
        intent = self._keywords.intents_by_name.get(message.intent)
        is_settled = intent is not None and (
            intent.rest_slot or intent.is_binding or intent.is_called_anywhere or intent.is_called_in_sentence
        )
        if is_settled or "service" in message.slots:
            return message
        if called_message := self._parse_call_anywhere(text, now, message):
            return called_message
        is_open = message.intent == UNKNOWN_INTENT and not message.refused_intent
        return (self._parse_beside_code(text, now) or self._parse_look_up(text, now) if is_open else None) or message

    def _parse_withdrawal(self, text: str) -> ParsedMessage | None:
        """Return the refusal of something of the writer's own («شکایتم را پس می‌گیرم»); not of what a code names."""
        stream = TokenStream(text)
        is_unnamed = takes_back(stream) and find_code_place(stream) is None
        name = self._keywords.find_own_words_intent(stream) if is_unnamed else None
        return ParsedMessage(UNKNOWN_INTENT, mood=Mood.REFUSED, refused_intent=name) if name else None

    def _parse_account(self, text: str, now: datetime) -> ParsedMessage | None:
        """Return the bank account that a text gives, wherever its number stands; not one in an answer («پاسخ …»)."""
        place = find_iban(stream := TokenStream(text))
        if place is None or any(call.intent.is_verbatim for call in self._keywords.find_calls(stream)):
            return None
        account_text = stream.source_text(place.start, place.end) if place.is_card else text  # «شبا ندارم، کارت …»
        call = self._keywords.locate_keyword(IBAN_INTENT, TokenStream(account_text))
        message = self._read_call(account_text, call, now)
        return message and replace(message, has_valid_arguments=True)

    def _parse_report(self, text: str, now: datetime) -> ParsedMessage | None:
        """Return the request, or its bill, of which a text of ours tells that comes back («گزارش … در دست بررسی است»);
        its words are no commands. A command right before a code is one.
        """
        stream = TokenStream(text)
        place = find_code_place(stream) if stream.read.word_count else None
        if place is None or any(self._keywords.find_calls_anywhere(stream)):
            return None
        for call in self._keywords.find_calls(stream):
            if (
                "code" in call.intent.required_slots
                and stream.skip(call.end, CODE_LABELS - _REQUEST_WORD) == place.start
            ):
                return None
        take_quoted_words(stream)
        if not take_reporting_phrases(stream, place):
            return None
        is_command = any(call.intent.is_binding for call in self._keywords.find_calls_beside_code(stream))
        return None if is_command else self._read_bare_code(text, place, now)

    def _read_bare_code(self, text: str, place: CodePlace, now: datetime) -> ParsedMessage | None:
        """Read a message of which nothing is understood but the code in it."""
        intent, stream = self._keywords.intents_by_name["pay" if place.is_bill else "track"], TokenStream(text)
        source = stream.text[stream.tokens[place.start].start : stream.tokens[place.end - 1].end]
        message = self._read_call(source, IntentMatch(intent, 0, 0, is_certain=True), now)
        return replace(message, is_named=False) if message else None

    def _parse_question_how(self, text: str, message: ParsedMessage) -> ParsedMessage | None:
        """Return help for who asks how something is done: about its service, or about the command that does it."""
        stream = TokenStream(text)
        if message.has_valid_arguments or message.refused_intent or not asks_how(stream):
            return None
        called_intent = self._keywords.intents_by_name.get(message.intent)
        if called_intent and (
            called_intent.rest_slot == "text" or not (called_intent.topic or called_intent.is_binding)
        ):
            return None
        for name in (*([called_intent.name] if called_intent else ()), *self._keywords.list_named_intents(stream)):
            intent = self._keywords.intents_by_name[name]
            if intent.topic:
                return ParsedMessage("help", {"service": intent.topic.key}, has_valid_arguments=True)
            if name in EXPLAINED_COMMANDS:
                return ParsedMessage("help", partial_values={"about": name}, has_valid_arguments=True)
        return None

    def _parse_command_in_form(self, text: str, message: ParsedMessage, now: datetime) -> ParsedMessage | None:
        """Return what is wanted where it was read as the place or reason of a new form: «مرخصی رو لغو کنید», or a text
        of ours that comes back («درخواست ماشین‌آلات شما ثبت شد. کد رهگیری: …»).
        """
        intent = self._keywords.intents_by_name.get(message.intent)
        if intent and intent.is_verbatim and self._asks_state(message):
            place = find_code_place(TokenStream(text))
            return self._read_bare_code(text, place, now) if place else None
        rest_text = message.slots.get(intent.rest_slot) if intent and intent.rest_slot in WISHLESS_SLOTS else None
        if not rest_text:
            return None
        stream = TokenStream(text)
        calls = self._keywords.find_calls_beside_code(stream) if self._keywords.may_call_binding(stream) else []
        for call in calls:
            if call.intent.is_binding and (call.intent.name == "cancel" or find_code_place(stream)):
                return self._read_call(text, self._keywords.locate_keyword(call.intent.name, stream), now)
        place = find_code_place(stream) if len(message.slots) == 1 else None
        return self._parse_beside_code(text, now) if place and place.is_named_in(stream) else None

    def _asks_state(self, message: ParsedMessage) -> bool:
        """Return whether an answer is none but asks how its request stands («جواب … چی شد»)."""
        stream = TokenStream(str(message.slots.get("text", "")))
        calls = self._keywords.find_calls_beside_code(stream) if 0 < len(stream) <= _MOST_ASKING_WORDS else []
        return any(call.intent.name == "track" for call in calls)

    def _parse_beside_code(self, text: str, now: datetime) -> ParsedMessage | None:
        """Return what a message wants that has a code or bill id somewhere: what words around it say, else its state.

        Of a code nobody knows what to do with where words stand beside it that are not understood, and no word calls it
        a code.
        """
        place = find_code_place(stream := TokenStream(text))
        if place is None:
            return None
        take_quoted_words(stream)
        calls = self._keywords.find_calls_beside_code(stream)
        binding_calls = [call for call in calls if call.intent.is_binding]
        read_only_calls = [
            call for call in calls if place.start or call.intent.name != "track" or place.is_named_in(stream)
        ]
        if len(binding_calls) > 1 or (calls and not (binding_calls or read_only_calls)):
            return None  # of «123456786 چی شد» nobody says what the number is
        for call in (*binding_calls, *sorted(read_only_calls, key=lambda one: one.intent.name != "pay")):
            message = self._read_call(text, call, now)
            if message and message.refused_intent == "track" and not find_negations(read_once(text)).forbids:
                return self._read_bare_code(text, place, now)  # «خبری نیست» refuses nothing
            if message:
                return message
        if not (place.is_named_in(stream) or place.is_alone_in(stream, FILLER_WORDS | REQUEST_WORDS)):
            return None
        return self._read_bare_code(text, place, now)

    def _parse_look_up(self, text: str, now: datetime) -> ParsedMessage | None:
        """Return what a message asks by a word anywhere in it, with an argument («برای پلاک … عوارض می‌خوام بدم»)."""
        for call in self._keywords.find_look_ups(TokenStream(text)):
            message = self._read_call(text, call, now)
            if message and message.has_valid_arguments and message.slots:
                return message
        return None

    def _parse_call_anywhere(self, text: str, now: datetime, first_reading: ParsedMessage) -> ParsedMessage | None:
        """Return what a message asks whose keyword is not at its beginning («این پیامک اصالت دارد؟ …»).

        What begins a form by a few of its words does not where the message calls something else, or is near it.
        """
        known_intents = self._keywords.intents_by_name
        near_forms = {name for name in first_reading.suggested_intents if known_intents[name].topic}
        near_intents = {first_reading.intent, *near_forms} - {UNKNOWN_INTENT}
        stream = TokenStream(text)
        for call in self._keywords.find_calls_anywhere(stream):
            message = self._read_call(text, call, now)
            if message is None or (call.intent.topic and near_intents - {call.intent.name}):
                continue
            is_whole_question = call.intent.is_called_in_sentence and message.intent == call.intent.name
            if message.has_valid_arguments or message.problems_by_slot or is_whole_question or message.refused_intent:
                return message
        return None

    def _parse_calls(self, text: str, now: datetime) -> ParsedMessage:
        stream = TokenStream(text)
        offered_intents: list[str] = []
        for call in self._keywords.find_calls(stream):
            message = self._read_call(text, call, now)
            if message:
                return message
            offered_intents.append(call.intent.name)
        misspelt_matches = self._keywords.find_misspelt_calls(stream)
        if len(misspelt_matches) == 1 and (message := self._read_call(text, misspelt_matches[0], now)):
            return message
        offered_intents = [
            *self._keywords.find_hinted_intents(stream),
            *offered_intents,
            *(call.intent.name for call in misspelt_matches),
        ]
        return self._suggest_intents(text, list(dict.fromkeys(offered_intents)))

    def _suggest_intents(self, text: str, offered_intents: list[str]) -> ParsedMessage:
        """Return what calls no command; what ends something is not offered to who refuses or forbids something."""
        if find_negations(read_once(text)).refuses_alone:
            return ParsedMessage(UNKNOWN_INTENT, mood=Mood.REFUSED)
        if find_negations(read_once(text)).forbids:
            offered_intents = [name for name in offered_intents if not self._keywords.intents_by_name[name].is_binding]
        return ParsedMessage(UNKNOWN_INTENT, suggested_intents=tuple(offered_intents)[:_MOST_SUGGESTIONS])

    def _read_call(self, text: str, call: IntentMatch, now: datetime) -> ParsedMessage | None:
        """Read the arguments of a call; None when the call was doubtful and they do not bear it out."""
        intent, stream = call.intent, TokenStream(text)
        take_words_around(stream, call)
        counted = {intent.counted_slot: call.count} if intent.counted_slot and call.count is not None else {}
        reader = MessageReader(stream, now, self._service_phrases, self._topic_phrases, counted)
        for read_slot in intent.slot_readers:
            read_slot(reader)
        is_understood, mood = bool(reader.slots), self._find_mood(stream, call)
        if mood is Mood.PLAIN and reader.is_assumed:
            mood = Mood.UNCLEAR
        if mood is Mood.REFUSED:
            return ParsedMessage(UNKNOWN_INTENT, mood=mood, refused_intent=intent.name)
        free_text = read_free_text(reader, call)
        if not is_borne_out(call, reader, free_text):
            return None
        if intent.rest_slot and free_text:
            reader.slots[intent.rest_slot] = " ".join((*filter(None, [reader.slots.get(intent.rest_slot)]), free_text))
        return ParsedMessage(
            intent.name,
            reader.slots,
            missing_slots=find_missing_slots(intent, reader.slots),
            has_valid_arguments=is_understood or (intent.is_complete and not free_text and not reader.rejected_texts),
            rejected_texts=reader.rejected_texts,
            partial_values=reader.partial_values,
            problems_by_slot=reader.problems_by_slot,
            mood=mood,
        )

    def _find_mood(self, stream: TokenStream, call: IntentMatch) -> Mood:
        """Return how the command is said; what is not written as it is known is not said plainly either."""
        if call.is_bare:
            return Mood.PLAIN
        mood = find_mood(stream, call.intent, call.start, call.end)
        if mood is Mood.REFUSED and call.is_meant and not self.refuses(stream, call.intent.name):
            is_wanted = not ASKING_WORDS.isdisjoint(stream.read.key_set)
            mood = Mood.PLAIN if call.intent.only_asks else Mood.UNCLEAR if is_wanted else mood
        return Mood.DOUBTFUL if mood is Mood.PLAIN and call.intent.is_binding and not call.is_exact else mood
