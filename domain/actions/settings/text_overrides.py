"""Text overrides: which texts may be overridden, and the proof that one does what it has to.

The proof is that of `pishkhan check`: a text uses no fact that it is not given, and what travels by SMS fits its part
budget with the longest real values.
"""

from collections.abc import Collection, Mapping, Sequence
from string import Formatter

from domain.check import check_services
from domain.check.registries import check_registries
from domain.check.texts.bounds import bound_texts
from domain.check.texts.text_flaws import LONGEST_BUTTON_LABEL, LONGEST_LINK_LINE, find_chat_limit
from domain.conversation.reading.vocabulary import OPT_OUT_ENDING
from domain.language.service import Service
from domain.messages.catalogue import Catalogue, is_bound
from domain.messages.templates import PHONE
from domain.values.errors import InvalidField, NotFound
from domain.values.message_parts import count_parts
from domain.values.reasons import InvalidReason
from domain.values.text import persian_digits, tidy_text

LONGEST_OVERRIDE = 2000
"""Characters of a text."""

TextWording = str | Sequence[str]
"""A text, or a list of them (steps, documents)."""

_REASONS_BY_FLAW: Mapping[str, tuple[InvalidReason, Mapping[str, str]]] = {
    "cuts_words": (InvalidReason.TEXT_CUTS, {}),
    "unbounded_placeholder": (InvalidReason.TEXT_UNBOUNDED, {}),
    "stop_unsaid": (InvalidReason.TEXT_STOP_UNSAID, {"ending": OPT_OUT_ENDING}),
    "stops_nothing": (InvalidReason.TEXT_STOPS_NOTHING, {"ending": OPT_OUT_ENDING}),
    "code_begins_line": (InvalidReason.TEXT_CODE_FIRST, {}),
    "foreign_letter": (InvalidReason.TEXT_LETTERS, {}),
    "untidy_space": (InvalidReason.TEXT_SPACES, {}),
}
"""Kind of a flaw that a wording can bring → why it is refused, with the facts of that reason's text."""


def list_changeable_keys(catalogue: Catalogue) -> list[str]:
    """Return the keys of the texts that may be overridden."""
    return [text_key for text_key in catalogue.list_keys() if not is_bound(text_key)]


def fits_key(catalogue: Catalogue, text_key: str, wording: object) -> bool:
    """Return whether a stored text can be used for that key: a version may have dropped the key, or facts of it."""
    if text_key not in catalogue or is_bound(text_key):
        return False
    value_type = str if isinstance(catalogue.read_source(text_key), str) else list
    return isinstance(wording, value_type) and all(
        _find_text_fault(catalogue, text_key, text_line) is None for text_line in _split_lines(wording)
    )


def prove_text(services: Collection[Service], catalogue: Catalogue, text_key: str, submitted_text: str) -> TextWording:
    """Return a text as typed, a list one a line, once it is proved; some 50 ms of reckoning, so outside of units.

    Errors: `NotFound("text")`, `InvalidField("text")` with what is wrong.
    """
    if text_key not in catalogue or is_bound(text_key):
        raise NotFound("text")
    text = tidy_text(submitted_text)
    if not text:
        raise InvalidField("text", InvalidReason.EMPTY)
    if len(text) > LONGEST_OVERRIDE:
        raise InvalidField("text", InvalidReason.TOO_LONG, limit=persian_digits(LONGEST_OVERRIDE))
    is_single_text = isinstance(catalogue.read_source(text_key), str)
    wording: TextWording = text if is_single_text else [line.strip() for line in text.split("\n") if line.strip()]
    for text_line in _split_lines(wording):
        if text_fault := _find_text_fault(catalogue, text_key, text_line):
            raise text_fault
    _prove_catalogue(services, catalogue.with_text(text_key, wording), text_key)
    return wording


def _split_lines(value: object) -> list[str]:
    return [value] if isinstance(value, str) else [str(line) for line in value] if isinstance(value, list) else []


def _find_text_fault(catalogue: Catalogue, text_key: str, text: str) -> InvalidField | None:
    """Return what is wrong with the placeholders of a text: braces that are none, or facts that it is not given."""
    try:
        parsed_parts = list(Formatter().parse(text))
    except ValueError:
        return InvalidField("text", InvalidReason.TEXT_BRACES)
    placeholders = [
        (name, format_spec, conversion) for _, name, format_spec, conversion in parsed_parts if name is not None
    ]
    if any(
        not name or conversion or (format_spec and not format_spec.isdecimal())
        for name, format_spec, conversion in placeholders
    ):
        return InvalidField("text", InvalidReason.TEXT_BRACES)
    known_facts = catalogue.fact_names(text_key) | {PHONE}
    if unknown_facts := sorted({name for name, _, _ in placeholders} - known_facts):
        known_list = "، ".join(f"{{{name}}}" for name in sorted(known_facts)) or "—"
        return InvalidField("text", InvalidReason.TEXT_FACTS, given="، ".join(unknown_facts), known=known_list)
    return None


def _prove_catalogue(services: Collection[Service], catalogue: Catalogue, text_key: str) -> None:
    """Raise for the flaw that this text brings, if it does."""
    flaws = [*check_services(services, catalogue), *check_registries(catalogue)]
    flaw_kinds = {flaw.kind for flaw in flaws if flaw.subject.split(" ")[0].rstrip(":") == text_key}
    if "over_budget" in flaw_kinds:
        longest_text = bound_texts(services, catalogue).render_longest(text_key)
        needed_parts, allowed_parts = count_parts(longest_text), catalogue.part_budget(text_key)
        if needed_parts <= allowed_parts:  # by itself it fits, with the link that is put under it it does not
            needed_parts = count_parts(longest_text + LONGEST_LINK_LINE)
        raise InvalidField("text", InvalidReason.TEXT_PARTS, need=needed_parts, allowed=allowed_parts)
    if "too_long" in flaw_kinds:
        most_units = find_chat_limit(text_key) or LONGEST_BUTTON_LABEL
        raise InvalidField("text", InvalidReason.TOO_LONG, limit=persian_digits(most_units))
    for kind, (reason, facts) in _REASONS_BY_FLAW.items():
        if kind in flaw_kinds:
            raise InvalidField("text", reason, **facts)
    if flaw_kinds:
        raise InvalidField("text", InvalidReason.TEXT_UNPROVED, faults=", ".join(sorted(flaw_kinds)))
