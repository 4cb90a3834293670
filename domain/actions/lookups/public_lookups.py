"""Look-ups of services as a page asks them: by anybody with what is typed, or about the own matters of a proved mobile.

The answer is the one that a text message gets (`run_lookup`), whole. Each question is counted, for a network address or
for the proved mobile: an answer may make a bill, and reads registries. An address may be a whole town's (one
operator's), so beyond its usual count a question needs some work, and only far beyond it the proof of a mobile.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from domain.actions.bills.subjects import SUBJECTS
from domain.actions.citizens.flooding import WORK_NEEDED
from domain.actions.citizens.sessions import PORTAL_CHANNEL, citizen_actor
from domain.actions.context import ActionContext, ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.links.payment_links import ensure_payment_link
from domain.actions.lookups.answers import AnswerLine, run_lookup
from domain.bills.bill import Bill
from domain.fields.form import read_fields
from domain.fields.types import ReadingContext
from domain.language.lookups import Lookup
from domain.language.service import Service
from domain.repositories import BillSubjectRepositories
from domain.unit_of_work import Store
from domain.values.actors import Actor, Role
from domain.values.addresses import network_for_address
from domain.values.errors import InvalidField, MissingField, NotFound, TooManyRequests
from domain.values.reasons import InvalidReason, MissingReason, TooManyRequestsReason

MOST_QUESTIONS, QUESTION_WINDOW = 60, timedelta(hours=1)
"""Questions that an address may ask in this time without a proved mobile (of IPv6: a /64) and without work. A proved
mobile asks as often as by SMS (`Policy.inbound_limit`).
"""

MOST_WORKED_QUESTIONS = 600
"""Questions that it may ask with proof of work: so nobody reads a whole registry, one number after another."""

_ANYBODY = Actor(frozenset({Role.SYSTEM}), "system", "portal", PORTAL_CHANNEL)
"""Anybody who asks: nobody is known by a mobile."""


@dataclass(frozen=True, slots=True)
class ServiceLookup:
    """A look-up with the service that declares it."""

    service: Service
    lookup: Lookup

    @property
    def name(self) -> str:
        """Name of its page."""
        return self.lookup.intent.name

    @property
    def text_prefix(self) -> str:
        """Text key prefix of its page."""
        return f"services.{self.service.key}.lookups.{self.name}"


@dataclass(frozen=True, slots=True)
class PayableGroup:
    """Answers about bills of one payer, which can be paid together."""

    lines: Sequence[AnswerLine]
    """The answers; the facts of each name a bill."""
    bills: Sequence[Bill]
    """Their bills, in the same order."""


@dataclass(frozen=True, slots=True)
class LookupResult:
    """Answer to a question."""

    lines: Sequence[AnswerLine]
    """The answers that name no bill that can be paid."""
    payable_groups: Sequence[PayableGroup]
    """The others, by payer."""


def list_lookups(services: Mapping[str, Service]) -> list[ServiceLookup]:
    """Return every look-up that a service declares, each once."""
    found = [ServiceLookup(service, lookup) for service in services.values() for lookup in service.lookups]
    return list({entry.name: entry for entry in reversed(found)}.values())[::-1]


def find_lookup(services: Mapping[str, Service], name: str) -> ServiceLookup:
    """Return a look-up by its name; `NotFound`."""
    entry = next((entry for entry in list_lookups(services) if entry.name == name), None)
    if entry is None:
        raise NotFound("lookup")
    return entry


async def ask_with_values(
    dependencies: Dependencies,
    store: Store,
    asked: ServiceLookup,
    typed_values: Mapping[str, Any],
    source_address: str,
    mobile: str | None,
    *,
    has_worked: bool = False,
) -> LookupResult:
    """Answer with what was typed. Errors: those of the form, of the look-up, and `TooManyRequests` (`WORK_NEEDED` where
    work would do); `MissingField` for an empty form.
    """
    if not typed_values:
        raise MissingField(asked.lookup.form[0].name)
    now = dependencies.clock.now()
    values = read_fields(asked.lookup.form, typed_values, PORTAL_CHANNEL, ReadingContext(now))
    if mobile:
        await _count_own_question(dependencies, store, mobile)
    else:
        await _count_question(dependencies, store, source_address, has_worked=has_worked)
    async with store.open_unit() as uow:
        actor = citizen_actor(mobile) if mobile else _ANYBODY
        lines = await run_lookup(
            ActorContext(dependencies, uow, actor), asked.service, asked.lookup, values, brief=False
        )
        return await _group_answers(uow, lines, is_one_subject=True)


async def ask_about_own(dependencies: Dependencies, store: Store, asked: ServiceLookup, mobile: str) -> LookupResult:
    """Answer about what concerns a proved mobile (+989…), as its word alone does by SMS; errors: as above."""
    await _count_own_question(dependencies, store, mobile)
    async with store.open_unit() as uow:
        lines = await run_lookup(
            ActorContext(dependencies, uow, citizen_actor(mobile)), asked.service, asked.lookup, {}, brief=False
        )
        return await _group_answers(uow, lines, is_one_subject=False)


async def open_payment(context: ActionContext[BillSubjectRepositories], id_pairs: Sequence[tuple[str, str]]) -> str:
    """Return the token of the link under which these bills, each by bill id and payment id, are paid together.

    `MissingField("bill_id")` for none, `NotFound` for a pair that there is not, `InvalidField("bill_id")` where none is
    open any more, or they have several payers. Single ones that are not open are left out.
    """
    if not id_pairs:
        raise MissingField("bill_id", MissingReason.CHOOSE_BILL)
    bills = [await context.uow.bills.get_by_bill_id(bill_id) for bill_id, _ in id_pairs]
    if any(bill.payment_id != payment_id for bill, (_, payment_id) in zip(bills, id_pairs, strict=True)):
        raise NotFound("bill_id")
    open_bills = [bill for bill in bills if bill.state.is_payable]
    payers = {await SUBJECTS[bill.subject_kind].find_mobile(context.uow, bill) for bill in open_bills}
    if not open_bills or len(payers) > 1:
        raise InvalidField("bill_id", InvalidReason.CHOOSE_BILL)
    return (await ensure_payment_link(context, open_bills)).token


async def _count_own_question(dependencies: Dependencies, store: Store, mobile: str) -> None:
    """Count a question of a proved mobile in a unit of its own; `TooManyRequests` where there were too many lately."""
    policy, now = dependencies.policy, dependencies.clock.now()
    async with store.open_unit() as uow:
        if await uow.lines.add_hit(f"lookup:{mobile}", now, policy.inbound_window) > policy.inbound_limit:
            raise TooManyRequests("form", TooManyRequestsReason.LOOKUPS)


async def _count_question(dependencies: Dependencies, store: Store, source_address: str, *, has_worked: bool) -> None:
    """Count a question of an address in a unit of its own; `TooManyRequests` where it needs work, or a mobile."""
    now, counter_key = dependencies.clock.now(), f"lookup:{network_for_address(source_address)}"
    async with store.open_unit() as uow:
        asked_count = await uow.lines.count_hits(counter_key, now, QUESTION_WINDOW)
        if asked_count >= MOST_WORKED_QUESTIONS:
            raise TooManyRequests("form", TooManyRequestsReason.NETWORK)
        if asked_count >= MOST_QUESTIONS and not has_worked:
            raise TooManyRequests(WORK_NEEDED, TooManyRequestsReason.NETWORK)
        await uow.lines.add_hit(counter_key, now, QUESTION_WINDOW)


async def _group_answers(
    uow: BillSubjectRepositories, lines: Sequence[AnswerLine], *, is_one_subject: bool
) -> LookupResult:
    """Part the answers that name an open bill by payer: bills whose payer is not known are together only where they are
    about the one thing that was asked for.
    """
    plain_lines: list[AnswerLine] = []
    groups: dict[str, PayableGroup] = {}
    for line in lines:
        bill_id = line.facts.get("bill_id")
        bill = await uow.bills.get_by_bill_id(str(bill_id)) if bill_id else None
        if bill is None or not bill.state.is_payable:
            plain_lines.append(line)
            continue
        payer = await SUBJECTS[bill.subject_kind].find_mobile(uow, bill)
        group_key = "" if is_one_subject else (payer or bill.bill_id)
        group = groups.get(group_key, PayableGroup((), ()))
        groups[group_key] = PayableGroup((*group.lines, line), (*group.bills, bill))
    return LookupResult(plain_lines, list(groups.values()))
