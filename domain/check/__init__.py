"""`pishkhan check`: proves each declaration before it serves anybody.

| module | what it proves |
|---|---|
| `walk.py`, `charge_progress.py` | nothing by themselves: they follow every way that a request and its bills can take |
| `ways.py` | every state is reached and none is a dead end, by steps that can really be taken |
| `expiring.py` | no bill is closed before its deadline and the banks' lag |
| `registries.py` | every cell of a registry has its texts |
| `money.py` | no way gives a letter or a machine unpaid, none leaves a bill behind that nobody settles |
| `declared/kept_values.py` | no step needs what no step before it has kept |
| `declared/moments.py` | deadlines and events are reckoned from what a request has by then |
| `declared/forms.py` | what is called by name is there, by names that every channel can write |
| `declared/prices.py` | what is priced is so once, and what is counted has its words |
| `steps.py` | every step has somebody to take it and the inputs that it needs; citizens' words reach theirs |
| `taking_back.py` | every step that may be taken back does nothing that lasts |
| `declared/registers.py` | every register of letters or permits is one service's own |
| `declared/service_rules.py` | the rules that belong to one service are its own, and their defaults what they may be |
| `suggestions.py` | every suggested answer is one that its field takes as it is |
| `keywords.py` | no word calls two services |
| `versions.py` | the state maps lead every earlier version to states that exist, and what is finished stays finished |
| `changes.py` | what citizens may change of a sent form is there, and nothing that was done relies on it |
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

from collections.abc import Iterable, Iterator

from domain.check.changes import change_flaws
from domain.check.declared.forms import form_flaws, operation_flaws
from domain.check.declared.kept_values import find_kept_values, missing_data_flaws
from domain.check.declared.moments import moment_flaws
from domain.check.declared.prices import price_flaws
from domain.check.declared.registers import register_flaws
from domain.check.declared.service_rules import service_rule_flaws
from domain.check.flaws import NO_SERVICE, Flaw
from domain.check.form_sections import section_flaws
from domain.check.keywords import keyword_flaws
from domain.check.money import money_flaws
from domain.check.printouts import printout_flaws
from domain.check.steps import step_flaws
from domain.check.suggestions import suggestion_flaws
from domain.check.taking_back import taking_back_flaws
from domain.check.texts.bounds import bound_texts
from domain.check.texts.facts import unfilled_fact_flaws
from domain.check.texts.files import letter_flaws, text_file_flaws
from domain.check.texts.reason_texts import reason_flaws, unlisted_reason_flaws
from domain.check.texts.text_flaws import SHARED_TEXTS, budget_flaws, sent_by_sms, shared_text_flaws, text_flaws
from domain.check.versions import version_flaws
from domain.check.walk import walk_service
from domain.check.ways import way_flaws
from domain.language.service import Service
from domain.messages.catalogue import Catalogue, load_shipped_texts
from domain.registries.declarations import REGISTRIES

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
