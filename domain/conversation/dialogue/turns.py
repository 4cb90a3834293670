"""The dialogue: what a citizen's next text means, given what was asked before. Pure: no store, no words.

A dialogue is a stack of frames; each gathers the fields of one intent, and the top one is asked now. A frame below
waits while another interrupts, and is resumed. The order of reading is channels.md's: (1) opt-out, exit, back; (2)
the asked field's own parser; (3) a keyword with valid arguments; (4) a bare code, bare 11 and 12. What is refused is
not done, and what is not said plainly is asked once (`sentences`).
"""

from dataclasses import replace
from datetime import datetime

from domain.conversation.dialogue.answers import (
    CLEAR_MOODS,
    Utterance,
    answer_by_repetition,
    choose_by_number,
    has_no_letters,
    is_bare_code,
    is_interruption,
)
from domain.conversation.dialogue.asking import MOST_TRIES_IN_SAME_WORDS, MOST_WORDS_OF_A_QUESTION
from domain.conversation.dialogue.corrections import (
    Correction,
    DoubtfulText,
    hear_earlier_answer,
    is_confused,
    keeps_answer,
    read_correction,
    read_doubt,
    read_price_question,
    read_unsure,
    says_lack,
    says_same,
)
from domain.conversation.dialogue.form_filling import (
    absorb_values,
    find_asking_field,
    is_described_by,
    is_number,
    list_alternatives,
    list_replaced,
    set_answer_aside,
    take_answer,
    take_own_words,
    take_time_beside,
)
from domain.conversation.dialogue.frames import (
    AMEND_STEP,
    CONFIRM_STEP,
    OFFER,
    Ask,
    Dialogue,
    Frame,
    OptOut,
    Reaction,
    Refused,
    Unknown,
)
from domain.conversation.dialogue.offers import OPT_INTENTS, Offers, find_choice
from domain.conversation.dialogue.yes_no import (
    begins_with_yes,
    read_consent,
    read_first_word,
    read_yes_or_no,
    repeats_value,
)
from domain.conversation.reading.command_fields import MENU_INTENT, TARIFF_INTENT
from domain.conversation.reading.endings import settle_ending
from domain.conversation.reading.guessing import understand_message
from domain.conversation.reading.own_words import describes_matter, is_plain_statement
from domain.conversation.reading.parsed_message import UNKNOWN_INTENT, ParsedMessage
from domain.conversation.reading.sentences import Mood
from domain.conversation.reading.unwanted import is_labelled_number
from domain.conversation.reading.vocabulary import CHANGE_INTENT
from domain.fields.form import Field
from domain.fields.moments import Day, HourOfDay
from domain.fields.types import Text
from domain.parsing.negation import find_negations
from domain.parsing.places import correct_address, mentions_address, names_spot
from domain.parsing.tokens import TokenStream, read_once
from domain.values.errors import AmbiguousField, DomainError, InvalidField
from domain.values.reasons import InvalidReason

TELLING_INTENTS = frozenset({"contact", "list", "who_read"})
"""Commands that only tell something: amid a form they are understood by the words of a text as a whole."""


