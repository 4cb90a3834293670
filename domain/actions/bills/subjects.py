"""Subjects of bills, as those see it that money comes in for: a request goes on, a duty or a fine is paid.

A further kind of subject is one more entry of `SUBJECTS`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

from domain.actions.context import ActionContext, ActorContext
from domain.actions.links.payment_links import append_payment_link
from domain.actions.messages.notify import notify_line
from domain.actions.registries.rows import change_row, find_concerned, find_contact
from domain.bills.bill import PAID_BILL_FACT, Bill, Payment, RefundTarget
from domain.blocks.charging import PAYMENT_DEADLINE, payment_deadline_from, request_payment_deadline
from domain.blocks.charging import REQUEST_SUBJECT as REQUEST
from domain.engine.engine import StepOutcome
from domain.language.message_links import LinkSubject
from domain.language.service import Trigger
from domain.language.summaries import find_applicant_name
from domain.messages.catalogue import RenderedMessage
from domain.messages.records import MessageClass
from domain.registries.declarations import DUTY, VIOLATION, Registry
from domain.registries.ports import RegistryRepository
from domain.registries.rows import RegistryRow
from domain.registries.rules import ChargeState
from domain.repositories import (
    AuditRepositories,
    BillRepositories,
    BillSubjectRepositories,
    RegistryRepositories,
    RequestRepositories,
    SubjectRepositories,
)
from domain.requests.request import Phase
from domain.settings.policy import Policy


class BillSubject(Protocol):
    """One kind of subject. The bill's subject is locked before the bill itself, by everybody."""

    async def lock_subject(self, uow: SubjectRepositories, bill: Bill) -> None:
        """Keep other writers off the subject until the unit ends."""
        ...

    async def handle_paid_bill(self, context: ActorContext, bill: Bill) -> StepOutcome | None:
        """Do what follows from the bill's being paid; return the step that a request took, to be announced."""
        ...

    async def record_surplus(self, context: ActorContext[RequestRepositories], bill: Bill, payment: Payment) -> None:
        """Note that money came in for a bill that is no longer open, and is due back."""
        ...

    async def is_owed_again(self, uow: RequestRepositories, bill: Bill) -> bool:
        """Return whether the bill is owed again once its payment is reversed; not where what it was for was
        given up.
        """
        ...

    async def renew_deadline(self, uow: RequestRepositories, bill: Bill, now: datetime, policy: Policy) -> datetime:
        """Return until when the bill may be paid that is opened again now."""
        ...

    async def handle_reversal(
        self, context: ActorContext, bill: Bill, payment: Payment, reason: str
    ) -> StepOutcome | None:
        """Note that a payment was recorded wrongly, and go back to waiting for money where the bill (in its present
        state) is open; return the step that a request took.
        """
        ...

    async def record_refund(
        self, context: ActorContext[RequestRepositories], bill: Bill, payment: Payment, target: RefundTarget
    ) -> None:
        """Note that money went back, and where to."""
        ...

    async def find_mobile(self, uow: SubjectRepositories, bill: Bill) -> str | None:
        """Return the mobile (+989…) of whom the bill concerns."""
        ...

    async def find_line(self, uow: SubjectRepositories, bill: Bill) -> str | None:
        """Return the number (+989…) by which whom the bill concerns is reached, proved or typed."""
        ...

    async def find_name(self, context: ActionContext[SubjectRepositories], bill: Bill) -> str | None:
        """Return the name of whom the bill concerns; None where it is not known."""
        ...

    async def render_title(self, context: ActionContext[RequestRepositories], bill: Bill) -> str:
        """Return what is paid for, in words that anybody who has the bill may read."""
        ...


