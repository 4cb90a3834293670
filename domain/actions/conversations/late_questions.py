"""The dialogue that a text finds: the one that goes on, or the question of one whose time has just run out."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.actions.dependencies import Dependencies
from domain.conversation.dialogue.form_filling import is_number
from domain.conversation.dialogue.frames import CONFIRM_STEP, Dialogue, Frame
from domain.conversation.reading.command_fields import MENU_INTENT
from domain.messages.ports import StoredDialogue
from domain.parsing.answers import read_number
from domain.values.errors import InvalidField

REMEMBER_EXPIRED_FOR = timedelta(hours=24)
"""Time after its end for which a dialogue is still known, so that a late answer gets the reply that it came too
late."""


@dataclass(frozen=True, slots=True)
class LateQuestion:
    """A question whose time is over: the frame that asked it last, and when that was."""

    frame: Frame
    asked_at: datetime

    def accepts_number(self, number: int) -> bool:
        """Return whether a bare number would have answered it."""
        highest_number = 2 if self.frame.asked == CONFIRM_STEP else len(self.frame.options)
        return number <= highest_number or not highest_number

    def accepts_text(self, text: str) -> bool:
        """Return whether a text is a bare number that would have answered it."""
        try:
            return self.accepts_number(read_number(text))
        except InvalidField:
            return False

    def may_mean_number(self, text: str) -> bool:
        """Return whether a bare number is meant for it: of a menu any is, also one that the menu did not have."""
        return self.accepts_text(text) or (self.frame.intent == MENU_INTENT and is_number(text))


def read_dialogue(
    dependencies: Dependencies, stored_dialogue: StoredDialogue | None
) -> tuple[Dialogue, LateQuestion | None]:
    """Return the dialogue that goes on, and the question of an earlier one that has just run out."""
    if stored_dialogue is None:
        return Dialogue(), None
    state, expires_at = stored_dialogue
    now = dependencies.clock.now()
    if now < expires_at:
        return Dialogue.from_json(state), None
    frame = Dialogue.from_json(state).top if now < expires_at + REMEMBER_EXPIRED_FOR and state.get("frames") else None
    return Dialogue(), LateQuestion(frame, expires_at - dialogue_lifetime(dependencies)) if frame else None


def dialogue_lifetime(dependencies: Dependencies) -> timedelta:
    """Return how long a question waits for its answer."""
    return timedelta(minutes=dependencies.policy.dialogue_minutes)