class Conversation(Offers):
    """Reads texts by one grammar for the services of one channel."""

    def read_text(self, dialogue: Dialogue, text: str, now: datetime) -> Reaction:
        """Return what the text means and change the dialogue accordingly."""
        message = self._read_message(dialogue, text, now)
        is_number = has_no_letters(text) or is_labelled_number(text)
        is_called = message.intent == "opt_out" and not message.is_guessed and not (dialogue.frames and is_number)
        if is_called or find_negations(read_once(text)).stops_messages:
            return OptOut(is_stopped=True)
        if dialogue.top and dialogue.top.kept_slots and keeps_answer(text):
            return self.go_back(dialogue)
        if top := dialogue.top:
            corrected_step = self._read_correction(Utterance(dialogue, top, message, text, now))
            if corrected_step:
                return corrected_step
        if way_out := self._read_way_out(dialogue, message):
            return way_out
        while (frame := dialogue.top) is not None:
            if step := self._read_inside(Utterance(dialogue, frame, message, text, now)):
                return step
        return self._read_outside(dialogue, message, now)

    def _read_message(self, dialogue: Dialogue, text: str, now: datetime) -> ParsedMessage:
        """Return what a text says: by the words as a whole only where no form waits for an answer."""
        if dialogue.top is None or dialogue.top.intent == MENU_INTENT:
            return understand_message(self.grammar, text, now)
        return settle_ending(self.grammar, self.grammar.parse_message(text, now), text, now)

    def read_command(self, dialogue: Dialogue, text: str, now: datetime) -> Reaction:
        """Return what a text means that is a command whatever is asked now, as a button is; what is asked waits."""
        message = self.grammar.parse_message(text, now)
        is_read_as_text = message.intent in {"unknown", "opt_in", "opt_out", "exit", "back"}
        if dialogue.top is None or is_read_as_text or self._gives_up_form(dialogue, message):
            return self.read_text(dialogue, text, now)
        return self._begin_interruption(Utterance(dialogue, dialogue.top, message, text, now))

    def _read_correction(self, heard: Utterance) -> Reaction | None:
        """Return what a text comes to that changes earlier answers of a form or leaves one open; None for any other."""
        frame = heard.frame
        if frame.intent not in self.field_words or self.is_outdated(frame) or frame.asked is None:
            return None
        form, field_words = self.forms[frame.intent], self.field_words[frame.intent]
        field = self.find_asked_field(frame)
        is_value_asked = field is not None and not isinstance(field.type, Text)
        if field and is_confused(heard.text):
            frame.tries = max(frame.tries, MOST_TRIES_IN_SAME_WORDS)
            return self.take_correction(heard.dialogue, frame, Correction(is_unsure=True))
        is_question = self.grammar.is_called_in_sentence(heard.message.intent)  # «بلد نیستم، زنگ بزنید»
        if field and is_value_asked and not is_question and (doubt := read_doubt(heard.text)) is not None:
            sure_step = self._try_answer(replace(heard, text=doubt.sure_text)) if doubt.sure_text else None
            sure_step = sure_step or self._ask_in_own_words(heard, field, doubt) or self.read_story(heard)
            sure_step = sure_step or (self._take_described(heard) if describes_matter(doubt.description) else None)
            return sure_step or self.take_correction(heard.dialogue, frame, read_unsure(frame, field, heard.now))
        wanted_text = find_negations(read_once(heard.text)).wanted_instead  # «لودر نمی‌خوام بیل مکانیکی می‌خوام»
        correction = hear_earlier_answer(frame, form, wanted_text, heard.now) if wanted_text else None
        correction = correction or read_correction(frame, form, field_words, heard.text, heard.now)
        if correction is None:
            return None
        if correction.answer_text:  # what stands behind a «نه» or «ببخشید» may answer the present question
            answer_text = correction.answer_text
            return self._try_answer(replace(heard, text=answer_text)) if is_value_asked else None
        return self.take_correction(heard.dialogue, frame, correction)

    def _ask_in_own_words(self, heard: Utterance, field: Field, doubt: DoubtfulText) -> Reaction | None:
        """Ask for what does as well in own words where somebody lacks a code («ندارم»), or take what was said of it;
        None where nothing does.
        """
        others = list_alternatives(self.forms[heard.frame.intent], field, in_own_words=True)
        if not others or not says_lack(heard.text):
            return None
        if is_described_by(others[0], doubt.description):
            take_own_words(heard.frame, others[0], doubt.description, heard.now)
            return self.ask_next(heard.dialogue)
        return self.ask_next(heard.dialogue, preferred=others[0].name)

    def _try_answer(self, heard: Utterance) -> Reaction | None:
        """Read a text as the answer to the present question; None where it is none."""
        try:
            return self._read_answer(heard)
        except DomainError:
            return None

    def _read_way_out(self, dialogue: Dialogue, message: ParsedMessage) -> Reaction | None:
        """Return what a text comes to that leaves a form, goes back in it, or refuses something."""
        if message.intent == "exit" or self._gives_up_form(dialogue, message):
            return self.leave_dialogue(dialogue)
        if message.intent == "back" and dialogue.frames:
            return self.go_back(dialogue)
        return self._read_refusal(dialogue, message) if message.mood is Mood.REFUSED else None

    def _gives_up_form(self, dialogue: Dialogue, message: ParsedMessage) -> bool:
        """A bare «لغو» amid a form gives the form up; only elsewhere it asks which request to cancel."""
        is_bare_cancel = message.intent == "cancel" and not message.slots and message.mood in CLEAR_MOODS
        return is_bare_cancel and dialogue.top is not None and self.forms[dialogue.top.intent].is_service_form

    def _read_outside(self, dialogue: Dialogue, message: ParsedMessage, now: datetime) -> Reaction:
        if message.is_guessed and message.intent in OPT_INTENTS:
            return Unknown((message.intent,))
        if message.intent == "opt_in":
            return OptOut(is_stopped=False)
        if message.intent in {"unknown", "back"}:
            return Unknown(tuple(message.suggested_intents))
        return self._begin_message(dialogue, message, now)

    def _begin_message(self, dialogue: Dialogue, message: ParsedMessage, now: datetime) -> Reaction:
        return self.begin_intent(
            dialogue, message.intent, self.slots_of(message), now, is_plain=message.mood is Mood.PLAIN
        )

    def _read_refusal(self, dialogue: Dialogue, message: ParsedMessage) -> Reaction | None:
        """Return what a refusal comes to; None where it answers the present question, or is its free text."""
        top = dialogue.top
        if top is None:
            return Refused(message.refused_intent)
        field = self.find_asked_field(top)
        is_free_text = field is not None and isinstance(field.type, Text)
        if (
            top.asked == CONFIRM_STEP
            or self.is_outdated(top)
            or (is_free_text and not self.forms[top.intent].is_service_form)
        ):
            return None
        if message.refused_intent in {"", top.intent}:
            return self.leave_dialogue(dialogue)
        if is_free_text and message.refused_intent not in {"cancel", "exit"}:
            return None
        if top.intent == MENU_INTENT:
            dialogue.frames.pop()
            return Refused(message.refused_intent)
        return self.ask_again(top)

    def _read_inside(self, heard: Utterance) -> Reaction | None:
        """Return what a text says to a frame; None where it has left a menu, and is read by what waits behind that."""
        frame = heard.frame
        if self.is_outdated(frame):
            heard.dialogue.frames.pop()
            step = self.begin_intent(heard.dialogue, frame.intent, {}, heard.now)
            return Ask(step.frame, is_restarted=True) if isinstance(step, Ask) else step
        field = self.find_asked_field(frame)
        is_text_asked = field is not None and isinstance(field.type, Text)
        is_no_place = frame.asked == "place" and len(heard.text.split()) > 2 and not mentions_address(heard.text)
        if is_no_place and (beside_step := self._read_beside(heard)):
            return beside_step
        if is_text_asked and (is_interruption(heard.message, heard.text) or self._asks_beside_place(heard)):
            return self._begin_interruption(heard)
        try:
            return self._read_answer(heard)
        except DomainError as problem:
            if problem.reason is InvalidReason.CLOCK_NOT_HOURS:
                take_time_beside(frame, self.forms[frame.intent], Day, heard.text, heard.now)
                return self.ask_again(frame, problem)
            return self._read_no_answer(heard, problem)

    def _asks_beside_place(self, heard: Utterance) -> bool:
        """Return whether a text asks something in a whole phrase where a place, or what does for a code, was asked for,
        and is none.
        """
        frame, field = heard.frame, self.find_asked_field(heard.frame)
        is_described = field is not None and bool(list_replaced(self.forms[frame.intent], field))
        is_question = (is_described or frame.asked == "place") and self.grammar.is_called_in_sentence(
            heard.message.intent
        )
        return is_question and not mentions_address(heard.text)

    def _read_no_answer(self, heard: Utterance, problem: DomainError) -> Reaction | None:
        """Read a text that does not answer the question: a command, or nothing that helps; None where it chose nothing
        from a menu, which is gone.
        """
        frame = heard.frame
        if isinstance(problem, AmbiguousField) and not frame.gap:
            return self.ask_next(heard.dialogue, problem)
        if frame.unnumbered and frame.intent != MENU_INTENT and is_number(heard.text):
            return self.ask_again(frame, problem)  # it was meant for another question
        if heard.message.intent in {"opt_in", "opt_out"}:
            return OptOut(is_stopped=heard.message.intent == "opt_out")
        extra = self.grammar.parse_arguments(frame.intent, heard.text, heard.now)  # «لودر ۴ ساعت», asked for a machine
        is_command = is_interruption(heard.message, heard.text) or self.grammar.is_called_in_sentence(
            heard.message.intent
        )
        if is_command or (is_bare_code(heard.message, heard.text) and not extra):
            return self._begin_interruption(heard)
        if frame.intent == MENU_INTENT:
            heard.dialogue.frames.pop()
            return self._read_answer_to_offered(heard)
        return self._read_other_answer(heard) or self._take_described(heard) or self.ask_again(frame, problem)

    def _take_described(self, heard: Utterance) -> Reaction | None:
        """Take what a text describes, where the list that is asked has none of it, as its choice for the rest; it is
        shown before anything is done. None where nothing is described.
        """
        frame, field = heard.frame, self.find_asked_field(heard.frame)
        rest = field.choice_of_rest if field else None
        if field is None or rest is None or not describes_matter(heard.text):
            return None
        form = self.forms[frame.intent]
        absorb_values(frame, form, {field.name: rest.choice, rest.described_in: heard.text}, heard.now)
        frame.plain = False
        step = self.ask_next(heard.dialogue)
        return replace(step, taken=field.name) if isinstance(step, Ask) else step

    def _read_other_answer(self, heard: Utterance) -> Reaction | None:
        """Return what a text comes to that answers no question but says something else that the command takes
        («لودر ۴ ساعت», where a machine was asked for), an earlier answer once more, or asks what it would cost.
        """
        frame = heard.frame
        is_summary = frame.asked == CONFIRM_STEP  # what is taken beside it would do it without a yes
        if is_summary and self.asks_for_person(frame.intent) and has_no_letters(heard.text):
            return self._name_number(heard)
        is_question = 1 < len(heard.text.split()) <= MOST_WORDS_OF_A_QUESTION  # a longer text tells of what is wanted
        if (
            is_question
            and not find_negations(read_once(heard.text)).gives_up
            and (price_step := self._read_price(heard))
        ):
            return price_step
        if not is_summary and (story_step := self.read_story(heard)):
            return story_step
        if not is_summary and (extra := self.grammar.parse_arguments(frame.intent, heard.text, heard.now)):
            return self.ask_next(
                heard.dialogue, absorb_values(frame, self.forms[frame.intent], self.slots_of(extra), heard.now)
            )
        if frame.intent in self.field_words and (
            correction := hear_earlier_answer(frame, self.forms[frame.intent], heard.text, heard.now)
        ):
            return self.take_correction(heard.dialogue, frame, correction)
        return self._read_beside(heard)

    def _name_number(self, heard: Utterance) -> Reaction | None:
        """Return what a number comes to where a call is to be confirmed: that one is to be called."""
        frame = heard.frame
        intent = self.grammar.find_intent(frame.intent)
        named = self.grammar.parse_message(f"{intent.certain_words[0]} {heard.text}", heard.now) if intent else None
        if named is None or named.intent != frame.intent or not named.has_valid_arguments or not named.slots:
            return None
        absorb_values(frame, self.forms[frame.intent], self.slots_of(named), heard.now)
        frame.asked = None
        return self.ask_next(heard.dialogue)

    def _read_beside(self, heard: Utterance) -> Reaction | None:
        """Return what a text comes to that says nothing to a form, by its words as a whole: it gives the form up, asks
        what it would cost, for a person, for another service or for what is only told; None for any other.
        """
        frame = heard.frame
        guess, is_form = (
            understand_message(self.grammar, heard.text, heard.now),
            self.forms[frame.intent].is_service_form,
        )
        if is_form and (guess.intent == "exit" or find_negations(read_once(heard.text)).gives_up):
            return self.leave_dialogue(heard.dialogue)
        if price_step := self._read_price(heard):
            return price_step
        is_telling = guess.intent in TELLING_INTENTS or self.asks_for_person(guess.intent)
        if is_form and is_telling:
            return self._begin_interruption(replace(heard, message=guess))
        return self._begin_interruption(heard) if is_form and self._orders_other(frame, heard.message) else None

    def _orders_other(self, frame: Frame, message: ParsedMessage) -> bool:
        """Return whether a text plainly asks for another service than the form's («نظر کارشناسی می‌خوام»)."""
        is_other = message.intent != frame.intent and self.forms[message.intent].is_service_form
        return is_other and message.mood is Mood.PLAIN

    def _read_price(self, heard: Utterance) -> Reaction | None:
        """Return the answer to what a form would cost; None where that is not asked."""
        submission = self.forms[heard.frame.intent].submission
        has_price = submission is None or submission.service.price_lookup is not None
        priced_frame = heard.frame if has_price else None
        priced_slots = read_price_question(self.grammar, priced_frame, self.forms[TARIFF_INTENT], heard.text, heard.now)
        return (
            None if priced_slots is None else self.begin_intent(heard.dialogue, TARIFF_INTENT, priced_slots, heard.now)
        )

    def _read_answer_to_offered(self, heard: Utterance) -> Reaction | None:
        """Return what a text comes to that chooses nothing but answers the first question of the one form that is
        offered («یه گریدر», «۳ ساعت»); None for any other.
        """
        frame = heard.frame
        offered_text = str(frame.slots.get(OFFER, ""))
        offered_forms = [intent for intent in frame.options if self.forms[intent].is_service_form]
        if not offered_text or len(offered_forms) != 1 or heard.message.intent != UNKNOWN_INTENT:
            return None
        frames_before = [*heard.dialogue.frames]
        self.begin_menu_choice(heard.dialogue, offered_forms[0], offered_text, heard.now)
        top = heard.dialogue.top
        field = self.find_asked_field(top) if top else None
        is_value_asked = field is not None and not isinstance(field.type, Text)
        step = self._try_answer(replace(heard, frame=top)) if top and is_value_asked else None
        if step is None:
            heard.dialogue.frames = frames_before
        return step

    def _begin_interruption(self, heard: Utterance) -> Reaction:
        frame = heard.frame
        if heard.message.intent == frame.intent and self.forms[frame.intent].is_service_form:
            frame.asked = frame.same_as = None  # what was confirmed before is no longer what is asked for
            frame.plain = frame.plain and heard.message.mood is Mood.PLAIN
            problem = absorb_values(frame, self.forms[frame.intent], self.slots_of(heard.message), heard.now)
            return self.ask_next(heard.dialogue, problem)
        if frame.intent == MENU_INTENT:
            heard.dialogue.frames.pop()
        return self._begin_message(heard.dialogue, heard.message, heard.now)

    def _read_answer(self, heard: Utterance) -> Reaction:
        frame = heard.frame
        if frame.asked == CONFIRM_STEP:
            return self._read_confirmation(heard)
        if frame.asked == AMEND_STEP:
            return self._read_amended_field(heard)
        if frame.intent == MENU_INTENT:
            return self.read_menu_answer(heard)
        field = self.find_asked_field(frame)
        menu_choice = choose_by_number(
            frame, heard.text, offers_readings=field is not None and isinstance(field.type, Day | HourOfDay)
        )
        if field is None:
            raise InvalidField(reason=InvalidReason.UNREADABLE)
        problem: DomainError | None = None
        if frame.gap:
            with field.naming_errors():
                frame.slots[field.name] = field.type.fill_missing_part(frame.slots[field.name], heard.text)
        else:
            field, problem = take_answer(frame, self.forms[frame.intent], field, menu_choice or heard.text, heard.now)
            frame.plain = frame.plain and not self._doubts_own_words(frame, field, menu_choice or heard.text)
        frame.trail.append(field.name)
        take_time_beside(frame, self.forms[frame.intent], type(field.type), menu_choice or heard.text, heard.now)
        return self.ask_next(heard.dialogue, problem)

    def _doubts_own_words(self, frame: Frame, field: Field, text: str) -> bool:
        """Return whether a command's text of the writer's own is shown before it is kept («نظری ندارم»)."""
        intent = self.grammar.find_intent(frame.intent)
        is_own = intent is not None and intent.keeps_own_words and field.name == intent.rest_slot
        return is_own and not is_plain_statement(TokenStream(text))

    def _read_amended_field(self, heard: Utterance) -> Reaction:
        """Ask the field that was chosen to be changed; who wants none changed after all sees the summary again."""
        frame = heard.frame
        chosen_name = find_choice(frame, heard.text)
        if not chosen_name and read_yes_or_no(heard.text) is None:
            raise InvalidField(reason=InvalidReason.MENU)
        if field := find_asking_field(self.forms[frame.intent], chosen_name):
            set_answer_aside(frame, field)
        return self.take_correction(heard.dialogue, frame, Correction(asked=chosen_name))

    def _read_confirmation(self, heard: Utterance) -> Reaction:
        frame = heard.frame
        if other_place_step := self._take_other_place(heard):
            return other_place_step
        is_form = self.forms[frame.intent].is_service_form
        answer = _read_answer_about_consent(frame, heard.text)
        if answer is None:
            answer = read_yes_or_no(heard.text, asks_denial=frame.intent == "deny")
        if answer is None:
            answer = answer_by_repetition(frame, heard.message, is_form=is_form)
        if answer is None:
            answer = self._read_first_words(heard, is_form=is_form)
        if answer is None:
            raise InvalidField(CONFIRM_STEP, InvalidReason.YES_OR_NO if is_form else InvalidReason.YES_NO)
        return self.ask_next(heard.dialogue) if answer else self.leave_dialogue(heard.dialogue)

    def _read_first_words(self, heard: Utterance, *, is_form: bool) -> bool | None:
        """Return what a text answers that begins with a yes or no and says more; None where the rest may change it."""
        frame = heard.frame
        first_word = None if is_form and not frame.same_as else read_first_word(heard.text)
        if frame.same_as:  # «آره یکی دیگه»; «آره همونه» wants no other
            return False if says_same(heard.text) else first_word
        if first_word is False:
            return False
        command = self.grammar.parse_message(heard.text.partition(" ")[2], heard.now)  # «بله لغو کنید»
        if first_word and answer_by_repetition(frame, command, is_form=is_form):
            return True
        return self._agrees_to_all(heard, ends_something=not is_form) or None

    def _take_other_place(self, heard: Utterance) -> Reaction | None:
        """Return the question once more where a text names another place than a change of it would store."""
        frame, place = heard.frame, correct_address("", heard.text, "")
        if frame.intent != CHANGE_INTENT or frame.slots.get("field") != "place" or not names_spot(place):
            return None
        frame.slots, frame.asked = {"code": frame.slots["code"], "field": "place", "value": place}, None
        return self.ask_next(heard.dialogue)

    def _agrees_to_all(self, heard: Utterance, *, ends_something: bool) -> bool:
        """Return whether a text begins with yes and says nothing that a summary does not («بله شنبه بیاد»)."""
        if repeats_value(heard.text, str(heard.frame.slots.get("after", ""))):
            return True
        if not begins_with_yes(heard.text, ends_something=ends_something):
            return False
        intent = self.grammar.find_intent(heard.frame.intent)
        story = self.grammar.parse_for_intent(heard.frame.intent, heard.text, heard.now)
        free_names = {intent.rest_slot if intent else None, "value"}
        stated = story.as_json()["slots"].items() if story else ()
        return all(heard.frame.slots.get(name) == value for name, value in stated if name not in free_names)


def _read_answer_about_consent(frame: Frame, text: str) -> bool | None:
    """Return what words of consent say to «مخالفت شما ثبت شود؟» or «موافقید؟»; None where neither is asked."""
    consent = read_consent(text) if frame.intent in {"confirm", "deny"} else None
    return None if consent is None else consent.is_agreed is (frame.intent == "confirm")
