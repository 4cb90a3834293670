"""The longest that texts can get by what there is: names of services, states and choices, menus of them, numbers.

The proofs of part budgets rest on it. What follows from declarations and names is reckoned here; only what does not is
written in the catalogue's tables `longest` and `limits`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import product
from math import prod

from domain.blocks.papers_pending import NO_PAPER
from domain.check.declared.sample_requests import sample_form
from domain.check.texts.text_flaws import existing_sms_texts
from domain.fields.form import Field
from domain.fields.types import Choice
from domain.language.papers import ServicePapers
from domain.language.service import Service
from domain.language.wording import CODED_FACTS, FACT_RENDERERS, NAME_LIST_TABLES, menu_of_names
from domain.messages.catalogue import ALL_TEXTS, Catalogue
from domain.parsing.times.day_ranges import MOST_DAYS_ASKED
from domain.values.languages import join_list
from domain.values.text import count_code_units

RENDERED_OTHERWISE = frozenset({*FACT_RENDERERS, *NAME_LIST_TABLES, *CODED_FACTS})
"""Facts that are not shown as the field of that name shows its values."""

PURPOSE_TEXTS = ("sms.pay", "sms.bill_line")
"""Say what a bill is for, and of one beside the first why it is there."""

READINGS_TEXT = "sms.which_value"
"""Asks which of the days, or of the hours, that a message may mean; hours take less room."""

FIELDS_TEXT = "ask.field"
"""Asks which of the answers in a form is to be changed."""

MOST_FORMS = 1000
"""Ways to choose in a form that a service's papers are asked about."""


def bound_texts(services: Iterable[Service], catalogue: Catalogue) -> Catalogue:
    """Return the catalogue with the longest values that texts of these services, and of none, can show."""
    values: dict[tuple[str, str], str] = {}
    services = tuple(services)
    facts_by_service = [_list_own_facts(service, catalogue) for service in services]
    for service, facts in zip(services, facts_by_service, strict=True):
        for key in existing_sms_texts(service, catalogue):
            if not key.startswith(f"services.{service.key}.answers."):  # whose facts the service's functions find
                values |= {(key, name): value for name, value in facts.items()}
        values |= {(key, "menu"): menu for key, menu in _list_field_menus(service, catalogue)}
    table_values = _list_table_values(catalogue)
    no_paper = _list_texts(catalogue, [f"choices.document.{NO_PAPER}"])
    for name in ("service", "state", *NAME_LIST_TABLES):
        shown_values = [facts[name] for facts in facts_by_service if name in facts]
        shown_values += no_paper if name in NAME_LIST_TABLES else filter(None, [table_values.get((ALL_TEXTS, name))])
        values |= {(ALL_TEXTS, name): _find_longest(shown_values)} if shown_values else {}
    purposes = [key for key in catalogue.list_keys("services.") if key.split(".")[2] == "bills"]
    if purposes and (ALL_TEXTS, "service") in values:
        longest_purpose = _find_longest([values[ALL_TEXTS, "service"], *_list_texts(catalogue, purposes)])
        values |= {(key, "service"): longest_purpose for key in PURPOSE_TEXTS}
    menu = _write_main_menu(services, catalogue)
    values |= {(key, "menu"): menu for key in catalogue.list_keys("sms.")}
    label_menus = [menu_of_names(_list_field_labels(service, catalogue)) for service in services]
    values |= {(FIELDS_TEXT, "menu"): _find_longest(label_menus)} if label_menus else {}
    values[READINGS_TEXT, "menu"] = menu_of_names(_list_texts(catalogue, ["longest.date"]) * MOST_DAYS_ASKED)
    values[ALL_TEXTS, "languages"] = menu_of_names(language.title for language in catalogue.languages)
    return catalogue.with_longest_values(table_values | values)


def _write_main_menu(services: Iterable[Service], catalogue: Catalogue) -> str:
    """Return the menu of all services; what else it offers is left out where it does not fit (`fitting_intents`)."""
    intents = dict.fromkeys(f"intents.{intent.name}" for service in services for intent in service.intents)
    return menu_of_names(_list_texts(catalogue, intents))


