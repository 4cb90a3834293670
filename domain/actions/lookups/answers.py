"""Questions that make no request: the service's own look-up or prices, answered line by line in words and figures."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.actions.context import ActorContext
from domain.actions.dependencies import Dependencies
from domain.language.lookups import Lookup, LookupContext, PriceLookup
from domain.language.service import Service
from domain.values.errors import DomainError


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One line of an answer."""

    key: str
    """Text: a text below the service's `answers`."""
    text: str
    """Text, filled."""
    facts: Mapping[str, Any]
    """Facts it was filled with."""


async def run_lookup(
    context: ActorContext,
    service: Service,
    lookup: Lookup | PriceLookup,
    values: Mapping[str, Any],
    *,
    brief: bool,
) -> list[AnswerLine]:
    """Answer with values that were read already; `brief` answers fit one text. Errors: those of the look-up itself."""
    lookup_context = _build_context(context, values, brief=brief)
    return [
        _render_answer_line(context.dependencies, service, lookup, key, facts)
        for key, facts in await lookup.find_answers(lookup_context)
    ]


async def estimate_price(context: ActorContext, service: Service, values: Mapping[str, Any]) -> int | None:
    """Return what a filled form would cost by today's tariff, in rials with VAT; None where nobody can say it yet."""
    if service.price_lookup is None or service.price_lookup.estimate is None:
        return None
    try:
        return await service.price_lookup.estimate(_build_context(context, values, brief=True))
    except DomainError:  # no price is set, or something is measured first
        return None


def _build_context(context: ActorContext, values: Mapping[str, Any], *, brief: bool) -> LookupContext:
    return LookupContext(
        context.uow,
        context.actor.identifier if context.actor.kind == "citizen" else None,
        values,
        context.dependencies.clock.now(),
        context.dependencies.policy,
        context.dependencies.calendar,
        context.dependencies.ids,
        asked_by=context.actor.label,
        is_brief=brief,
    )


def _render_answer_line(
    dependencies: Dependencies, service: Service, lookup: Lookup | PriceLookup, line_key: str, facts: Mapping[str, Any]
) -> AnswerLine:
    text = dependencies.catalogue.render(
        answer_text_key(service, line_key), dependencies.wording.render_values(lookup.form, facts)
    )
    return AnswerLine(line_key, text, facts)


def answer_text_key(service: Service, line_key: str) -> str:
    """Return the catalogue's key of an answer's line."""
    return f"services.{service.key}.answers.{line_key}"
