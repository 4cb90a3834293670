"""What citizens may change of a sent form: there is such a field and such a state, and no step relies on it by then."""

from collections.abc import Iterator

from domain.check.flaws import Flaw
from domain.check.ways import find_reachable
from domain.fields.form import Field
from domain.language.service import Effect, Service


def change_flaws(service: Service) -> Iterator[Flaw]:
    """Find changes of what there is not, of what nobody is asked, and of what something done relies on."""
    states_by_name = {state.name: state for state in service.states}
    for entry in service.changeable:
        for state_name in entry.states:
            if state_name not in states_by_name or states_by_name[state_name].phase.is_final:
                yield Flaw("changes_in_no_state", service.key, state_name)
        yield from (
            Flaw("changes_no_field", service.key, name) for name in entry.field_names if not _may_change(service, name)
        )
        yield from _apart_flaws(service, entry.field_names)
    for state_name in states_by_name:
        yield from _relied_flaws(service, state_name)


def _may_change(service: Service, field_name: str) -> bool:
    """Return whether people say this field, and it does not decide what kind of request it is."""
    form_field = service.form_field(field_name)
    return form_field is not None and not form_field.is_derived and field_name != service.kind_field


def _apart_flaws(service: Service, field_names: tuple[str, ...]) -> Iterator[Flaw]:
    """Find fields that may be changed while one that does as well may not: both would say different things."""
    for form_field in service.form:
        together = {form_field.name, *form_field.alternatives}
        if together & set(field_names) and not together <= set(field_names):
            yield Flaw("changes_alternatives_apart", service.key, form_field.name)


def _relied_flaws(service: Service, state_name: str) -> Iterator[Flaw]:
    changeable_fields = service.fields_changeable_in(state_name)
    if not changeable_fields:
        return
    relying_effects = [effect for effect in service.submit_effects if not effect.repeats_on_change]
    for step in service.transitions:
        if state_name in find_reachable(service, step.target_state):
            relying_effects.extend(step.effects)
    for form_field in changeable_fields:
        if any(_relies_on(effect, form_field) for effect in relying_effects):
            yield Flaw("changes_relied_field", service.key, f"{state_name}.{form_field.name}")


def _relies_on(effect: Effect, form_field: Field) -> bool:
    if effect.relied_fields:
        return form_field.name in effect.relied_fields
    return effect.makes_quote or effect.issues_bill
