"""`pishkhan check`: proves each declaration before it serves anybody.

| module | what it proves |
|---|---|
| here | no word calls two services, registers and rules belong to one, and a step taken back did nothing that lasts; |
| | state maps lead every earlier version to states that exist, and what is finished stays finished; what citizens may |
| | change of a sent form is there, and nothing done relies on it; every suggested answer is one that its field takes |
| `walk.py`, `charge_progress.py` | nothing by themselves: they follow every way that a request and its bills can take |
| `ways.py` | every state is reached and none is a dead end, by steps that can really be taken |
| `registries.py` | every cell of a registry has its texts |
| `money.py` | no way gives a letter or a machine unpaid, no bill is left to nobody or closed before the banks' lag |
| `declared/kept_values.py` | no step needs what no step before it has kept |
| `declared/moments.py` | deadlines and events are reckoned from what a request has by then |
| `declared/forms.py` | what is called by name is there, by names that every channel can write |
| `declared/prices.py` | what is priced is so once, and what is counted has its words |
| `steps.py` | every step has somebody to take it and the inputs that it needs; citizens' words reach theirs |
| `locks.py` | a guard that reads rows of others holds a lock |
| `form_sections.py` | each asked field is in one section of the form, and each section has its title |
| `printouts.py` | every paper has its texts, somebody who may print it, and facts that there can be |
| `texts.py` | every text that may be asked for is there, and every one that travels by SMS fits its part budget |
| `text_facts.py` | every placeholder of a text is filled, wherever it is rendered |
| `unused_texts.py` | no text of a service is there that nothing asks for |
| `text_bounds.py` | nothing: it reckons the longest that names, choices, numbers and menus of them get in texts |
| `text_files.py` | no text is in two files, no service's file words what is not its own, and all is in Persian |
| `text_lengths.py` | every text shows whole what people may write, unless it says that it cuts it |
| `translations.py` | what another language has of these texts is right, and what it lacks is known |
| `declared/sample_requests.py` | nothing: a request to ask a declaration's functions about |
| `explanations.py` | nothing: it says in a sentence what each flaw means, where it is and what to do |
| `code_texts.py` | the texts that the code asks for by name |
| `reason_texts.py` | every reason of an error has a text that it can fill, and no other text is there |
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime

from domain.authorization.request_policy import is_step_of_staff
from domain.blocks.letters import LetterRegister
from domain.check.declared.forms import form_flaws, operation_flaws
from domain.check.declared.kept_values import find_kept_values, missing_data_flaws
from domain.check.declared.moments import moment_flaws
from domain.check.declared.prices import price_flaws
from domain.check.flaws import NO_SERVICE, Flaw
from domain.check.form_sections import section_flaws
from domain.check.locks import lock_flaws
from domain.check.money import money_flaws
from domain.check.printouts import printout_flaws
from domain.check.steps import step_flaws
from domain.check.texts.bounds import bound_texts
from domain.check.texts.facts import unfilled_fact_flaws
from domain.check.texts.files import letter_flaws, text_file_flaws
from domain.check.texts.reason_texts import reason_flaws, unlisted_reason_flaws
from domain.check.texts.text_flaws import SHARED_TEXTS, budget_flaws, sent_by_sms, shared_text_flaws, text_flaws
from domain.check.walk import walk_service
from domain.check.ways import find_reachable, way_flaws
from domain.conversation.reading.grammar import Grammar
from domain.engine.undoing import STEP_BACK, list_lasting_reasons
from domain.fields.form import Field
from domain.fields.types import ReadingContext
from domain.language.service import Effect, Service, Transition
from domain.messages.catalogue import Catalogue, load_shipped_texts
from domain.registries.declarations import REGISTRIES
from domain.requests.notes import NOTE
from domain.requests.request import Phase
from domain.settings.rules import FORMER_RULES, RULE_BY_NAME, RULE_GROUPS
from domain.values.errors import DomainError

MOST_SUGGESTION_BYTES = 48
"""In UTF-8: a button's data holds the turn beside its answer."""

MOST_UNDO_MINUTES = 24 * 60
"""Minutes for which a step may be taken back at most: a day."""

_ANY_MOMENT = datetime(2026, 3, 21, 8, tzinfo=UTC)

__all__ = ["NO_SERVICE", "SHARED_TEXTS", "Flaw", "budget_flaws", "check_services", "sent_by_sms"]


