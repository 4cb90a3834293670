"""What was posted into the form of a step: its inputs as they were typed, and the price that its page showed."""

from typing import Any

from channels.web.forms import read_form
from channels.web.posted import PostedForm, read_text
from domain.authorization.request_policy import find_override_inputs
from domain.language.service import Transition
from domain.values.errors import InvalidField
from domain.values.text import group_digits

QUOTED_FIELD = "seen-quote"
"""The field of a step's form with what its page said that the tariff asks, in rials. No input has a name like it."""

_MAX_AMOUNT_DIGITS = 19
"""Digits of an amount that fits into 64 bits, and one."""


def read_step_form(step: Transition, form: PostedForm) -> dict[str, Any]:
    """Return what was typed into the form of a step. The price of the tariff, left in its box as the page showed it, is
    none that somebody set.
    """
    quoted_text = read_text(form, QUOTED_FIELD)
    shown_text = group_digits(int(quoted_text)) if _is_amount(quoted_text) else None
    untouched = {name for name in find_override_inputs(step) if read_text(form, name) == shown_text}
    return {name: value for name, value in read_form(step.inputs, form).items() if name not in untouched}


def read_quoted_rials(form: PostedForm) -> int | None:
    """Return the rials that the form's page showed, None for no amount; `InvalidField` for a form that is not ours."""
    quoted_text = read_text(form, QUOTED_FIELD)
    if quoted_text and not _is_amount(quoted_text):
        raise InvalidField("amount")
    return int(quoted_text) if quoted_text else None


def _is_amount(text: str) -> bool:
    return text.isdecimal() and text.isascii() and len(text) < _MAX_AMOUNT_DIGITS
