"""Mistakes that people make in declarations and texts, made on purpose, each with what a finding must name of it.

Where a mistake may be none (a step that is not needed, a guard that another stands for), it names nothing: `check`
may let it pass, and then the service must run.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import strategies as st

from domain.fields.form import Field
from domain.fields.types import Choice, Text
from domain.language.intents import Keyword
from domain.language.service import Notice, Service, State, Transition, Trigger
from domain.requests.request import Phase
from domain.values.actors import Role
from tests.properties.support.random_services import KEY

Texts = dict[str, Any]
Broken = tuple[Service, Texts, str]
"""Result of a mistake, and the words of its finding; empty where there may be none."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A service with its texts, to be broken."""

    draw: st.DrawFn
    service: Service
    texts: Texts

    def pick(self, options: Any) -> Any:
        """Choose one."""
        return self.draw(st.sampled_from(list(options)))

    def with_step(self, step: Transition, **changes: Any) -> Service:
        """Change one step."""
        steps = (replace(one, **changes) if one is step else one for one in self.service.transitions)
        return replace(self.service, transitions=tuple(steps))

    def by_people(self) -> Transition:
        """A step that people take."""
        step: Transition = self.pick(one for one in self.service.transitions if one.trigger is None)
        return step


def missing_text(draft: Draft) -> Broken:
    """A text was forgotten."""
    key = draft.pick(key for key in draft.texts if ".status." not in key and ".longest." not in key)
    return draft.service, {one: text for one, text in draft.texts.items() if one != key}, key


def wrong_placeholder(draft: Draft) -> Broken:
    """A text says what nobody knows."""
    keys = [key for key, text in draft.texts.items() if not isinstance(text, list) and key.startswith("services.")]
    key = draft.pick(key for key in keys if ".printouts." not in key)
    leaf = draft.texts[key]
    spoilt = (
        {**leaf, "text": leaf["text"] + " {nobody_knows}"} if isinstance(leaf, dict) else f"{leaf} {{nobody_knows}}"
    )
    return draft.service, {**draft.texts, key: spoilt}, f"{key}: nobody_knows"


def long_text(draft: Draft) -> Broken:
    """A message is longer than it may be."""
    key = draft.pick(key for key in draft.texts if ".notices." in key)
    return draft.service, {**draft.texts, key: "ن" * 200}, key


def unreachable_state(draft: Draft) -> Broken:
    """No step leads there."""
    state = State("lost", Phase.DONE)
    texts = {**draft.texts, f"services.{KEY}.states.lost": "گم"}
    return replace(draft.service, states=(*draft.service.states, state)), texts, "lost"


def dead_end(draft: Draft) -> Broken:
    """No step leads on."""
    state = State("stuck", Phase.IN_PROGRESS)
    step = Transition("park", ("submitted",), "stuck", frozenset({Role.CIVIL}))
    texts = {**draft.texts, f"services.{KEY}.states.stuck": "گیر", f"services.{KEY}.actions.park": "کنار گذاشتن"}
    steps = (*draft.service.transitions, step)
    return replace(draft.service, states=(*draft.service.states, state), transitions=steps), texts, "stuck"


def nobody_may(draft: Draft) -> Broken:
    """The roles were forgotten."""
    step = draft.by_people()
    return draft.with_step(step, roles=frozenset()), draft.texts, step.name


def administrators_may(draft: Draft) -> Broken:
    """A step is given to who takes none."""
    step = draft.by_people()
    return draft.with_step(step, roles=step.roles | {Role.ADMIN}), draft.texts, f"{step.name}: admin"


def unknown_notice(draft: Draft) -> Broken:
    """A notice has no text."""
    step = draft.by_people()
    notices = (*step.notices, Notice("unheard"))
    return draft.with_step(step, notices=notices), draft.texts, f"services.{KEY}.notices.unheard"


def unknown_target(draft: Draft) -> Broken:
    """A step leads nowhere."""
    return draft.with_step(draft.by_people(), target_state="nowhere"), draft.texts, "nowhere"


