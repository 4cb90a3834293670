"""What a dialogue asks for the commands that belong to no service."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from domain.fields.form import Field
from domain.fields.types import FieldType, Integer, ReadingContext, Text
from domain.values import tracking_codes
from domain.values.errors import InvalidField


@dataclass(frozen=True, slots=True)
class TrackingCode(FieldType):
    """A tracking code in any spacing and digit script, its check digit proved."""

    name: ClassVar[str] = "code"

    def parse(self, raw: object, reading: ReadingContext) -> str:
        """Return nine digits; `CodeMistyped`."""
        return tracking_codes.parse(str(raw))


@dataclass(frozen=True, slots=True)
class FileWanted(FieldType):
    """A photo or file, which comes by itself: no text is one."""

    name: ClassVar[str] = "file"

    def parse(self, raw: object, reading: ReadingContext) -> str:
        """Refuse: this is a text."""
        raise InvalidField(detail="file_wanted")


CODE = Field("code", TrackingCode())
TEXT = Field("text", Text(500))
SCORE = Field("score", Integer(1, 5))

COMMAND_FIELDS: Mapping[str, tuple[Field, ...]] = {
    "help": (),
    "list": (),
    "track": (CODE,),
    "pay": (CODE,),
    "cancel": (CODE,),
    "reply": (CODE, TEXT),
    "comment": (TEXT,),
    "rate": (CODE, SCORE),
    "confirm": (CODE,),
    "deny": (CODE,),
    "reopen": (CODE,),
    "tariff": (),
}
"""Intent → fields that it needs, in asking order. `pay` takes a bill id in place of the code; `tariff` asks what the
services price; `reopen` has no word of its own: it is offered after a low rating.
"""

PAPERS = "papers"
"""The intent of sending the papers of a request, in the channels that take files. Its frame has `code` and `paper`."""

CHAT_FIELDS: Mapping[str, tuple[Field, ...]] = {PAPERS: (Field("file", FileWanted()),)}
"""Intents that buttons alone call, as `COMMAND_FIELDS`."""

MENU = "menu"
"""The intent of a frame that only offers other intents by number."""
