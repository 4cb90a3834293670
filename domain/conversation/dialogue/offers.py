"""Offers made by a dialogue that begins: an intent that a text calls, or what is chosen from a menu and from an offer
(«منظورتان …؟»)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from domain.conversation.dialogue.answers import Utterance, choose_by_number
from domain.conversation.dialogue.asking import Questions
from domain.conversation.dialogue.form_filling import absorb_values, take_shared_place
from domain.conversation.dialogue.frames import OFFER, Dialogue, Frame, OptOut, Reaction, Refused
from domain.conversation.dialogue.yes_no import begins_with_yes, chooses_the_only, read_yes_or_no
from domain.conversation.reading.parsed_message import UNKNOWN_INTENT
from domain.values.errors import InvalidField
from domain.values.reasons import InvalidReason

OPT_INTENTS = frozenset({"opt_out", "opt_in"})
"""Commands that ask nothing: stopping and wanting texts again."""

MOST_FRAMES = 3
"""Frames that may wait for each other; a further interruption drops the oldest."""


class Offers(Questions):
    """Begins intents for the services of one channel."""

    def begin_intent(
        self, dialogue: Dialogue, intent: str, stated_values: Mapping[str, Any], now: datetime, *, is_plain: bool = True
    ) -> Reaction:
        """Start an intent with what was said with it: do it when complete, else ask the first missing field.

        What was not said plainly (`is_plain`) is asked once more before it is done.
        """
        submission = self.forms[intent].submission
        known_intent = self.grammar.find_intent(intent)
        only_tells = submission is None and known_intent is not None and known_intent.only_asks
        frame = Frame(intent, version=self.forms[intent].version, plain=is_plain or only_tells)
        if submission:
            frame.slots.update(submission.keyword.preset_values)
        problem = absorb_values(frame, self.forms[intent], stated_values, now)
        take_shared_place(dialogue, frame, self.forms[intent], now)
        if problem and intent in {"track", "authentic"}:
            raise problem  # the code can be sent again: nothing needs to wait for it
        # A command of the same kind takes the place of the one that waits.
        dialogue.frames = [waiting for waiting in dialogue.frames if waiting.intent != intent]
        dialogue.frames.append(frame)
        step = self.ask_next(dialogue, problem)
        del dialogue.frames[:-MOST_FRAMES]
        return step

    def read_menu_answer(self, heard: Utterance) -> Reaction:
        """Begin what is chosen from a menu: by its number, of an offer by its name too, or with yes to the only one."""
        frame = heard.frame
        menu_choice, offered_text = find_choice(frame, heard.text), str(frame.slots.get(OFFER, ""))
        if offered_text and not menu_choice:
            answer = read_yes_or_no(heard.text)
            if answer is False:
                heard.dialogue.frames.pop()
                return Refused()
            is_taken = answer or chooses_the_only(heard.text) or begins_with_yes(heard.text)
            if is_taken and len(frame.options) == 1:
                menu_choice = frame.options[0]
            if heard.message.intent in frame.options and not heard.message.slots:
                menu_choice = heard.message.intent
            is_no_command = heard.message.intent == UNKNOWN_INTENT and not heard.message.suggested_intents
            if is_no_command and len(frame.options) == 1 and self.tells_of(frame.options[0], heard.text, heard.now):
                menu_choice, offered_text = frame.options[0], f"{offered_text} {heard.text}"
        if not menu_choice:
            raise InvalidField(reason=InvalidReason.MENU)
        heard.dialogue.frames.pop()
        return self.begin_menu_choice(heard.dialogue, menu_choice, offered_text, heard.now)

    def begin_menu_choice(self, dialogue: Dialogue, intent: str, offered_text: str, now: datetime) -> Reaction:
        """Begin what was chosen from a menu, with what the text said that it was offered for."""
        if intent in OPT_INTENTS:
            return OptOut(is_stopped=intent == "opt_out")
        meant_message = self.grammar.parse_for_intent(intent, offered_text, now) if offered_text else None
        if meant_message is None:
            return self.begin_intent(dialogue, intent, {}, now)
        slots = self.slots_of(meant_message)
        is_doubtful = self.grammar.is_binding(intent) or (self.forms[intent].is_service_form and bool(slots))
        return self.begin_intent(dialogue, intent, slots, now, is_plain=not is_doubtful)


def find_choice(frame: Frame, text: str) -> str:
    """Return the menu entry whose number was sent; empty where there is none («نه» is a number too, and says no)."""
    try:
        return choose_by_number(frame, text, offers_readings=False) or ""
    except InvalidField:
        return ""
