"""What a dialogue asks for the commands that belong to no service."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from domain import tracking
from domain.conversation.names import MACHINES
from domain.conversation.readers import read_choice
from domain.fleet import MACHINE_TYPES
from domain.forms import Choice, Field, FieldType, Integer, Reading, Text


@dataclass(frozen=True, slots=True)
class TrackingCode(FieldType):
    """A tracking code in any spacing and digit script, its check digit proved."""

    name: ClassVar[str] = "code"

    def parse(self, raw: object, reading: Reading) -> str:
        """Return nine digits; `CodeMistyped`."""
        return tracking.parse(str(raw))


@dataclass(frozen=True, slots=True)
class MachineName(Choice):
    """A machine type by its id or by any name that people give it."""

    words: str | None = "machine"

    def parse(self, raw: object, reading: Reading) -> str:
        """Return the machine type; `InvalidField`."""
        return str(raw) if str(raw) in MACHINE_TYPES else read_choice(str(raw), MACHINES)


CODE = Field("code", TrackingCode())
TEXT = Field("text", Text(500))
SCORE = Field("score", Integer(1, 5))
MACHINE = Field("machine", MachineName(), choices=MACHINE_TYPES)

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
    "tariff": (MACHINE,),
}
"""Intent → fields that it needs, in asking order. `pay` takes a bill id in place of the code."""

MENU = "menu"
"""The intent of a frame that only offers other intents by number."""
