"""`pishkhan check`: proves each declaration before it serves anybody.

Every state is reachable and none is a dead end; every action has a role; no path gives a letter or a machine while a
bill is neither paid nor waived; every state, action, field and notice has its text, and every text that travels by SMS
(those of no service too, for a municipality may word them anew) fits its part budget and shows whole what people may
write, unless it says that it cuts it; the state map of the present
version leads from every earlier one to states that exist.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto

from domain.lifecycle import Service, Transition
from domain.messages import Catalogue, placeholders
from domain.requests import Phase

SHARED_TEXTS = ("sms.", "ask.", "staff.", "errors.")
"""Where the catalogue keeps the texts of no service that travel by SMS by themselves."""

PAGE_TEXTS = ("title", "description", "benefits", "steps", "author", "date", "summary")
"""What every service says of itself: on its page, in lists, and before a form is sent off."""

NO_SERVICE = "texts"
"""What a flaw of a text of no service names in place of the service."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong with a declaration: a stable `kind`, the service, and the state, action or text concerned."""

    kind: str
    service: str
    subject: str

    def __str__(self) -> str:
        return f"{self.service}: {self.kind}: {self.subject}"


def check(services: Iterable[Service], catalogue: Catalogue) -> list[Flaw]:
    """Return every flaw of these declarations and their texts; none means that they may serve."""
    listed = tuple(services)
    flaws = [flaw for service in listed for flaw in _service_flaws(service, catalogue)]
    shared = [key for prefix in SHARED_TEXTS for key in catalogue.keys(prefix)]
    return [*flaws, *_shared_words(listed), *_sent_flaws(NO_SERVICE, catalogue, shared)]


def _service_flaws(service: Service, catalogue: Catalogue) -> Iterator[Flaw]:
    yield from _name_flaws(service)
    if any(flaw.kind == "unknown_state" for flaw in _name_flaws(service)):
        return  # nothing else can be said of a graph with edges into nowhere
    yield from _graph_flaws(service)
    yield from _unpaid_flaws(service)
    yield from _map_flaws(service)
    yield from _text_flaws(service, catalogue)


def _name_flaws(service: Service) -> Iterator[Flaw]:
    names = [state.name for state in service.states]
    for name in {name for name in names if names.count(name) > 1}:
        yield Flaw("double_state", service.key, name)
    used = {service.initial} | {name for step in service.transitions for name in (*step.sources, step.target)}
    for name in sorted(used - set(names)):
        yield Flaw("unknown_state", service.key, name)


def _graph_flaws(service: Service) -> Iterator[Flaw]:
    reached = _reachable(service, service.initial)
    final = {state.name for state in service.states if state.phase.final}
    for state in service.states:
        if state.name not in reached:
            yield Flaw("unreachable", service.key, state.name)
        if state.name in final and _phases_after(service, state.name) - {state.phase}:
            yield Flaw("final_state_left", service.key, state.name)
        if state.name not in final and not _reachable(service, state.name) & final:
            yield Flaw("dead_end", service.key, state.name)
    for step in service.transitions:
        if step.trigger is None and not step.roles:
            yield Flaw("no_role", service.key, step.name)
        if step.trigger is not None and step.roles:
            yield Flaw("triggered_with_role", service.key, step.name)


def _phases_after(service: Service, state: str) -> set[Phase]:
    return {service.state(step.target).phase for step in service.transitions if state in step.sources}


def _reachable(service: Service, start: str) -> set[str]:
    reached, waiting = {start}, [start]
    while waiting:
        here = waiting.pop()
        for step in service.transitions:
            if here in step.sources and step.target not in reached:
                reached.add(step.target)
                waiting.append(step.target)
    return reached


class _Charge(Enum):
    """What a path has made of the charge: none yet, a bill that may be open, or paid, waived or found to be nothing."""

    NONE = auto()
    OPEN = auto()
    SETTLED = auto()


def _unpaid_flaws(service: Service) -> Iterator[Flaw]:
    """Walk (state, charge) pairs: giving needs a settled charge on every path that leads to it.

    A service that never bills has nothing to settle.
    """
    if not any(effect.issues_bill for step in service.transitions for effect in step.effects):
        return
    start = (service.initial, _Charge.NONE)
    seen, waiting, flawed = {start}, [start], set()
    while waiting:
        state, charge = waiting.pop()
        for step in (one for one in service.transitions if state in one.sources):
            allowed = _charge_allowed(step, charge)
            if any(effect.delivers for effect in step.effects) and allowed is not _Charge.SETTLED:
                flawed.add(step.name)
            after = (step.target, _charge_after(step, allowed))
            if after not in seen:
                seen.add(after)
                waiting.append(after)
    yield from (Flaw("given_unpaid", service.key, name) for name in sorted(flawed))


def _charge_allowed(step: Transition, charge: _Charge) -> _Charge:
    """Return how the charge stands when the guards of a step let it pass.

    One that asks for settled bills proves nothing where there is no bill yet.
    """
    guards = [*step.guards, *([step.when] if step.when else [])]
    settled = charge is _Charge.OPEN and any(guard.requires_settled for guard in guards)
    return _Charge.SETTLED if settled or any(guard.requires_free for guard in guards) else charge


def _charge_after(step: Transition, charge: _Charge) -> _Charge:
    if any(effect.issues_bill for effect in step.effects):
        return _Charge.OPEN
    waived = charge is _Charge.OPEN and any(effect.settles for effect in step.effects)
    return _Charge.SETTLED if waived else charge


