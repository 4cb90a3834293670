"""Receipts of what rows of registries owed (duties, fines): the paper of `domain/blocks/receipts.py`."""

from functools import partial

from domain.actions.context import ActionContext, ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.papers.printouts import (
    PRINTOUT_FIELD,
    PrintoutSubject,
    TextsByName,
    build_printout,
    format_for_paper,
)
from domain.actions.registries.row_words import RowWording
from domain.actions.registries.rows import find_concerned, find_contact
from domain.authorization.policy import may_use
from domain.authorization.rights import registry_right
from domain.blocks.receipts import BASE_RECEIPT, PAID_FOR_FACT, RECEIPT_TEXTS, ReceiptRepositories, gather_paid_bills
from domain.language.printouts import GatheredFacts
from domain.papers.document import PaperFact, Printout
from domain.registries.declarations import Registry
from domain.registries.ports import RegistryRepository
from domain.registries.rows import RegistryRow
from domain.repositories import RegistryRepositories
from domain.values.actors import Actor
from domain.values.errors import Forbidden, NotFound
from domain.values.reasons import NotFoundReason

PAYER_FACT, HOLDER_LABEL = "payer", "print.holder"
"""A registry knows whose the row is today, which need not be who paid: the paper says so."""


async def build_row_receipt(context: ActorContext, registry: Registry, row_id: int) -> Printout:
    """Return the receipt of a row of a registry that is owed, whole.

    Errors: `NotFound` (the registry's key), `Forbidden("printout")`, `NotFound("printout")` while nothing was paid.
    """
    row = await context.uow.registries.get_row(registry.key, row_id)
    if not _may_print(registry, context.actor):
        raise Forbidden(PRINTOUT_FIELD)
    paid_facts = await _list_paid_bills(context.uow, row)
    if not paid_facts:
        raise NotFound(PRINTOUT_FIELD, NotFoundReason.NOT_ISSUED)
    row_name = await _describe_row(context, registry, row)
    payer_facts = {**await _find_payer_facts(context.uow.registries, registry, row), PAID_FOR_FACT: row_name}
    subject = PrintoutSubject(
        f"{registry.key}-{row.id}",
        PaperFact(_receipt_title(context.dependencies, registry), row_name),
        RECEIPT_TEXTS,
        lambda fact_name: HOLDER_LABEL if fact_name == PAYER_FACT else f"{RECEIPT_TEXTS}.labels.{fact_name}",
        partial(_render_facts, context.dependencies, registry),
    )
    return build_printout(
        context.dependencies, BASE_RECEIPT, subject, [{**payer_facts, **bill_facts} for bill_facts in paid_facts]
    )


async def list_row_printouts(
    context: ActorContext[ReceiptRepositories], registry: Registry, row: RegistryRow
) -> TextsByName:
    """Return the papers of a row that this person may print now: kind → title."""
    is_printable = _may_print(registry, context.actor) and await _list_paid_bills(context.uow, row)
    return {BASE_RECEIPT.kind: context.dependencies.catalogue.text(f"{RECEIPT_TEXTS}.title")} if is_printable else {}


def _may_print(registry: Registry, actor: Actor) -> bool:
    """Return whether somebody may see the registry: a receipt says no more."""
    return may_use(registry_right(registry.key, "view"), actor)


async def _list_paid_bills(uow: ReceiptRepositories, row: RegistryRow) -> list[dict[str, object]]:
    return await gather_paid_bills(uow, await uow.bills.list_of_subject(row.registry, row.id))


async def _find_payer_facts(registries: RegistryRepository, registry: Registry, row: RegistryRow) -> GatheredFacts:
    concerned_person = await find_concerned(registries, registry, row.values)
    payer_name = concerned_person[1][concerned_person[0].name_field] if concerned_person else None
    return {PAYER_FACT: payer_name, "mobile": await find_contact(registries, registry, row.values)}


async def _describe_row(context: ActionContext[RegistryRepositories], registry: Registry, row: RegistryRow) -> str:
    row_wording = RowWording(context.dependencies.catalogue)
    return row_wording.render_row_name(
        registry, row.values, await row_wording.load_links(context.uow.registries, registry, [row.values])
    )


def _render_facts(dependencies: Dependencies, registry: Registry, gathered: GatheredFacts) -> TextsByName:
    wording = dependencies.wording.in_full()
    return format_for_paper({"service": _receipt_title(dependencies, registry), **wording.render_values((), gathered)})


def _receipt_title(dependencies: Dependencies, registry: Registry) -> str:
    return dependencies.catalogue.text(f"registries.{registry.key}.billed")
