"""Fields that a dialogue asks for the commands that belong to no service."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from domain.blocks.operator_reports import MOST_WORKED_HOURS
from domain.conversation.reading.account_numbers import IBAN_INTENT
from domain.conversation.reading.ratings import read_score
from domain.fields.form import Field
from domain.fields.hours import Duration
from domain.fields.types import FieldType, Identifier, Integer, ReadingContext, Text
from domain.parsing.claimed_codes import find_claimed_code
from domain.parsing.identifiers import HIGHEST_SCORE, LOWEST_SCORE
from domain.parsing.tokens import TokenStream
from domain.values.errors import InvalidField
from domain.values.reasons import InvalidReason
from domain.values.tracking_codes import TrackingCode, parse_code


@dataclass(frozen=True, slots=True)
class RequestCode(FieldType):
    """A tracking code in any spacing and digit script, its check digit proved."""

    name: ClassVar[str] = "code"

    def parse(self, raw_value: object, reading_context: ReadingContext) -> TrackingCode:
        """Return it as it was read, or read what was written; `CodeMistyped`."""
        return raw_value if isinstance(raw_value, TrackingCode) else parse_code(str(raw_value))


@dataclass(frozen=True, slots=True)
class AnyCode(FieldType):
    """Any code that the municipality may have given out, in the text that somebody pastes."""

    name: ClassVar[str] = "any_code"

    def parse(self, raw_value: object, reading_context: ReadingContext) -> str:
        """Return it as `ClaimedCode.code`; `CodeMistyped`, `InvalidField` where there is none."""
        claimed_code = find_claimed_code(TokenStream(str(raw_value)))
        if claimed_code is None:
            raise InvalidField(reason=InvalidReason.NO_CODE)
        return claimed_code.code


@dataclass(frozen=True, slots=True)
class FileUpload(FieldType):
    """A photo or file, which comes by itself: no text is one."""

    name: ClassVar[str] = "file"

    def parse(self, raw_value: object, reading_context: ReadingContext) -> str:
        """Refuse: this is a text."""
        raise InvalidField(reason=InvalidReason.FILE_WANTED)


@dataclass(frozen=True, slots=True)
class Score(Integer):
    """A score from 1 to 5, as a number or in words («خیلی خوب بود»)."""

    minimum: int = LOWEST_SCORE
    maximum: int = HIGHEST_SCORE

    def parse(self, raw_value: object, reading_context: ReadingContext) -> int:
        """Read words, or a number in any script."""
        score = read_score(raw_value) if isinstance(raw_value, str) else None
        return Integer.parse(self, raw_value, reading_context) if score is None else score


CODE_FIELD = Field("code", RequestCode())
TEXT_FIELD = Field("text", Text(500))
SCORE_FIELD = Field("score", Score())

COMMAND_FIELDS: Mapping[str, tuple[Field, ...]] = {
    "help": (Field("about", Text(40), required=False),),
    "list": (),
    "track": (CODE_FIELD,),
    "who_read": (CODE_FIELD,),
    "contact": (),
    "pay": (CODE_FIELD,),
    "authentic": (Field("code", AnyCode()),),
    "cancel": (CODE_FIELD,),
    "change": (CODE_FIELD, Field("field", Text(60)), Field("value", Text(500))),
    "reply": (CODE_FIELD, TEXT_FIELD),
    "comment": (TEXT_FIELD,),
    "rate": (CODE_FIELD, SCORE_FIELD),
    "confirm": (CODE_FIELD,),
    "deny": (CODE_FIELD,),
    "reopen": (CODE_FIELD,),
    IBAN_INTENT: (Field("iban", Identifier("iban")),),
    "tariff": (),
    "language": (),
}
"""Intent → fields that it needs, in asking order. `pay` takes one of `PAYABLE_SLOTS` in place of the code; `tariff`
asks what the services price; `reopen` has no word of its own: it is offered after a low rating.
"""

EXPLAINED_COMMANDS = ("cancel",)
"""Commands that help explains to who asks how they are given; `sms.about` has the texts."""

PAYABLE_SLOTS = frozenset({"bill_id", "together"})
"""Slots that `pay` takes in place of a code: a bill id, or that all bills are to be paid under one pair of ids."""

INTENTS_WITH_OWN_QUESTION = frozenset({"authentic", "tariff"})
"""Commands whose question is worded for them, not for the field that they ask."""


def asks_own_request(intent: str) -> bool:
    """Return whether the code that an intent takes is that of a request, so that one's own can be offered for it."""
    return CODE_FIELD in COMMAND_FIELDS.get(intent, ())


PAPERS_INTENT = "papers"
"""The intent of sending the papers of a request, in the channels that take files. Its frame has `code` and `paper`."""

WORKED_HOURS_INTENT = "worked_hours"
"""The intent of an operator who is asked for the hours of a job. Its frame has the `code` of its request."""

CHAT_FIELDS: Mapping[str, tuple[Field, ...]] = {
    PAPERS_INTENT: (Field("file", FileUpload()),),
    WORKED_HOURS_INTENT: (Field("hours", Duration(MOST_WORKED_HOURS)),),
}
"""Intents that buttons alone call, as `COMMAND_FIELDS`."""

TARIFF_INTENT = "tariff"

MENU_INTENT = "menu"
"""The intent of a frame that only offers other intents by number."""