def double_field(draft: Draft) -> Broken:
    """A field is there twice."""
    first = draft.service.form[0]
    return replace(draft.service, form=(*draft.service.form, first)), draft.texts, first.name


def unknown_alternative(draft: Draft) -> Broken:
    """A field that does as well is not there."""
    first = replace(draft.service.form[0], alternatives=("unheard_of",))
    return replace(draft.service, form=(first, *draft.service.form[1:])), draft.texts, "unheard_of"


def choice_among_nothing(draft: Draft) -> Broken:
    """A field to choose from has no choices."""
    field = Field("nothing", Choice(), required=False)
    texts = {**draft.texts, f"services.{KEY}.fields.nothing.label": "هیچ", f"services.{KEY}.fields.nothing.prompt": "؟"}
    return replace(draft.service, form=(*draft.service.form, field)), texts, "nothing"


def bad_name(draft: Draft) -> Broken:
    """A field is called what no address can be called."""
    field = Field("Feld 1", Text(20), required=False)
    return replace(draft.service, form=(*draft.service.form, field)), draft.texts, "Feld 1"


def word_of_a_command(draft: Draft) -> Broken:
    """The keyword is that of a command."""
    intent = replace(draft.service.keywords[0].intent, certain_words=("قبض",))
    return replace(draft.service, keywords=(Keyword(intent),)), draft.texts, "قبض"


def no_deadline(draft: Draft) -> Broken:
    """The due time of a step of the system was forgotten."""
    steps = [one for one in draft.service.transitions if one.trigger is Trigger.DEADLINE]
    if not steps:
        return dead_end(draft)
    step = draft.pick(steps)
    return draft.with_step(step, reckon_deadline=None), draft.texts, step.name


def no_price(draft: Draft) -> Broken:
    """The step that prices does not price."""
    steps = draft.service.steps_named("price")
    if not steps:
        return unreachable_state(draft)
    return draft.with_step(steps[0], effects=()), draft.texts, "quote"


def a_step_less(draft: Draft) -> Broken:
    """A step was forgotten."""
    step = draft.pick(draft.service.transitions)
    rest = tuple(one for one in draft.service.transitions if one is not step)
    return replace(draft.service, transitions=rest), draft.texts, ""


def another_target(draft: Draft) -> Broken:
    """A step leads elsewhere."""
    step, state = draft.pick(draft.service.transitions), draft.pick(draft.service.states)
    return draft.with_step(step, target_state=state.name), draft.texts, ""


def another_source(draft: Draft) -> Broken:
    """A step begins elsewhere too."""
    step, state = draft.pick(draft.service.transitions), draft.pick(draft.service.states)
    return draft.with_step(step, source_states=(*step.source_states, state.name)), draft.texts, ""


def without_guards(draft: Draft) -> Broken:
    """A step is not guarded."""
    return draft.with_step(draft.pick(draft.service.transitions), guards=()), draft.texts, ""


def without_effects(draft: Draft) -> Broken:
    """A step does nothing."""
    return draft.with_step(draft.pick(draft.service.transitions), effects=()), draft.texts, ""


def without_inputs(draft: Draft) -> Broken:
    """A step asks nothing."""
    return draft.with_step(draft.by_people(), inputs=()), draft.texts, ""


def a_field_less(draft: Draft) -> Broken:
    """A field was forgotten."""
    field = draft.pick(draft.service.form)
    rest = tuple(one for one in draft.service.form if one is not field)
    return replace(draft.service, form=rest), draft.texts, ""


Mistake = Callable[[Draft], Broken]
MISTAKES: Mapping[str, Mistake] = {
    made.__name__: made
    for made in (
        missing_text, wrong_placeholder, long_text, unreachable_state, dead_end, nobody_may, administrators_may,
        unknown_notice, unknown_target, double_field, unknown_alternative, choice_among_nothing, bad_name,
        word_of_a_command, no_deadline, no_price, a_step_less, another_target, another_source, without_guards,
        without_effects, without_inputs, a_field_less,
    )
}  # fmt: skip
