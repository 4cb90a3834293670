"""The kinds of value that fields have: how one is read, checked, kept and shown.

A type reads what a person typed or a program sent and keeps plain JSON: dates as ISO, hours as HH:MM, money as whole
rials. What is asked, where and of whom, is a matter of the field (`form.py`).
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from domain.parsing.answers import read_number
from domain.values import ibans, identifiers
from domain.values.errors import InvalidField, UnknownKind
from domain.values.languages import join_list, language_in_force
from domain.values.reasons import InvalidReason, UnknownKindReason
from domain.values.reasons.bases import InvalidReasonBase
from domain.values.text import count_code_units, fold_text, group_digits, persian_digits, tidy_text

_RIAL_UNIT = re.compile(r"\s*(?:ریال|rials?|irr)\s*$")
_THOUSANDS_MARK = re.compile(r"(?<=[0-9])[,٬،](?=[0-9])")

TextLookup = Callable[[str], str]
"""Looks a text up in the catalogue by key."""


@dataclass(frozen=True, slots=True)
class ReadingContext:
    """Context for reading a value: the moment (dates such as «فردا») and the choices on offer."""

    now: datetime
    choices: tuple[str, ...] = ()


LONGEST_ECHO = 40
"""Characters of what was typed that an error quotes."""


@contextmanager
def explain_unreadable(reason: InvalidReasonBase, raw_value: object) -> Iterator[None]:
    """Give an error that only says «not understood» a finer reason, and what was given."""
    try:
        yield
    except InvalidField as error:
        if error.reason not in {None, InvalidReason.UNREADABLE}:
            raise
        raise InvalidField(error.field, reason, given=tidy_text(str(raw_value))[:LONGEST_ECHO]) from error


class FieldType(ABC):
    """A kind of value. `parse` raises `InvalidField` without a field name."""

    name: ClassVar[str]
    """Its name for programs."""
    survives_erasure: ClassVar[bool] = False
    """Whether its values reveal nothing of a person by themselves: they stay when personal data is erased."""
    part_names: ClassVar[tuple[str, ...]] = ()
    """The parts that `find_missing_part` may name: each has a prompt of its own (`<field>_<part>`)."""
    unreadable_reason: ClassVar[InvalidReasonBase] = InvalidReason.UNREADABLE
    """Reason for refusing a value that is none of this type, where nothing finer is known."""

    @abstractmethod
    def parse(self, raw_value: object, reading_context: ReadingContext) -> Any:
        """Return the JSON value that `raw_value` means: text, JSON from a program, or what a parser has made of a text
        already (a `date`, a `time`, a `NationalCode`, machines).
        """

    def render_value(self, value: Any, catalogue_text: TextLookup) -> str:
        """Return the value for people, in Persian."""
        return persian_digits(str(value))

    def render_on_page(self, value: Any, catalogue_text: TextLookup) -> str:
        """Return the value for people on a page, where it stands under its label."""
        return self.render_value(value, catalogue_text)

    def render_in_message(self, value: Any, catalogue_text: TextLookup, today: date) -> str:
        """Return the value for people in a message that is written today."""
        return self.render_value(value, catalogue_text)

    def is_outdated(self, value: Any, now: datetime) -> bool:
        """Return whether a value that was valid when it was read is so no more, since its time is over (`past`)."""
        return False

    def parse_partially(self, raw_value: object, reading_context: ReadingContext) -> Any:
        """Read as `parse` does, but let parts be missing that `find_missing_part` names: a dialogue asks for
        them next.
        """
        return self.parse(raw_value, reading_context)

    def begins_value(self, text: str) -> bool:
        """Return whether a text that was refused is the beginning of a value, which the next text may go on with."""
        return False

    def find_missing_part(self, value: Any) -> str | None:
        """Name the part that a value taken in a dialogue still lacks."""
        return None

    def keep_valid_part(self, raw_value: object, reading_context: ReadingContext) -> Any:
        """Return what can stay of a value that `parse_partially` refused, so that only the rest is asked again; None:
        nothing.
        """
        return None

    def fill_missing_part(self, value: Any, text: str) -> Any:
        """Return the value with its missing part read from `text`."""
        raise InvalidField(reason=InvalidReason.UNREADABLE)

    def change_value(self, value: Any, raw_value: object, reading_context: ReadingContext) -> Any:
        """Return what a new answer makes of a value that was given before (None: none was); one that has parts may keep
        those that are not said again.
        """
        return self.parse_partially(raw_value, reading_context)

    def find_mentions(self, text: str, now: datetime) -> Iterator[tuple[str, str]]:
        """Yield what a text says of such a value amid other words: the part of it that it is about (empty: the whole),
        and the words that `change_value` reads.
        """
        yield from ()

    def longest_value(self, choices: tuple[str, ...], catalogue_text: TextLookup) -> str | None:
        """Return the longest that a value of a field with these choices is shown as, from which the budgets of texts
        are reckoned; None where the catalogue's `longest` says it.
        """
        return None

    def numbered_choices(self) -> tuple[str, ...]:
        """Return the choices that a dialogue numbers when it asks for this."""
        return ()

    def display_name(self, choice: str, catalogue_text: TextLookup) -> str:
        """Return what one choice is called in a menu."""
        return choice

    def text_keys(self, choices: tuple[str, ...]) -> tuple[str, ...]:
        """Return the keys of every text that `render_value` and `display_name` may look up for a field with these
        choices.
        """
        return ()

    def search_terms(self, value: Any) -> tuple[str, ...]:
        """Return the names and numbers of people in a value, by which the staff search for its request."""
        return ()

    def find_address(self, value: Any) -> str:
        """Return the words of an address in a value, by which the staff search for its request; empty: none."""
        return ""

    def find_postal_code(self, value: Any) -> str:
        """Return the postal code in a value, likewise."""
        return ""


@dataclass(frozen=True, slots=True)
class Text(FieldType):
    """Free text in the writer's own words, up to `max_length` characters, an emoji being two (`count_code_units`)."""

    max_length: int = 300
    is_address: bool = False
    """Whether what is written is where something is."""
    name: ClassVar[str] = "text"
    unreadable_reason: ClassVar[InvalidReasonBase] = InvalidReason.BAD_TEXT

    def parse(self, raw_value: object, reading_context: ReadingContext) -> str:
        """Trim and keep; too long is refused rather than cut, and so is what is a list or a mapping."""
        if not isinstance(raw_value, str | int | float):
            raise InvalidField
        text = tidy_text(str(raw_value))
        if not fold_text(text):
            raise InvalidField(reason=InvalidReason.EMPTY)
        if count_code_units(text) > self.max_length:
            raise InvalidField(reason=InvalidReason.TOO_LONG, limit=persian_digits(str(self.max_length)))
        return text

    def find_address(self, value: Any) -> str:
        """Return the writer's words where they are an address."""
        return str(value) if self.is_address else ""

    def render_value(self, value: Any, catalogue_text: TextLookup) -> str:
        """Return the writer's words as they are."""
        return str(value)

    def longest_value(self, choices: tuple[str, ...], catalogue_text: TextLookup) -> str:
        """Return words up to the limit."""
        return "ن" * self.max_length


