"""Forms that pages have by a list of declared fields: read, shown, and shown again as they were typed when refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from channels.admin.frame import Visit
from channels.admin.submissions import RefusedForm
from channels.web.forms import Control, FormWords, Given, controls, read_form, stray
from domain.fields.form import Field, read_fields
from domain.fields.types import ReadingContext
from domain.language.wording import Wording
from domain.values.errors import Conflict


@dataclass(frozen=True, slots=True)
class FormView:
    """A form of a page; `problem` is an error that names none of its fields, `open` whether it was just refused.

    `stands` is what stands there now in place of what was typed, each with its label, where somebody else was first.
    """

    controls: Sequence[Control]
    problem: str | None
    open: bool
    stands: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class PageForm:
    """A form of a page by its name: its fields, the table of their labels, and what its choices are called.

    `blank` is the key of what a choice says while nothing is chosen. `hints` is field → the key of what is told beside
    it in place of what is told of its kind.
    """

    name: str
    fields: tuple[Field, ...]
    labels: str
    titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    blank: str = "web.form.choose"
    hints: Mapping[str, str] = field(default_factory=dict)

    def read(self, visit: Visit) -> dict[str, Any]:
        """Return the values of the visitor's form; a `DomainError` that names every field with a fault."""
        return read_fields(
            self.fields, read_form(self.fields, visit.form), visit.actor.channel, ReadingContext(visit.now)
        )

    def shown(self, wording: Wording, given: Mapping[str, Any], refused: RefusedForm | None) -> FormView:
        """Return the form with what is given, or as it was typed if it is the one that was refused."""
        words = FormWords(
            wording,
            lambda name: wording.catalogue.text(f"{self.labels}.{name}"),
            self.titles,
            f"{self.name}-",
            self.blank,
            {name: wording.catalogue.text(key) for name, key in self.hints.items()},
        )
        mine = refused if refused and refused.name == self.name else None
        typed, error = (read_form(self.fields, mine.posted), mine.error) if mine else (given, None)
        stands = self._stands(words, given, typed) if isinstance(error, Conflict) else ()
        problem = stray(self.fields, error, words)
        return FormView(controls(self.fields, typed, words, error), problem, mine is not None, stands)

    def _stands(self, words: FormWords, now: Mapping[str, Any], typed: Given) -> Sequence[tuple[str, str]]:
        differ = [one.name for one in self.fields if (now.get(one.name) or None) != (typed.get(one.name) or None)]
        return [(words.label(name), self._said(words, name, now.get(name))) for name in differ]

    def _said(self, words: FormWords, name: str, value: Any) -> str:
        titles, values = self.titles.get(name, {}), value if isinstance(value, list) else [value] if value else []
        named = [titles.get(one, str(one)) for one in values]
        return "، ".join(words.catalogue.text(one) if one in words.catalogue else one for one in named) or "—"
