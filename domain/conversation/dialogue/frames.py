"""Memory of a dialogue between two texts, and the possible meanings of one text in it: plain data."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from domain.values.errors import DomainError

CONFIRM_STEP = "confirm"
"""The asked name while a summary waits for yes or no."""

AMEND_STEP = "amend"
"""The asked name while it is asked which answer is to be changed."""

OFFER = "said"
"""The slot of an offer that holds the text it was made for."""


@dataclass(slots=True)
class Frame:
    """One intent being filled."""

    intent: str
    """The name of what is wanted."""
    slots: dict[str, Any] = field(default_factory=dict)
    """The values understood so far; a menu that offers keeps under `OFFER` what was not understood."""
    asked: str | None = None
    """The field asked last, or that the summary is to be confirmed; None before the first question."""
    gap: str | None = None
    """The part of that field which is missing (hours of machines); None: the whole is asked."""
    options: list[str] = field(default_factory=list)
    """The values of the menu that was shown, in its order."""
    unnumbered: bool = False
    """Whether that menu was shown without its numbers: then a typed number chooses nothing of it."""
    trail: list[str] = field(default_factory=list)
    """The fields answered, for «قبلی»."""
    version: int | None = None
    """The service's version when the dialogue began; None for what is no service's."""
    one_shot: bool = True
    """Holds while nothing had to be asked: then no summary is shown."""
    filled: bool = False
    """Whether the registries were asked what they know."""
    by_fill: list[str] = field(default_factory=list)
    """The slots that have their values from there."""
    plain: bool = True
    """Whether it was said plainly (`sentences`); what was not is asked once before it is done."""
    same_as: str | None = None
    """The code of an open request that is the same, while it is asked whether a second one is meant."""
    left_open: list[str] = field(default_factory=list)
    """Fields that the citizen does not know and the unit settles (`Field.left_to_unit`): fields, or the parts of
    fields."""
    tries: int = 0
    """Number of times the present question was asked, one time after another."""
    begun_values: dict[str, str] = field(default_factory=dict)
    """Beginnings of values of fields (half a plate), by field: the next text may go on."""
    kept_slots: dict[str, Any] = field(default_factory=dict)
    """The slots of the answer that is asked for once more, as they were: it may stay after all. Empty: none is."""
    kept_left_open: list[str] = field(default_factory=list)
    """Fields that that answer left to the unit."""

    @property
    def stated_slots(self) -> dict[str, Any]:
        """The slots that people filled."""
        return {name: value for name, value in self.slots.items() if name not in self.by_fill}


@dataclass(frozen=True, slots=True)
class WaitingFile:
    """A file that lies with a messenger until it is known what it is."""

    file_id: str
    """Names it to the messenger."""
    file_name: str
    """As its sender called it."""
    size_bytes: int | None = None
    """None where the messenger does not say so."""


@dataclass(slots=True)
class Dialogue:
    """The stack of frames of one line; the last one is asked now."""

    frames: list[Frame] = field(default_factory=list)
    is_latin: bool = False
    """Whether it goes on in Latin letters: so was the last text that had any letters."""
    files: list[WaitingFile] = field(default_factory=list)
    """Files of a chat that came without a context: what they are is asked."""
    later_texts: list[str] = field(default_factory=list)
    """Texts of further intents that came with the one that is being done: each is offered in its turn."""
    place: str = ""
    """A place that was shared before it was known what for (`domain/fields/places.py`): the next form has it."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits in it for the next text."""
        return not (self.frames or self.files or self.place)

    @property
    def top(self) -> Frame | None:
        """The frame that the next text answers."""
        return self.frames[-1] if self.frames else None

    def as_json(self) -> dict[str, Any]:
        """Return the form that the store keeps."""
        latin_mark = {"is_latin": True} if self.is_latin else {}
        files = {"files": [asdict(file) for file in self.files]} if self.files else {}
        later_texts = {"later_texts": self.later_texts} if self.later_texts else {}
        place = {"place": self.place} if self.place else {}
        return {"frames": [asdict(frame) for frame in self.frames], **latin_mark, **files, **later_texts, **place}

    @staticmethod
    def from_json(stored_dialogue: Mapping[str, Any]) -> "Dialogue":
        """Read back what `as_json` gave."""
        frames = [Frame(**frame) for frame in stored_dialogue["frames"]]
        files = [WaitingFile(**file) for file in stored_dialogue.get("files", ())]
        later_texts = list(stored_dialogue.get("later_texts", ()))
        place = str(stored_dialogue.get("place", ""))
        return Dialogue(frames, bool(stored_dialogue.get("is_latin")), files, later_texts, place)


def question_state(stored_dialogue: Mapping[str, Any]) -> dict[str, Any]:
    """Return what identifies the question that a stored dialogue waits with: all but how often and how it was asked."""
    frames = stored_dialogue.get("frames", ())
    asking_names = {"tries", "unnumbered"}
    return {"frames": [{name: value for name, value in frame.items() if name not in asking_names} for frame in frames]}


@dataclass(frozen=True, slots=True)
class Perform:
    """Everything is known: do it. The frame has left the stack."""

    frame: Frame


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask the top frame's `asked` field."""

    frame: Frame
    """The frame on the top of the stack."""
    problem: DomainError | None = None
    """Reason why the last text did not answer it; None: it is asked for the first time."""
    is_restarted: bool = False
    """Whether the form begins again, since its service changed meanwhile."""
    taken: str = ""
    """The field (or the part of one) that the last text gave a value to although another was asked, or that it left to
    the unit; empty: none.
    """
    is_unsure: bool = False
    """Whether the last text said that its writer does not know, where that is no answer."""


@dataclass(frozen=True, slots=True)
class Left:
    """The citizen left the dialogue; `left` is whether there was one, `intent` what it was about."""

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