def _list_table_values(catalogue: Catalogue) -> dict[tuple[str, str], str]:
    """Return the longest name of each table of names that facts stand for: phases, papers, choices (`Wording`)."""
    printed_titles = [key for key in catalogue.list_keys() if ".printouts." in key and key.endswith(".title")]
    keys_by_fact = {"phase": catalogue.list_keys("phases."), "title": printed_titles}
    for key in catalogue.list_keys("choices."):
        keys_by_fact.setdefault(key.split(".")[1], []).append(key)
    keys_by_fact["file"] = catalogue.list_keys("chat.file_kinds.")
    keys_by_fact["paper"] = [*printed_titles, *keys_by_fact.get("document", ())]
    return {
        (ALL_TEXTS, name): _find_longest(_list_texts(catalogue, keys)) for name, keys in keys_by_fact.items() if keys
    }


def _list_own_facts(service: Service, catalogue: Catalogue) -> Mapping[str, str]:
    """Return the longest that facts of a service's requests are shown as, as far as its declaration says it."""
    titles = _list_texts(catalogue, [f"services.{service.key}.title"])
    states = _list_texts(catalogue, [f"services.{service.key}.states.{state.name}" for state in service.states])
    papers = [_find_longest_papers(service, service.papers, catalogue)] if service.papers else []
    facts = {"service": titles, "state": states, **dict.fromkeys(NAME_LIST_TABLES, papers)}
    for name, fields in _group_shown_fields(service).items():
        with suppress(KeyError):  # a choice without its name is a flaw of its own
            values = [field.type.longest_value(field.choices, catalogue.text) for field in fields]
            facts[name] = [value for value in values if value is not None] if None not in values else []
    return {name: _find_longest(values) for name, values in facts.items() if values}


def _group_shown_fields(service: Service) -> Mapping[str, list[Field]]:
    """Return fact → the fields that it may show, itself or in place of it. What is derived is the service's own to
    give, and words that effects keep may be of any length.
    """
    shown_fields: dict[str, list[Field]] = {}
    form_names = {field.name for field in service.form}  # which are shown as the form has them
    inputs = (field for step in service.transitions for field in step.inputs)
    inputs = (field for field in inputs if field.find_choices is None or field.name not in form_names)
    kept_choices = (field for field in service.stored_fields if isinstance(field.type, Choice))
    for field in (*service.form, *inputs, *kept_choices):
        if not field.is_derived and field.name not in RENDERED_OTHERWISE:
            others = (other for other in service.form if other.name in field.alternatives)
            shown_fields.setdefault(field.name, []).extend((field, *others))
    return shown_fields


def _find_longest_papers(service: Service, papers: ServicePapers, catalogue: Catalogue) -> str:
    """Return the longest list of papers that a request may lack, whatever its form chooses: of all that a citizen may
    be asked for where the form can choose in too many ways to ask about each.
    """
    fields = [field for field in service.form if field.choices]
    options = [field.choices if field.is_always_given else (None, *field.choices) for field in fields]
    if prod(map(len, options)) > MOST_FORMS:
        lists = [(NO_PAPER,), papers.citizen_papers]
    else:
        rest = {name: value for name, value in sample_form(service).items() if name not in {one.name for one in fields}}
        forms = (
            rest | {field.name: choice for field, choice in zip(fields, choices, strict=True) if choice is not None}
            for choices in product(*options)
        )
        lists = [(NO_PAPER,), *{papers.list_required(form_values) for form_values in forms}]
    return _find_longest([join_list(_list_texts(catalogue, map("choices.document.{}".format, one))) for one in lists])


def _list_field_menus(service: Service, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """Yield the key of each question that numbers what may be chosen, with its menu."""
    for field in (*service.form, *(field for lookup in service.lookups for field in lookup.form)):
        choices: Sequence[str] = field.choices or field.type.numbered_choices()
        with suppress(KeyError):  # as above
            menu = menu_of_names(field.type.display_name(choice, catalogue.text) for choice in choices)
            if menu:
                prefix = f"services.{service.key}.fields.{field.name}"
                yield from ((f"{prefix}.{part}", menu) for part in ("prompt", "choose", "help"))


def _list_field_labels(service: Service, catalogue: Catalogue) -> list[str]:
    """Return what the answers are called that people give."""
    field_names = [field.name for field in service.form if not field.is_derived]
    return _list_texts(catalogue, (f"services.{service.key}.fields.{name}.label" for name in field_names))


def _list_texts(catalogue: Catalogue, keys: Iterable[str]) -> list[str]:
    return [catalogue.text(key) for key in keys if key in catalogue]


def _find_longest(values: Iterable[str]) -> str:
    return max(values, key=count_code_units)