class RequestSubject:
    """A request: it takes the step that waits for its bill."""

    async def lock_subject(self, uow: RequestRepositories, bill: Bill) -> None:
        """Lock the request's row."""
        await uow.requests.get(bill.subject_id, lock=True)

    async def handle_paid_bill(self, context: ActorContext, bill: Bill) -> StepOutcome | None:
        """Fire the step that a settled bill causes."""
        request = await context.uow.requests.get(bill.subject_id, lock=True)
        facts = {PAID_BILL_FACT: bill.bill_id, "amount": bill.amount}
        return await context.dependencies.engine.fire_trigger(
            context.uow, request, Trigger.BILL_SETTLED, context.actor, facts=facts
        )

    async def record_surplus(self, context: ActorContext[RequestRepositories], bill: Bill, payment: Payment) -> None:
        """Append it to the request's history."""
        request = await context.uow.requests.get(bill.subject_id, lock=True)
        facts = {"bill_id": bill.bill_id, "refund": payment.amount, "reference": payment.reference}
        await context.dependencies.engine.record_event(context.uow, request, "surplus_payment", context.actor, facts)

    async def record_refund(
        self, context: ActorContext[RequestRepositories], bill: Bill, payment: Payment, target: RefundTarget
    ) -> None:
        """Append it to the request's history."""
        request = await context.uow.requests.get(bill.subject_id, lock=True)
        facts = {"bill_id": bill.bill_id, "refund": payment.amount, "reference": payment.reference}
        await context.dependencies.engine.record_event(
            context.uow, request, "refund", context.actor, facts | target.history_facts
        )

    async def is_owed_again(self, uow: RequestRepositories, bill: Bill) -> bool:
        """Return whether it is owed, unless the request ended without what it asked for."""
        return (await uow.requests.get(bill.subject_id)).phase not in {Phase.DECLINED, Phase.CANCELLED}

    async def renew_deadline(self, uow: RequestRepositories, bill: Bill, now: datetime, policy: Policy) -> datetime:
        """Return the municipality's deadline, or the service's own limit where that comes first."""
        return request_payment_deadline(await uow.requests.get(bill.subject_id), now, policy)

    async def handle_reversal(
        self, context: ActorContext, bill: Bill, payment: Payment, reason: str
    ) -> StepOutcome | None:
        """Append it to the request's history, and fire the step that a reversed payment causes."""
        request = await context.uow.requests.get(bill.subject_id, lock=True)
        facts = {"bill_id": bill.bill_id, "amount": payment.amount, "reference": payment.reference, "reason": reason}
        if not bill.state.is_payable:
            await context.dependencies.engine.record_event(
                context.uow, request, "payment_reversed", context.actor, facts
            )
            return None
        if bill.deadline:
            PAYMENT_DEADLINE.write(request, bill.deadline)
        await context.dependencies.engine.record_event(context.uow, request, "payment_reversed", context.actor, facts)
        return await context.dependencies.engine.fire_trigger(
            context.uow, request, Trigger.PAYMENT_REVERSED, context.actor
        )

    async def find_mobile(self, uow: RequestRepositories, bill: Bill) -> str | None:
        """Return the citizen's mobile."""
        return (await uow.requests.get(bill.subject_id)).mobile

    async def find_line(self, uow: RequestRepositories, bill: Bill) -> str | None:
        """Return the citizen's mobile, or the number that is still to be proved."""
        request = await uow.requests.get(bill.subject_id)
        return request.mobile or request.unverified_mobile

    async def find_name(self, context: ActionContext[RequestRepositories], bill: Bill) -> str | None:
        """Return the applicant's name."""
        request = await context.uow.requests.get(bill.subject_id)
        return find_applicant_name(context.dependencies.engine.get_service(request.service), request)

    async def render_title(self, context: ActionContext[RequestRepositories], bill: Bill) -> str:
        """Return the title of the request's service."""
        return context.dependencies.wording.service_title((await context.uow.requests.get(bill.subject_id)).service)


