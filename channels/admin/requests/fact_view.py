"""Facts of a request, as its page shows them: the form, and what steps kept beside it, each under its label."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from channels.admin.addresses import list_address
from channels.admin.frame import Visitor
from domain.actions.dependencies import Dependencies
from domain.authorization.rights import registry_right
from domain.fields.form import Field
from domain.fields.places import find_map_link
from domain.fields.stored import list_stored
from domain.fields.types import Identifier
from domain.language.service import Service
from domain.registries.declarations import REGISTRIES
from domain.requests.request import ServiceRequest
from domain.values.languages import join_list

_LONG_VALUE = 60
"""Characters of a value that no column of facts takes in one line."""


@dataclass(frozen=True, slots=True)
class LabelledValue:
    """A label and its value in words. `link` leads to the registry's row that it names, or to its point on a map;
    `copied` is what whoever types it elsewhere needs, in Latin digits.
    """

    label: str
    value: str
    link: str | None = None
    copied: str | None = None

    @property
    def is_long(self) -> bool:
        """Whether it is read as lines, over the whole width."""
        return len(self.value) > _LONG_VALUE

    @property
    def direction(self) -> str:
        """Direction of the value: one without letters browsers would take for left-to-right, its hour before its
        day."""
        return "auto" if any(character.isalpha() for character in self.value) else "rtl"


class FactViews:
    """Builds the facts of a request."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._dependencies = dependencies
        self._get_text = dependencies.catalogue.text

    def list_facts(
        self, service: Service, visitor: Visitor, fact_fields: Sequence[Field], values: Mapping[str, Any]
    ) -> list[LabelledValue]:
        """Return those of a form, or of what steps kept beside it, that are there."""
        prefix = f"services.{service.key}.fields.{{}}.label" if fact_fields is service.form else "kept.{}"
        return [
            LabelledValue(
                self._get_text(prefix.format(fact_field.name)),
                self._dependencies.wording.render_page_value(fact_field.type, fact_field.name, value),
                self._find_row_address(service, visitor, fact_field.name, value) or find_map_link(str(value)) or None,
                str(value) if _is_copied(fact_field) else None,
            )
            for fact_field in fact_fields
            if (value := values.get(fact_field.name)) not in (None, "", [])
        ]

    def list_recorded_facts(self, service: Service, visitor: Visitor, request: ServiceRequest) -> list[LabelledValue]:
        """Return what steps stored beside the form, and what the open question is about."""
        facts = self.list_facts(service, visitor, service.stored_fields, _list_unstated_facts(request))
        if marked_labels := self._dependencies.wording.list_marked_labels(request):
            facts.append(LabelledValue(self._get_text("admin.request.marked"), join_list(marked_labels)))
        return facts

    def _find_row_address(self, service: Service, visitor: Visitor, field_name: str, value: Any) -> str | None:
        """Return the address of the registry's row that a fact names, for who may see it."""
        registry_key = next(
            (reference.registry for reference in service.references if reference.field == field_name), None
        )
        if registry_key is None or not visitor.may(registry_right(registry_key, "view")):
            return None
        return f"{list_address(REGISTRIES[registry_key])}?{urlencode({'q': value})}"


def _is_copied(fact_field: Field) -> bool:
    """Return whether a value is a number that one types elsewhere too; a plate has letters, and is read as on a car."""
    return isinstance(fact_field.type, Identifier) and fact_field.type.identifier_kind != "plate"


def _list_unstated_facts(request: ServiceRequest) -> dict[str, Any]:
    """Return what a request keeps, but for what its form says already."""
    stored_values = list_stored(request)
    return {name: value for name, value in stored_values.items() if request.fields.get(name) != value}
