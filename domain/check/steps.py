"""The steps of people: somebody may take each, and the citizen's own words reach those that are meant for them."""

from collections.abc import Iterator, Mapping

from domain.check.flaws import Flaw
from domain.language.awaited import ASKED_MOBILE
from domain.language.service import Command, Service, Transition
from domain.values.actors import Role

STEPLESS_ROLES = frozenset({Role.ADMIN, Role.AUDITOR, Role.SYSTEM})
"""Roles that no step of people may be given to: an administrator has no requests, an auditor changes nothing, and the
system takes its steps by triggers (services.md, "People").
"""

ANSWER_COMMANDS = frozenset({Command.CONFIRM, Command.DENY})
"""Commands of the person whose answer a request awaits, and of nobody else."""

COMMAND_INPUTS: Mapping[Command, frozenset[str]] = {
    Command.REPLY: frozenset({"text"}),
    Command.MOVE_VISIT: frozenset({"visit"}),
}
"""Inputs that a command brings along; the others bring none."""

WRITTEN_INPUTS = frozenset({"reason", "question"})
"""Inputs in which the staff write to a citizen, in every service."""


def step_flaws(service: Service) -> Iterator[Flaw]:
    """Find steps that nobody may take, or somebody who must not, and commands that reach nothing."""
    for step in service.transitions:
        yield from _role_flaws(service, step)
        yield from _input_flaws(service, step)
        if step.command is not None:
            yield from _command_flaws(service, step, step.command)
    for name in sorted({name for effect in service.submit_effects for name in effect.required_inputs}):
        yield Flaw("effect_lacks_input", service.key, f"submit.{name}")
    yield from _namesake_flaws(service)
    yield from _awaited_flaws(service)


def _input_flaws(service: Service, step: Transition) -> Iterator[Flaw]:
    """Find inputs that an effect of the step needs and nobody must give, and words to others that are no notes."""
    certain_inputs = {field.name for field in step.inputs if field.required and field.applies_when is None}
    required_inputs = {name for effect in step.effects for name in effect.required_inputs}
    for name in sorted(required_inputs - certain_inputs):
        yield Flaw("effect_lacks_input", service.key, f"{step.name}.{name}")
    if step.for_several:  # whoever ticks rows types nothing
        yield from (Flaw("several_lack_input", service.key, f"{step.name}.{f.name}") for f in step.inputs if f.required)
    for field in step.inputs:
        is_answer = step.command is Command.REPLY and field.name == "text"
        if (field.name in WRITTEN_INPUTS or is_answer) and not field.is_note:
            yield Flaw("words_not_noted", service.key, f"{step.name}.{field.name}")


def _role_flaws(service: Service, step: Transition) -> Iterator[Flaw]:
    if step.trigger is None and not step.roles:
        yield Flaw("no_role", service.key, step.name)
    if step.trigger is not None and step.roles:
        yield Flaw("triggered_with_role", service.key, step.name)
    for role in sorted(set(step.roles) - set(Role)):
        yield Flaw("unknown_role", service.key, f"{step.name}: {role}")
    for role in sorted(step.roles & STEPLESS_ROLES):
        yield Flaw("role_takes_no_steps", service.key, f"{step.name}: {role}")


def _command_flaws(service: Service, step: Transition, command: Command) -> Iterator[Flaw]:
    if step.trigger is not None or not (Role.CITIZEN in step.roles or step.awaited_may_take):
        yield Flaw("command_without_citizen", service.key, step.name)
    elif command in ANSWER_COMMANDS and not step.awaited_may_take:
        yield Flaw("answer_refused", service.key, step.name)
    for field in step.inputs:
        if field.required and field.name not in COMMAND_INPUTS.get(command, frozenset()):
            yield Flaw("command_lacks_input", service.key, f"{step.name}.{field.name}")


def _awaited_flaws(service: Service) -> Iterator[Flaw]:
    """Find steps of the person whose answer is awaited, where no effect ever says whose that is."""
    step_effects = [effect for step in service.transitions for effect in step.effects]
    may_ask = any(ASKED_MOBILE in effect.may_store for effect in (*service.submit_effects, *step_effects))
    for step in service.transitions:
        if step.awaited_may_take and not may_ask:
            yield Flaw("answer_of_nobody", service.key, step.name)


def _namesake_flaws(service: Service) -> Iterator[Flaw]:
    """Steps of one name are one action: who may take it, and what it asks, must not depend on which of them is."""
    first_by_name: dict[str, Transition] = {}
    flawed_names = set()
    for step in service.transitions:
        if step.trigger is None and _step_signature(first_by_name.setdefault(step.name, step)) != _step_signature(step):
            flawed_names.add(step.name)
    yield from (Flaw("unlike_namesakes", service.key, name) for name in sorted(flawed_names))


def _step_signature(step: Transition) -> tuple[object, ...]:
    return step.roles, step.inputs, step.awaited_may_take, step.command
