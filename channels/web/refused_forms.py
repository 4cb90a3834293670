"""Forms that were refused, as their pages show them again: every site keeps what was typed."""

from dataclasses import dataclass
from typing import Any

from channels.web.posted import PostedForm
from domain.values.errors import DomainError

REFUSAL_ID = "refusal"
"""The id of the message beside a form that was refused."""


@dataclass(frozen=True, slots=True)
class RefusedForm:
    """A form that was refused: its name on its page, what was posted, and why it was refused."""

    name: str
    posted_form: PostedForm
    error: DomainError

    @property
    def submitted_texts(self) -> dict[str, str]:
        """The texts of the form, for pages that write its fields themselves; files have to be chosen again."""
        return {form_name: value for form_name, value in self.posted_form.items() if isinstance(value, str)}


def form_error(refused_form: RefusedForm | None) -> DomainError | None:
    """Return why a form was refused; None where none was."""
    return refused_form.error if refused_form else None


def build_refusal_context(refused_form: RefusedForm | None, error_text: str | None) -> dict[str, Any]:
    """Return what the templates ask of a form that was refused; `error_text` says why, in words."""
    return {
        "refused_form_name": refused_form.name if refused_form else None,
        "submitted_texts": refused_form.submitted_texts if refused_form else {},
        "refused_field": refused_form.error.field if refused_form else None,
        "refusal": error_text,
    }