def check_services(services: Iterable[Service], catalogue: Catalogue) -> list[Flaw]:
    """Return every flaw of these declarations and their texts, each once; none means that they may serve."""
    service_list = tuple(services)
    catalogue = bound_texts(service_list, catalogue)
    flaws = [flaw for service in service_list for flaw in _service_flaws(service, catalogue)]
    flaws += [*operation_flaws(service_list), *keyword_flaws(service_list), *register_flaws(service_list)]
    flaws += service_rule_flaws(service_list)
    flaws += [*text_file_flaws(load_shipped_texts()), *letter_flaws(catalogue), *shared_text_flaws(catalogue)]
    return list(dict.fromkeys(flaws))


def _service_flaws(service: Service, catalogue: Catalogue) -> Iterator[Flaw]:
    name_flaws = list(_name_flaws(service))
    yield from name_flaws
    if any(flaw.kind == "unknown_state" for flaw in name_flaws):
        return  # nothing else can be said of a graph with edges into nowhere
    graph = walk_service(service)
    kept_by_place = find_kept_values(service, graph)
    yield from way_flaws(service, graph)
    yield from form_flaws(service)
    yield from money_flaws(service, graph)
    yield from price_flaws(service)
    yield from missing_data_flaws(service, graph, kept_by_place)
    yield from moment_flaws(service, graph, kept_by_place)
    yield from step_flaws(service)
    yield from lock_flaws(service)
    yield from taking_back_flaws(service)
    yield from suggestion_flaws(service)
    yield from section_flaws(service)
    yield from change_flaws(service)
    yield from version_flaws(service)
    yield from printout_flaws(service, catalogue)
    yield from text_flaws(service, catalogue)
    yield from reason_flaws(service.key, service.reasons, catalogue)
    yield from unlisted_reason_flaws(service)
    yield from unfilled_fact_flaws(service, catalogue, graph, kept_by_place)


def _name_flaws(service: Service) -> Iterator[Flaw]:
    state_names = [state.name for state in service.states]
    for name in {name for name in state_names if state_names.count(name) > 1}:
        yield Flaw("double_state", service.key, name)
    used_states = {service.initial_state} | {
        name for step in service.transitions for name in (*step.source_states, step.target_state)
    }
    used_states |= {
        name for declared in service.printables for name in (*declared.valid_states, *declared.expired_states)
    }
    used_states |= {name for states in service.scenario for name in states}
    used_states |= set(service.visit_preferences.states if service.visit_preferences else ())
    for name in sorted(used_states - set(state_names)):
        yield Flaw("unknown_state", service.key, name)
    field_names = {declared.name for declared in (*service.form, *service.stored_fields)}
    for declared in service.references:
        if declared.field not in field_names or declared.registry not in REGISTRIES:
            yield Flaw("unknown_reference", service.key, f"{declared.field}: {declared.registry}")
    if not service.summary.work:
        yield Flaw("no_summary", service.key, "summary")
    for name in service.summary.field_names:
        if name not in field_names:
            yield Flaw("unknown_reference", service.key, f"summary: {name}")


def register_flaws(services: Sequence[Service]) -> Iterator[Flaw]:
    """Find registers that two services draw from, by their sequence or by what their numbers look like."""
    owners: dict[tuple[str, str], str] = {}
    for service in services:
        for register in sorted(_list_registers(service), key=lambda register: register.sequence_key):
            for feature in (("sequence", register.sequence_key), ("letter", register.register_letter)):
                if owners.setdefault(feature, service.key) != service.key:
                    yield Flaw("register_of_two_services", service.key, feature[1])


def _list_registers(service: Service) -> set[LetterRegister]:
    return {register for effect in service.effects for register in _registers_of(effect)}


def _registers_of(effect: object) -> Iterator[LetterRegister]:
    if is_dataclass(effect):
        values = (getattr(effect, effect_field.name) for effect_field in fields(effect))
        yield from (value for value in values if isinstance(value, LetterRegister))


def service_rule_flaws(services: Sequence[Service]) -> Iterator[Flaw]:
    """Find rules of another service or in a group of all, two of one name, and defaults that could not be set."""
    name_counts = Counter(
        [*RULE_BY_NAME, *FORMER_RULES, *(rule.name for service in services for rule in service.rules)]
    )
    for service in services:
        if service.rules and service.key in RULE_GROUPS:
            yield Flaw("rule_group_of_all", service.key, service.key)
        for rule in service.rules:
            setting = rule.as_setting()
            if name_counts[rule.name] > 1:
                yield Flaw("double_rule", service.key, rule.name)
            if rule.service_key != service.key:
                yield Flaw("rule_of_another", service.key, rule.name)
            if not setting.is_still_valid(setting.to_stored_value(rule.default), _ANY_MOMENT):
                yield Flaw("unsound_rule", service.key, rule.name)