def _map_flaws(service: Service) -> Iterator[Flaw]:
    names = {state.name for state in service.states}
    for version in range(1, service.version):
        if version not in service.state_map:
            yield Flaw("no_state_map", service.key, f"version {version}")
    for version, moves in service.state_map.items():
        if not 1 <= version < service.version:
            yield Flaw("state_map_of_no_version", service.key, f"version {version}")
        for old, new in moves.items():
            if new not in names:
                yield Flaw("state_map_into_nowhere", service.key, f"{old} -> {new}")


def _text_flaws(service: Service, catalogue: Catalogue) -> Iterator[Flaw]:
    wanted = list(dict.fromkeys(_wanted_texts(service)))
    missing = [key for key in wanted if key not in catalogue]
    yield from (Flaw("no_text", service.key, key) for key in missing)
    sent = {key: None for key in (*_sent_texts(service), *_conversation_texts(service, catalogue)) if key in catalogue}
    yield from _sent_flaws(service.key, catalogue, sent)
    yield from _cutting_flaws(service, catalogue, sent)


def _cutting_flaws(service: Service, catalogue: Catalogue, keys: Iterable[str]) -> Iterator[Flaw]:
    """Find texts that would cut what people may write: nobody confirms or answers what cannot be read whole."""
    accepted = _accepted(service, catalogue)
    for key in keys:
        with suppress(KeyError):  # a placeholder without a bound is a flaw of its own
            for name, room in catalogue.rooms(key).items():
                if room < accepted.get(name, 0):
                    yield Flaw("cuts_words", service.key, f"{key}: {name} may have {accepted[name]}, shown are {room}")


def _accepted(service: Service, catalogue: Catalogue) -> dict[str, int]:
    """Return how long the values are that the form accepts, and over them those inputs of a step that it tells."""
    fields = {one.name: one for one in service.form}
    lengths = {name: one.type.longest(catalogue.text) or 0 for name, one in fields.items()}
    told: dict[str, int] = {}
    for step in service.transitions:
        keys = [f"services.{service.key}.notices.{notice.text}" for notice in step.notices]
        said = {name for key in keys if key in catalogue for name in placeholders(catalogue.text(key))}
        for one in (field for field in step.inputs if field.name in said):
            told[one.name] = max(told.get(one.name, 0), one.type.longest(catalogue.text) or 0)
    return lengths | {name: length for name, length in told.items() if length}


def _sent_flaws(service: str, catalogue: Catalogue, keys: Iterable[str]) -> Iterator[Flaw]:
    """Find what cannot be proved to fit its budget, and what does not fit."""
    for key in keys:
        try:
            too_long = catalogue.over_budget([key])
        except KeyError as error:
            yield Flaw("unbounded_placeholder", service, f"{key}: {error.args[0]}")
        else:
            yield from (
                Flaw("over_budget", service, f"{key} needs {need} parts, may have {allowed}")
                for _, need, allowed in too_long
            )


def _wanted_texts(service: Service) -> Iterator[str]:
    base = f"services.{service.key}"
    yield from (f"{base}.{name}" for name in PAGE_TEXTS)
    yield from (f"{base}.states.{state.name}" for state in service.states)
    yield from (f"{base}.fields.{field.name}.label" for field in service.form)
    yield from _prompts(service)
    for step in service.transitions:
        if step.trigger is None:
            yield f"{base}.actions.{step.name}"
        yield from (f"{base}.inputs.{field.name}" for field in step.inputs)
    if service.documents:
        yield from (f"choices.document.{name}" for name in service.documents.names)
    yield from _sent_texts(service)


def _sent_texts(service: Service) -> Iterator[str]:
    """Yield the keys of texts that travel as messages of their own."""
    base = f"services.{service.key}"
    told = {"submit"} | {notice.text for step in service.transitions for notice in step.notices}
    told |= {reminder.text for state in service.states for reminder in state.reminders}
    yield from (f"{base}.notices.{name}" for name in sorted(told))


def _prompts(service: Service) -> Iterator[str]:
    base = f"services.{service.key}.fields"
    asked = [field for form in (service.form, *(one.form for one in service.lookups)) for field in form]
    stand_ins = {other for field in asked for other in field.instead}
    for field in asked:
        if not field.found and field.name not in stand_ins:
            yield f"{base}.{field.name}.prompt"
        yield from (f"{base}.{field.name}_{gap}.prompt" for gap in field.type.gaps)


def _conversation_texts(service: Service, catalogue: Catalogue) -> Iterator[str]:
    """Yield the keys of texts that a conversation may send, where they are there: a state may do without its own."""
    base = f"services.{service.key}"
    yield f"{base}.summary"
    yield from (f"{base}.{table}.{state.name}" for table in ("status", "pending") for state in service.states)
    yield from _prompts(service)
    yield from (f"{base}.fields.{field.name}.choose" for field in service.form)
    yield from catalogue.keys(f"{base}.answers.")


def _shared_words(services: Sequence[Service]) -> Iterator[Flaw]:
    seen: dict[str, str] = {}
    for service in services:
        for keyword in service.keywords:
            for word in keyword.intent.words:
                if seen.setdefault(word, service.key) != service.key:
                    yield Flaw("word_of_two_services", service.key, word)
