"""Content of a button: the state of the dialogue when it was shown, and the answer that it gives.

`<turn>:<answer>` belongs to one question, and means nothing once that is answered; `:<answer>` is valid at any
time. An answer is a text as people type it, but for three kinds: `>…` turns a page of the same question, `~…` names the
field of a form whose answer is to be changed, `!…` calls what only buttons can (`ButtonVerb`).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from domain.conversation.dialogue.frames import question_state
from domain.messages.keyboards import Button, ButtonRows
from domain.values.text import fold_compactly, fold_text

PAGE_PREFIX, FIELD_PREFIX, CALL_PREFIX = ">", "~", "!"


class ButtonVerb(StrEnum):
    """Operations reached by buttons alone; what follows are the tracking code and what else it takes."""

    MENU = "menu"
    GIVE_UP = "cancel"
    PAPERS = "papers"
    DONE = "done"
    PRINT = "print"
    NOTICES = "notices"
    LANGUAGE = "language"
    DRIVER = "driver"
    RECORD = "record"
    INVOICE = "invoice"
    ACCOUNT = "account"
    LIST = "list"
    TARIFF = "tariff"
    OPERATOR = "operator"
    BARCODE = "barcode"
    ANSWER = "answer"
    POINT = "point"
    PLACE = "place"
    SLIP = "slip"


@dataclass(frozen=True, slots=True)
class ButtonAnswer:
    """Answer of a pressed button. `turn_key` is empty where it belongs to no question."""

    turn_key: str
    answer_text: str

    @property
    def wished_page(self) -> str | None:
        """The page that is wished, if one is."""
        return self.answer_text.removeprefix(PAGE_PREFIX) if self.answer_text.startswith(PAGE_PREFIX) else None

    @property
    def amended_field(self) -> str:
        """The field whose answer is to be changed; empty where none is."""
        return self.answer_text.removeprefix(FIELD_PREFIX) if self.answer_text.startswith(FIELD_PREFIX) else ""

    @property
    def verb_call(self) -> tuple[str, ...]:
        """The verb and what it takes; empty where the answer is a text."""
        return (
            tuple(self.answer_text.removeprefix(CALL_PREFIX).split())
            if self.answer_text.startswith(CALL_PREFIX)
            else ()
        )


def read_button_answer(button_data: str) -> ButtonAnswer:
    """Return what a button's data says, whatever it is."""
    turn_key, _, answer_text = button_data.partition(":")
    return ButtonAnswer(turn_key, answer_text)


def find_named_button(rows: ButtonRows, text: str) -> Button | None:
    """Return the button of a question whose label somebody typed, or of a label that shows an answer, its name alone
    («روز»); None where none is meant. What has no letters and what turns pages is typed otherwise.
    """
    named_key = _key_of_label(text)
    answering_buttons = [
        button
        for button in (button for row in rows for button in row)
        if button.callback_data and read_button_answer(button.callback_data).wished_page is None
    ]
    for read_key in (_key_of_label, lambda label: _key_of_label(label.partition(":")[0])):
        if named_key and (named := next((one for one in answering_buttons if read_key(one.label) == named_key), None)):
            return named
    return None


def _key_of_label(label: str) -> str:
    """Return the letters and digits of a label, in one spelling; empty where it has no letters."""
    label_key = fold_compactly("".join(sign if sign.isalnum() else " " for sign in fold_text(label)))
    return label_key if any(sign.isalpha() for sign in label_key) else ""


def digest_turn(dialogue_json: Mapping[str, Any]) -> str:
    """Return a short digest of the state of a dialogue; it changes with every answer that is taken."""
    dialogue_text = json.dumps(question_state(dialogue_json), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(dialogue_text.encode()).hexdigest()[:8]


def answer_button(turn_key: str, label: str, answer: str) -> Button:
    """Return a button that answers the question of that turn."""
    return Button(label, f"{turn_key}:{answer}")


def text_button(label: str, answer: str) -> Button:
    """Return a button that belongs to no question."""
    return Button(label, f":{answer}")


def verb_button(label: str, verb: ButtonVerb, *arguments: str) -> Button:
    """Return a button that calls a verb."""
    return text_button(label, f"{CALL_PREFIX}{' '.join((verb, *arguments))}")
