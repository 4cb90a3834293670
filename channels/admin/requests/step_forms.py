"""Values posted into the form of a step: its inputs as they were typed, and what its page proposed and quoted."""

from typing import Any

from channels.web.forms import read_form
from channels.web.posted import PostedForm, read_text
from domain.authorization.request_policy import find_override_inputs
from domain.language.service import Transition
from domain.values.errors import InvalidField
from domain.values.text import persian_digits

QUOTED_FIELD = "seen-quote"
"""The field of a step's form with what its page said that the tariff asks, in rials. No input has a name like it."""

_MAX_AMOUNT_DIGITS = 19
"""Digits of an amount that fits into 64 bits, and one."""


def list_computed_inputs(step: Transition) -> set[str]:
    """Return the inputs of a step that the desk works out unless somebody else's value is given: the price of the
    tariff, the end that follows a start.
    """
    return {field.name for field in step.inputs if field.follows} | find_override_inputs(step)


def name_proposal(input_name: str) -> str:
    """Return under which name a form repeats what its page proposed for such an input. No input has a name like it."""
    return f"proposed-{input_name}"


def read_step_form(step: Transition, form: PostedForm) -> dict[str, Any]:
    """Return what was typed into the form of a step. What is worked out, left in its box as the page proposed it, is
    none that somebody gave.
    """
    values = read_form(step.inputs, form)
    untouched = {name for name in list_computed_inputs(step) if _is_as_proposed(form, name)}
    return {name: value for name, value in values.items() if name not in untouched}


def read_quoted_rials(form: PostedForm) -> int | None:
    """Return the rials that the form's page showed, None for no amount; `InvalidField` for a form that is not ours."""
    quoted_text = read_text(form, QUOTED_FIELD)
    if quoted_text and not _is_amount(quoted_text):
        raise InvalidField("amount")
    return int(quoted_text) if quoted_text else None


def _is_as_proposed(form: PostedForm, input_name: str) -> bool:
    # The calendar at a box may have left Latin digits in it.
    return persian_digits(read_text(form, input_name)) == read_text(form, name_proposal(input_name))


def _is_amount(text: str) -> bool:
    return text.isdecimal() and text.isascii() and len(text) < _MAX_AMOUNT_DIGITS