@dataclass(frozen=True, slots=True)
class RowSubject:
    """A row of a registry that is owed: it is paid, and whom it concerns is notified."""

    registry: Registry

    async def lock_subject(self, uow: RegistryRepositories, bill: Bill) -> None:
        """Lock the row."""
        await self._load_row(uow.registries, bill, lock=True)

    async def handle_paid_bill(self, context: ActorContext, bill: Bill) -> StepOutcome | None:
        """Mark the row paid and queue the receipt."""
        row = await self._load_row(context.uow.registries, bill, lock=True)
        await change_row(
            context.uow.registries,
            row,
            {"state": ChargeState.PAID},
            context.actor.label,
            context.dependencies.clock.now(),
        )
        mobile = await find_contact(context.uow.registries, self.registry, row.values)
        if mobile:
            await notify_line(context, mobile, partial(self._render_receipt, context, bill, row))
        return None

    async def record_surplus(self, context: ActorContext[AuditRepositories], bill: Bill, payment: Payment) -> None:
        """Put it among the facts of the audit: a row has no history of its own money."""
        facts = {"registry": self.registry.key, "bill_id": bill.bill_id, "refund": payment.amount}
        await context.uow.audit.add_entry(
            context.dependencies.clock.now(), context.actor.label, "surplus_payment", facts
        )

    async def record_refund(
        self, context: ActorContext[AuditRepositories], bill: Bill, payment: Payment, target: RefundTarget
    ) -> None:
        """Put it among the facts of the audit."""
        bill_facts = {"registry": self.registry.key, "bill_id": bill.bill_id, "refund": payment.amount}
        facts = bill_facts | {"reference": payment.reference} | target.audit_facts
        await context.uow.audit.add_entry(context.dependencies.clock.now(), context.actor.label, "refund", facts)

    async def is_owed_again(self, uow: RequestRepositories, bill: Bill) -> bool:
        """Return True: what a row owes is owed until it is paid or waived."""
        return True

    async def renew_deadline(self, uow: RequestRepositories, bill: Bill, now: datetime, policy: Policy) -> datetime:
        """Return the municipality's deadline."""
        return payment_deadline_from(now, policy)

    async def handle_reversal(
        self, context: ActorContext[RegistryRepositories], bill: Bill, payment: Payment, reason: str
    ) -> StepOutcome | None:
        """Mark the row billed once more where its bill is open again, and put it among the facts of the audit."""
        now = context.dependencies.clock.now()
        bill_facts = {"registry": self.registry.key, "bill_id": bill.bill_id, "amount": payment.amount}
        facts = bill_facts | {"reference": payment.reference, "reason": reason}
        await context.uow.audit.add_entry(now, context.actor.label, "payment_reversed", facts)
        if bill.state.is_payable:
            row = await self._load_row(context.uow.registries, bill, lock=True)
            await change_row(
                context.uow.registries,
                row,
                {"state": ChargeState.BILLED},
                context.actor.label,
                now,
                bill_id=bill.bill_id,
            )
        return None

    async def find_mobile(self, uow: RegistryRepositories, bill: Bill) -> str | None:
        """Return the mobile of the owner or driver."""
        return await find_contact(uow.registries, self.registry, (await self._load_row(uow.registries, bill)).values)

    async def find_line(self, uow: RegistryRepositories, bill: Bill) -> str | None:
        """Return the mobile of the owner or driver."""
        return await self.find_mobile(uow, bill)

    async def find_name(self, context: ActionContext[RegistryRepositories], bill: Bill) -> str | None:
        """Return the name of the owner or driver."""
        concerned = await find_concerned(
            context.uow.registries, self.registry, (await self._load_row(context.uow.registries, bill)).values
        )
        return str(concerned[1].get(concerned[0].name_field) or "") or None if concerned else None

    async def render_title(self, context: ActionContext[RequestRepositories], bill: Bill) -> str:
        """Return what such a row is called."""
        return context.dependencies.catalogue.text(f"registries.{self.registry.key}.billed")

    async def _load_row(self, registries: RegistryRepository, bill: Bill, *, lock: bool = False) -> RegistryRow:
        return await registries.get_row(self.registry.key, bill.subject_id, lock=lock)

    async def _render_receipt(
        self, context: ActionContext[BillRepositories], bill: Bill, row: RegistryRow
    ) -> RenderedMessage:
        facts = context.dependencies.wording.render_values(self.registry.fields, row.values)
        facts["plate"] = facts.get("vehicle", "")
        message = context.dependencies.catalogue.render_message(
            f"registries.{self.registry.key}.notices.paid", facts, MessageClass.RECEIPT
        )
        return await append_payment_link(context, message, LinkSubject(facts={PAID_BILL_FACT: bill.bill_id}))


SUBJECTS: Mapping[str, BillSubject] = {
    REQUEST: RequestSubject(),
    DUTY.key: RowSubject(DUTY),
    VIOLATION.key: RowSubject(VIOLATION),
}
"""Every kind of `Bill.subject_kind`."""


async def render_purpose(context: ActionContext[RequestRepositories], bill: Bill) -> str:
    """Return what its payer reads a bill is for: its title, or where its service says why there is another bill beside
    the first one, that (`services.KEY.bills.KIND`).
    """
    key = f"services.{bill.service}.bills.{bill.kind}"
    if key in context.dependencies.catalogue:
        return context.dependencies.catalogue.text(key)
    return await SUBJECTS[bill.subject_kind].render_title(context, bill)


async def lock_bill(uow: BillSubjectRepositories, bill: Bill) -> Bill:
    """Return the present bill, with its subject locked first, in the order in which the engine takes both: no two
    can wait in a ring.
    """
    await SUBJECTS[bill.subject_kind].lock_subject(uow, bill)
    return await uow.bills.get_by_bill_id(bill.bill_id, lock=True)


async def lock_bills(uow: BillSubjectRepositories, bill_row_ids: Iterable[int]) -> list[Bill]:
    """Return bills in their current state, in ascending order of their rows, each locked with its subject.

    Subjects are locked in one order by everybody, so that no two units wait for each other in a ring.
    """
    bills = [await uow.bills.get(bill_row_id) for bill_row_id in bill_row_ids]
    bills.sort(key=lambda bill: (bill.subject_kind, bill.subject_id, bill.id))
    return sorted([await lock_bill(uow, bill) for bill in bills], key=lambda bill: bill.id)