@dataclass(frozen=True, slots=True)
class Integer(FieldType):
    """A whole number from `minimum` to `maximum`; words of its `unit_words` may be said with it."""

    minimum: int = 0
    maximum: int = 10**9
    unit_words: tuple[str, ...] = field(default=(), kw_only=True)
    name: ClassVar[str] = "integer"
    unreadable_reason: ClassVar[InvalidReasonBase] = InvalidReason.BAD_INTEGER
    survives_erasure: ClassVar[bool] = True

    def parse(self, raw_value: object, reading_context: ReadingContext) -> int:
        """Read digits of any script or a number word up to ten."""
        with explain_unreadable(self.unreadable_reason, raw_value):
            whole_number = raw_value if isinstance(raw_value, int) else read_number(str(raw_value), self.unit_words)
        if not self.minimum <= whole_number <= self.maximum:
            raise InvalidField(
                reason=InvalidReason.RANGE, least=format_number(self.minimum), most=format_number(self.maximum)
            )
        return whole_number

    def longest_value(self, choices: tuple[str, ...], catalogue_text: TextLookup) -> str:
        """Return the longer of both bounds."""
        bounds = (self.render_value(bound, catalogue_text) for bound in (self.minimum, self.maximum))
        return max(bounds, key=count_code_units)


@dataclass(frozen=True, slots=True)
class Rials(FieldType):
    """An amount in whole rials."""

    name: ClassVar[str] = "rials"
    unreadable_reason: ClassVar[InvalidReasonBase] = InvalidReason.BAD_RIALS
    survives_erasure: ClassVar[bool] = True

    def parse(self, raw_value: object, reading_context: ReadingContext) -> int:
        """Read digits, thousands separators and the unit «ریال» allowed; an amount in toman is no amount in rials."""
        digits_text = _THOUSANDS_MARK.sub("", _RIAL_UNIT.sub("", fold_text(str(raw_value))))
        with explain_unreadable(self.unreadable_reason, raw_value):
            amount = raw_value if isinstance(raw_value, int) else read_number(digits_text)
        if amount < 0:
            raise InvalidField(reason=InvalidReason.RANGE, least=format_number(0), most="…")
        return amount

    def render_value(self, value: Any, catalogue_text: TextLookup) -> str:
        """Return grouped digits and the unit."""
        return f"{group_digits(int(value))} {catalogue_text('units.rial')}"

    def text_keys(self, choices: tuple[str, ...]) -> tuple[str, ...]:
        """Return the unit's."""
        return ("units.rial",)


