"""Receipts of what rows of registries owed (duties, fines): the paper of `domain/blocks/receipts.py`."""

from functools import partial

from domain.actions.desk import Desk
from domain.actions.papers.printouts import FIELD, ON_PAPER, PrintoutSubject, Texts, as_on_paper, made
from domain.actions.registries.row_words import RowWords
from domain.actions.registries.rows import concerned, contact_of
from domain.blocks.receipts import PAID_FOR, PAPER, TEXTS, paid_bills
from domain.fields.form import Field
from domain.language.printouts import Gathered
from domain.papers.document import PaperFact, Printout
from domain.registries.declarations import Registry
from domain.registries.rows import RegistryRow
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor
from domain.values.errors import Forbidden, NotFound

PAYER, HOLDER = "payer", "print.holder"
"""A registry tells whose the row is today, which need not be who paid: the paper says so."""


async def row_receipt(desk: Desk, uow: UnitOfWork, registry: Registry, row_id: int, actor: Actor) -> Printout:
    """Return the receipt of a row of a registry that is owed, whole.

    Errors: `NotFound` (the registry's key), `Forbidden("printout")`, `NotFound("printout")` while nothing was paid.
    """
    row = await uow.registries.get(registry.key, row_id)
    if not _may(registry, actor):
        raise Forbidden(FIELD)
    paid = await _paid(uow, row)
    if not paid:
        raise NotFound(FIELD, detail="not_issued")
    called = await _called(desk, uow, registry, row)
    facts = {**await _payer(uow, registry, row), PAID_FOR: called}
    about = PrintoutSubject(
        f"{registry.key}-{row.id}",
        PaperFact(_title(desk, registry), called),
        TEXTS,
        lambda name: HOLDER if name == PAYER else f"{TEXTS}.labels.{name}",
        partial(_facts, desk, registry),
    )
    return made(desk, PAPER, about, [{**facts, **one} for one in paid])


async def row_printouts(desk: Desk, uow: UnitOfWork, registry: Registry, row: RegistryRow, actor: Actor) -> Texts:
    """Return the papers of a row that this person may print now: kind → title."""
    there = _may(registry, actor) and await _paid(uow, row)
    return {PAPER.kind: desk.catalogue.text(f"{TEXTS}.title")} if there else {}


def _may(registry: Registry, actor: Actor) -> bool:
    """Tell whether somebody is of the unit whose registry it is, of the revenue unit, or reads everything."""
    return bool((PAPER.roles | registry.editors) & actor.role_names)


async def _paid(uow: UnitOfWork, row: RegistryRow) -> list[dict[str, object]]:
    return await paid_bills(uow, await uow.bills.of_subject(row.registry, row.id))


async def _payer(uow: UnitOfWork, registry: Registry, row: RegistryRow) -> Gathered:
    whose = await concerned(uow, registry, row.values)
    name = whose[1][whose[0].called] if whose else None
    return {PAYER: name, "mobile": await contact_of(uow, registry, row.values)}


async def _called(desk: Desk, uow: UnitOfWork, registry: Registry, row: RegistryRow) -> str:
    words = _PaperWords(desk.catalogue)
    return words.called(registry, row.values, await words.links(uow, registry, [row.values]))


def _facts(desk: Desk, registry: Registry, found: Gathered) -> Texts:
    return as_on_paper({"service": _title(desk, registry), **desk.wording.values((), found)})


def _title(desk: Desk, registry: Registry) -> str:
    return desk.catalogue.text(f"registries.{registry.key}.billed")


class _PaperWords(RowWords):
    """Rows as they are called on paper."""

    def shown(self, field: Field, value: object) -> str:
        """Return a value as it stands on paper."""
        text = super().shown(field, value)
        return ON_PAPER[field.type.name](text) if field.type.name in ON_PAPER else text
