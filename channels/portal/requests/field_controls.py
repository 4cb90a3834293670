"""The controls of some fields of a form with what stands in them: on pages of a draft, of a change, of a question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from channels.portal.requests.controls import OfferSource, SectionControl, build_section_controls, choose_offered_day
from channels.web.forms import INITIAL_WORK_ROWS, FormWording
from domain.actions.dependencies import Dependencies
from domain.fields.form import Field
from domain.language.form_guards import refuses_answer
from domain.language.service import Service
from domain.values.calendar import to_tehran
from domain.values.errors import DomainError


@dataclass(frozen=True, slots=True)
class ShownValues:
    """Values shown by the controls of a form."""

    values: Mapping[str, Any]
    """Field → what stands in it: as typed, found, or sent."""
    known_values: Mapping[str, Any]
    """Field → value of the whole form, as far as it is understood: what may be offered depends on it."""
    remaining_choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Field → what registries leave to choose from."""
    offers_days: bool = True
    """Whether the next days are offered; not on a page that is the same on every day."""


def build_field_controls(
    dependencies: Dependencies,
    service: Service,
    fields: Sequence[Field],
    shown_values: ShownValues,
    faults: Sequence[DomainError],
    *,
    work_rows: int = INITIAL_WORK_ROWS,
    id_prefix: str = "",
) -> list[SectionControl]:
    """Return the controls of these fields of a service's form, and the problem at each that a fault names.

    `id_prefix` keeps their ids apart from others of the page.
    """
    now, catalogue = dependencies.clock.now(), dependencies.catalogue
    offer_source = OfferSource(
        to_tehran(now).date(),
        choose_offered_day(fields),
        lambda field_name, day: (
            not shown_values.offers_days
            or refuses_answer(
                service.submit_guards, shown_values.known_values, field_name, day, now, dependencies.policy
            )
        ),
        shown_values.remaining_choices,
    )
    form_wording = FormWording(
        dependencies.wording,
        lambda field_name: catalogue.text(f"services.{service.key}.fields.{field_name}.label"),
        id_prefix=id_prefix,
    )
    error = faults[0].with_other_faults(faults[1:]) if faults else None
    return build_section_controls(fields, shown_values.values, form_wording, offer_source, error, work_rows)
