"""What a dialogue remembers between two texts, and what one text can mean in it: plain data."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from domain.values.errors import DomainError

OFFER = "said"
"""The slot of an offer that holds the text it was made for."""


@dataclass(slots=True)
class Frame:
    """One intent being filled. `asked` is the field asked last, `gap` its missing part, `options` the menu's values.

    `trail` lists the fields answered, for «قبلی». `version` is the service's when the dialogue began. `one_shot` holds
    while nothing had to be asked: then no summary is shown. `filled`: the registries were asked what they know, and
    `by_fill` names the slots that have their values from there. `plain`: it was said plainly (`sentences`); what was
    not is asked once before it is done. `same_as` is the code of an open request that is the same, while it is asked
    whether a second one is meant. A menu that offers keeps under `OFFER` what was not understood.
    """

    intent: str
    slots: dict[str, Any] = field(default_factory=dict)
    asked: str | None = None
    gap: str | None = None
    options: list[str] = field(default_factory=list)
    trail: list[str] = field(default_factory=list)
    version: int | None = None
    one_shot: bool = True
    filled: bool = False
    by_fill: list[str] = field(default_factory=list)
    plain: bool = True
    same_as: str | None = None

    @property
    def stated_slots(self) -> dict[str, Any]:
        """The slots that people filled."""
        return {name: value for name, value in self.slots.items() if name not in self.by_fill}


@dataclass(slots=True)
class Dialogue:
    """The stack of frames of one line; the last one is asked now."""

    frames: list[Frame] = field(default_factory=list)

    @property
    def top(self) -> Frame | None:
        """The frame that the next text answers."""
        return self.frames[-1] if self.frames else None

    def as_json(self) -> dict[str, Any]:
        """Return the form that the store keeps."""
        return {"frames": [asdict(frame) for frame in self.frames]}

    @staticmethod
    def from_json(stored_dialogue: Mapping[str, Any]) -> "Dialogue":
        """Read back what `as_json` gave."""
        return Dialogue([Frame(**frame) for frame in stored_dialogue["frames"]])


@dataclass(frozen=True, slots=True)
class Perform:
    """Everything is known: do it. The frame has left the stack."""

    frame: Frame


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask the top frame's `asked` field; `problem` says why the last text did not answer it."""

    frame: Frame
    problem: DomainError | None = None
    is_restarted: bool = False


@dataclass(frozen=True, slots=True)
class Left:
    """The citizen left the dialogue; `left` tells whether there was one, `intent` what it was about."""

    left: bool
    intent: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Refused:
    """The text refuses or forbids (`intent`, where it names one): nothing is done."""

    intent: str = ""


@dataclass(frozen=True, slots=True)
class OptOut:
    """«لغو11» (stopped) or 12."""

    is_stopped: bool


@dataclass(frozen=True, slots=True)
class Unknown:
    """Not understood; `near_intents` are intents to offer back."""

    near_intents: tuple[str, ...] = ()


Reaction = Perform | Ask | Left | Refused | OptOut | Unknown
