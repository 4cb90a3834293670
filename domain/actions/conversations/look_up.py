"""Questions that make no request: the service's own look-up or prices, answered line by line in words and figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.actions.desk import Desk
from domain.language.service import Lookup, LookupContext, Prices, Service
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One line of an answer: what it says (`key`, under the service's `answers`), its text and the facts behind it."""

    key: str
    text: str
    facts: Mapping[str, Any]


async def look_up(
    desk: Desk,
    uow: UnitOfWork,
    service: Service,
    lookup: Lookup | Prices,
    values: Mapping[str, Any],
    actor: Actor,
    *,
    brief: bool,
) -> list[AnswerLine]:
    """Answer with values that were read already; `brief` answers fit one text. Errors: those of the look-up itself."""
    mobile = actor.ident if actor.kind == "citizen" else None
    asked = LookupContext(
        uow, mobile, values, desk.clock.now(), desk.policy, desk.calendar, desk.ids, by=actor.label, brief=brief
    )
    return [_line(desk, service, lookup, key, facts) for key, facts in await lookup.answer(asked)]


def _line(desk: Desk, service: Service, lookup: Lookup | Prices, key: str, facts: Mapping[str, Any]) -> AnswerLine:
    text = desk.catalogue.render(answer_key(service, key), desk.wording.values(lookup.form, facts))
    return AnswerLine(key, text, facts)


def answer_key(service: Service, key: str) -> str:
    """Return the catalogue's key of an answer's line."""
    return f"services.{service.key}.answers.{key}"
