"""Facts of a request in texts: every placeholder of a service's texts is filled by somebody, wherever it is rendered.

A text whose fact nobody gives would fail in the middle of a step, or of a night. What facts there are follows from the
declaration: the form, what is kept for certain (`kept_values.py`), the inputs of the step, and what its effects and
guards give (`provides`). Names, labels and explanations are given none.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from domain.blocks.charging import BILL_FACTS
from domain.check.charge_progress import OpenBill
from domain.check.declared.kept_values import KeptByPlace, kept_by, kept_in_state
from domain.check.flaws import Flaw
from domain.check.printouts import REQUEST_FACTS
from domain.check.walk import Walk
from domain.fields.form import Field
from domain.language.awaited import ANSWER_UNTIL_FACT
from domain.language.service import Service, Transition, Trigger
from domain.language.wording import ASKING_FACTS
from domain.messages.catalogue import CHAT_PREFIX, Catalogue
from domain.messages.templates import list_placeholders
from domain.requests.request import Phase

MESSAGE_FACTS = REQUEST_FACTS - {"mobile"}
FACTLESS_TABLES = (
    "title",
    "description",
    "author",
    "date",
    "states",
    "sections",
    "actions",
    "inputs",
    "blank",
    "lookups",
)
"""Texts under `services.<service>` that are shown as they are. The facts of `answers` are found by the service's own
functions, those of `printouts` are proved with its papers (`printouts.py`).
"""


def unfilled_fact_flaws(
    service: Service, catalogue: Catalogue, graph: Walk, kept_by_place: KeptByPlace
) -> Iterator[Flaw]:
    """Find placeholders of a service's texts that nobody fills."""
    situation = _Situation(service, graph, kept_by_place)
    for key, given_facts in _list_rendered_texts(situation, catalogue):
        for text_key in (key, f"{CHAT_PREFIX}{key}"):
            if text_key in catalogue and not isinstance(catalogue.read_source(text_key), list):
                unfilled = sorted(set(list_placeholders(catalogue.text(text_key))) - given_facts)
                yield from (Flaw("unfilled", service.key, f"{text_key}: {name}") for name in unfilled)