@dataclass(frozen=True, slots=True)
class Identifier(FieldType):
    """A checked identifier: mobile, national_code, postal_code, renovation_code, plate, iban."""

    identifier_kind: str

    READERS: ClassVar[Mapping[str, Callable[[str], str]]] = {
        "mobile": identifiers.parse_mobile,
        "national_code": identifiers.parse_national_code,
        "postal_code": identifiers.parse_postal_code,
        "renovation_code": identifiers.parse_renovation_code,
        "plate": identifiers.parse_plate,
        "iban": ibans.parse_iban,
    }
    READ_TYPES: ClassVar[Mapping[str, type[str]]] = {
        "national_code": identifiers.NationalCode,
        "postal_code": identifiers.PostalCode,
        "renovation_code": identifiers.RenovationCode,
        "plate": identifiers.VehiclePlate,
        "iban": ibans.Iban,
    }
    """Python types of a value that was read before: of the kinds that texts are searched for."""
    REASONS: ClassVar[Mapping[str, InvalidReason]] = {
        "mobile": InvalidReason.BAD_MOBILE,
        "national_code": InvalidReason.BAD_NATIONAL_CODE,
        "postal_code": InvalidReason.BAD_POSTAL_CODE,
        "renovation_code": InvalidReason.BAD_RENOVATION_CODE,
        "plate": InvalidReason.BAD_PLATE,
        "iban": InvalidReason.BAD_IBAN,
    }

    @property
    def name(self) -> str:  # type: ignore[override]  # one class, six names
        """The identifier's own name."""
        return self.identifier_kind

    @property
    def unreadable_reason(self) -> InvalidReason:  # type: ignore[override]  # as above
        """The identifier's own reason."""
        return self.REASONS[self.identifier_kind]

    def render_on_page(self, value: Any, catalogue_text: TextLookup) -> str:
        """Return a plate as on the car; the others as in messages."""
        if self.identifier_kind == "plate":
            return identifiers.display_plate(value)
        return self.render_value(value, catalogue_text)

    def parse(self, raw_value: object, reading_context: ReadingContext) -> str:
        """Check and normalise; what a parser has read already stays as it is."""
        read_type = self.READ_TYPES.get(self.identifier_kind)
        text = str(raw_value)
        return text if read_type and isinstance(raw_value, read_type) else str(self.READERS[self.identifier_kind](text))

    def search_terms(self, value: Any) -> tuple[str, ...]:
        """Return a person's national code; mobiles and plates are found by columns of their own."""
        return (value,) if self.identifier_kind == "national_code" else ()

    def find_postal_code(self, value: Any) -> str:
        """Return the value where it is one."""
        return str(value) if self.identifier_kind == "postal_code" else ""


@dataclass(frozen=True, slots=True)
class Choice(FieldType):
    """One id out of the field's choices; `choice_table` is the catalogue's table of their names, if people see
    names.
    """

    choice_table: str | None = None
    name: ClassVar[str] = "choice"
    survives_erasure: ClassVar[bool] = True

    def parse(self, raw_value: object, reading_context: ReadingContext) -> str:
        """Take the id itself (any letter case); a number is a position only where a menu was shown."""
        folded_text = fold_text(str(raw_value))
        for choice in reading_context.choices:
            if fold_text(choice) == folded_text:
                return choice
        raise UnknownKind(reason=UnknownKindReason.CHOICE, given=tidy_text(str(raw_value))[:30])

    def render_value(self, value: Any, catalogue_text: TextLookup) -> str:
        """Return the choice's name."""
        return self.display_name(str(value), catalogue_text)

    def longest_value(self, choices: tuple[str, ...], catalogue_text: TextLookup) -> str | None:
        """Return the longest name; None where the choices are found for each request."""
        choice_names = (self.display_name(choice, catalogue_text) for choice in choices or self.numbered_choices())
        return max(choice_names, key=count_code_units, default=None)

    def display_name(self, choice: str, catalogue_text: TextLookup) -> str:
        """Return the choice's name."""
        return catalogue_text(f"choices.{self.choice_table}.{choice}") if self.choice_table else choice

    def text_keys(self, choices: tuple[str, ...]) -> tuple[str, ...]:
        """Return the choices' names', if people see names."""
        return tuple(f"choices.{self.choice_table}.{choice}" for choice in choices) if self.choice_table else ()


@dataclass(frozen=True, slots=True)
class Choices(Choice):
    """Several ids out of the choices, separated by commas."""

    name: ClassVar[str] = "choices"

    def parse(self, raw_value: object, reading_context: ReadingContext) -> list[str]:  # type: ignore[override]  # a list of what Choice gives
        """Read each one."""
        choice_texts = raw_value if isinstance(raw_value, list) else str(raw_value).replace("،", ",").split(",")
        return [Choice.parse(self, choice_text, reading_context) for choice_text in choice_texts]

    def longest_value(self, choices: tuple[str, ...], catalogue_text: TextLookup) -> str | None:
        """Return all names; None where the choices are found for each request."""
        return self.render_value(choices, catalogue_text) if choices else None

    def render_value(self, value: Any, catalogue_text: TextLookup) -> str:
        """Return the names, joined."""
        return join_list(Choice.render_value(self, choice, catalogue_text) for choice in value)


def format_number(number: Decimal | float) -> str:
    """Return a number with Persian digits and decimal point; all digits of a decimal."""
    # `:g` alone would write millions as powers of ten.
    plain_text = f"{number:f}" if isinstance(number, Decimal) else f"{number:.12g}"
    return persian_digits(plain_text.replace(".", language_in_force().decimal_mark))