def taking_back_flaws(service: Service) -> Iterator[Flaw]:
    """Find steps that say they may be taken back, and never could be, and those that are called as other events."""
    for step in service.transitions:
        if step.name in {STEP_BACK, NOTE}:
            yield Flaw("step_called_as_event", service.key, step.name)
        if step.undo_minutes is not None:
            yield from _list_flaws(service, step, step.undo_minutes)


def _list_flaws(service: Service, step: Transition, undo_minutes: int) -> Iterator[Flaw]:
    if not 1 <= undo_minutes <= MOST_UNDO_MINUTES:
        yield Flaw("undo_minutes_beyond", service.key, step.name)
    if step.trigger is not None or (step.roles and not is_step_of_staff(step)):
        yield Flaw("undo_of_no_staff", service.key, step.name)
    yield from (Flaw(reason.value, service.key, step.name) for reason in list_lasting_reasons(service, step))


def keyword_flaws(services: Sequence[Service]) -> Iterator[Flaw]:
    """Find words of two services or intents."""
    word_flaws = list(_shared_word_flaws(services))
    yield from word_flaws
    if not word_flaws:
        yield from _grammar_flaws(services)


def _shared_word_flaws(services: Sequence[Service]) -> Iterator[Flaw]:
    services_by_word: dict[str, str] = {}
    for service in services:
        for keyword in service.keywords:
            for keyword_text in keyword.intent.certain_words:
                if services_by_word.setdefault(keyword_text, service.key) != service.key:
                    yield Flaw("word_of_two_services", service.key, keyword_text)


def _grammar_flaws(services: Sequence[Service]) -> Iterator[Flaw]:
    intents = list({intent.name: intent for service in services for intent in service.intents}.values())
    try:
        Grammar(intents)
    except ValueError as error:
        yield Flaw("word_of_two_intents", NO_SERVICE, str(error))


def version_flaws(service: Service) -> Iterator[Flaw]:
    """Find versions without a map, maps of no version, and maps that lead astray."""
    if service.version < 1:
        yield Flaw("version_below_one", service.key, str(service.version))
    for version in range(1, service.version):
        if version not in service.state_maps:
            yield Flaw("no_state_map", service.key, f"version {version}")
    for version in sorted({*service.state_maps, *service.former_states}):
        if not 1 <= version < service.version:
            yield Flaw("state_map_of_no_version", service.key, f"version {version}")
        elif version in service.state_maps:
            yield from _map_flaws(service, version)


def _map_flaws(service: Service, version: int) -> Iterator[Flaw]:
    present_phases = {state.name: state.phase for state in service.states}
    phases_before, phases_after = (
        service.former_states.get(version),
        service.former_states.get(version + 1, present_phases),
    )
    if phases_before is None:
        yield Flaw("no_former_states", service.key, f"version {version}")
    state_moves = service.state_maps[version]
    for old_state in sorted(set(state_moves) - set(phases_before or state_moves)):
        yield Flaw("state_map_from_nowhere", service.key, f"version {version}: {old_state}")
    # Without the former states, those of today are the best that is known of them.
    for old_state, phase in (phases_before or _moved_phases(state_moves, present_phases)).items():
        new_state = state_moves.get(old_state, old_state)
        if new_state not in phases_after:
            yield Flaw("state_map_into_nowhere", service.key, f"{old_state} -> {new_state}")
        elif phase is not None and phase.is_final and phases_after[new_state] is not phase:
            yield Flaw("finished_moved", service.key, f"{old_state} -> {new_state}")


def _moved_phases(state_moves: Mapping[str, str], present_phases: Mapping[str, Phase]) -> Mapping[str, Phase | None]:
    return {old_state: present_phases.get(old_state) for old_state in state_moves}


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


def suggestion_flaws(service: Service) -> Iterator[Flaw]:
    """Find suggested answers that their own field refuses or reads as something else, or that no button can bear."""
    asked_fields = (*service.form, *(field for step in service.transitions for field in step.inputs))
    for field in asked_fields:
        for suggestion in field.suggestions:
            if not _is_kept_as_it_is(field, suggestion):
                yield Flaw("unsound_suggestion", service.key, f"{field.name}: {suggestion}")
            elif len(suggestion.encode()) > MOST_SUGGESTION_BYTES:
                yield Flaw("long_suggestion", service.key, f"{field.name}: {suggestion}")


def _is_kept_as_it_is(field: Field, suggestion: str) -> bool:
    try:
        return str(field.read_value(suggestion, ReadingContext(_ANY_MOMENT, field.choices))) == suggestion
    except DomainError:
        return False