def _list_rendered_texts(situation: "_Situation", catalogue: Catalogue) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the key of each text of a service, with the facts that it is given."""
    service = situation.service
    text_prefix = f"services.{service.key}"
    for text_name, given_facts in situation.list_message_facts():
        yield f"{text_prefix}.notices.{text_name}", frozenset(given_facts)
    for state in service.states:
        for table in ("status", "pending", "late"):
            pending_facts = {"missing"} if table == "pending" else set()
            yield f"{text_prefix}.{table}.{state.name}", frozenset(situation.status_facts(state.name) | pending_facts)
    yield f"{text_prefix}.summary", frozenset(situation.form_facts | service.summary_facts.keys())
    for form_field in (*service.form, *(field for lookup in service.lookups for field in lookup.form)):
        yield from _list_field_texts(f"{text_prefix}.fields.{form_field.name}", form_field)
    for intent in service.intents:
        yield f"intents.{intent.name}", frozenset()
    for table in FACTLESS_TABLES:
        plain_keys = [f"{text_prefix}.{table}", *catalogue.list_keys(f"{text_prefix}.{table}.")]
        yield from ((key, frozenset()) for key in plain_keys)


def _list_field_texts(text_prefix: str, form_field: Field) -> Iterator[tuple[str, frozenset[str]]]:
    has_menu = bool(form_field.choices or form_field.find_choices or form_field.type.numbered_choices())
    yield f"{text_prefix}.label", frozenset()
    yield f"{text_prefix}.prompt", frozenset({"menu"} if has_menu else ())
    yield f"{text_prefix}.choose", frozenset({"menu"})
    yield f"{text_prefix}.help", frozenset({"menu"} if has_menu else ())
    for part in form_field.type.part_names:
        yield from ((f"{text_prefix}_{part}.{kind}", frozenset({form_field.name})) for kind in ("prompt", "help"))


@dataclass(frozen=True, slots=True)
class _Situation:
    """A service, the ways through it, and what is certain on them."""

    service: Service
    graph: Walk
    kept_by_place: KeptByPlace

    @property
    def form_facts(self) -> set[str]:
        """Return the fields that a filled form has for certain, in whatever channel, or shows what does as well for."""
        return {field.name for field in self.service.form if _is_certain(field)}

    @property
    def _stored_names(self) -> set[str]:
        """Return the names of what messages may say of all that a request keeps beside its form."""
        return {*ASKING_FACTS, *(field.name for field in self.service.stored_fields)}

    @property
    def _field_names(self) -> set[str]:
        return {field.name for field in self.service.form}

    @property
    def _provided_names(self) -> set[str]:
        """Return what effects of steps give: a field of the form that one of them settles is there from then on."""
        return {name for step in self.service.transitions for effect in step.effects for name in effect.provides}

    @property
    def _common_facts(self) -> set[str]:
        return {*MESSAGE_FACTS, *self.form_facts}

    def status_facts(self, state_name: str) -> set[str]:
        """Return the facts of a text that says how a request in that state is getting on."""
        phase = self.service.state_named(state_name).phase
        bill_facts = set(BILL_FACTS) if phase is Phase.NEEDS_PAYMENT and self._has_open_bill(state_name) else set()
        return self._common_facts | self._stored_facts(state_name) | bill_facts | self._waiting_facts(state_name)

    def _stored_facts(self, state_name: str) -> set[str]:
        if state_name not in self.graph.reached_states:
            return {*self._stored_names, *self._field_names}  # that nobody comes there is a flaw of its own
        kept_values = kept_in_state(self.kept_by_place, state_name)
        is_declined = self.service.state_named(state_name).phase is Phase.DECLINED  # which always has its reason
        form_values = self._field_names & self._provided_names
        return {*(kept_values & self._stored_names), *form_values} | ({"reason"} if is_declined else set())

    def _waiting_facts(self, state_name: str) -> set[str]:
        """Return what says until when a state waits for the citizen, or for somebody else's answer."""
        waits_for_answer = self.service.state_named(state_name).phase is Phase.NEEDS_CITIZEN
        has_deadline = bool(self.service.steps_from(state_name, Trigger.DEADLINE))
        return {ANSWER_UNTIL_FACT} if waits_for_answer and has_deadline else set()

    def _has_open_bill(self, state_name: str) -> bool:
        resting = [place for place in self.graph.walk_states if place.state == state_name and not place.is_arriving]
        return bool(resting) and all(place.progress.open_bill is not OpenBill.NO for place in resting)

    def list_message_facts(self) -> Iterator[tuple[str, set[str]]]:
        """Yield the name of each message, with the facts that it gets."""
        submit_facts = {name for effect in self.service.submit_effects for name in effect.provides | kept_by(effect)}
        submit_notices = ("submit", *(notice.text_name for notice in self.service.submit_notices))
        yield from ((text_name, self._common_facts | submit_facts) for text_name in submit_notices)
        condition_facts = _condition_facts(self.service)
        for step in self.service.transitions:
            step_facts = self._common_facts | _step_facts(step) | condition_facts.get(step.name, set())
            target_facts = self._stored_facts(step.target_state) | self._waiting_facts(step.target_state)
            known_facts = step_facts | target_facts | self._kept_before(step)
            yield from ((notice.text_name, known_facts) for notice in step.notices)
        for state in self.service.states:
            bill_facts = set(BILL_FACTS) if self._has_open_bill(state.name) else set()
            reminder_facts = self._common_facts | self._stored_facts(state.name) | bill_facts
            yield from ((reminder.text_name, reminder_facts) for reminder in state.reminders)

    def _kept_before(self, step: Transition) -> set[str]:
        """Return what is certain when a step is taken, and stays through it."""
        starts = [self.kept_by_place[edge.start] for edge in self.graph.edges if edge.step is step]
        certain = frozenset.intersection(*starts) if starts else frozenset(self._stored_names)
        forgotten = {field.name for effect in step.effects for field in effect.forgets}
        return {*(certain & self._stored_names)} - forgotten


def _is_certain(form_field: Field) -> bool:
    """Whether a form has a value of the field for certain; what is derived is the service's own to give."""
    return form_field.is_derived or (form_field.required and not form_field.deferred_in)


def _step_facts(step: Transition) -> set[str]:
    effect_facts = {
        name
        for effect in step.effects
        for name in effect.provides | kept_by(effect) | (BILL_FACTS if effect.issues_bill else set())
    }
    guard_facts = {name for guard in step.guards for name in guard.provides}
    payment_facts = {"amount"} if step.trigger is Trigger.BILL_SETTLED else set()
    return {field.name for field in step.inputs if field.required} | effect_facts | guard_facts | payment_facts


def _condition_facts(service: Service) -> Mapping[str, set[str]]:
    """Return step → the facts of the guards that choose among those of its name: all before the chosen one are
    asked.
    """
    facts_by_step: dict[str, set[str]] = {}
    for step in service.transitions:
        if step.condition:
            facts_by_step.setdefault(step.name, set()).update(step.condition.provides)
    return facts_by_step
