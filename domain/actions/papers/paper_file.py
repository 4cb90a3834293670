"""A paper of a request as a file, for whoever's request it is: printed when it is sent, and not before."""

from domain.actions.desk import Desk
from domain.actions.papers.printouts import printout_of
from domain.messages.keyboards import Paper
from domain.messages.records import OutboxMessage
from domain.papers.ports import Printer
from domain.unit_of_work import Store
from domain.values.actors import Actor, Role
from domain.values.errors import NotFound


async def paper_file(
    desk: Desk, store: Store, printer: Printer, paper: Paper, message: OutboxMessage
) -> tuple[str, bytes]:
    """Return name and bytes of the PDF. Errors: those of `printout_of`; `Unavailable("printer")`."""
    if message.mobile is None:
        raise NotFound("printout", detail="not_issued")
    actor = Actor(frozenset({Role.CITIZEN}), "citizen", message.mobile, message.channel)
    async with store.unit(write=False) as uow:
        printout = await printout_of(desk, uow, paper.code, paper.kind, actor)
    return f"{paper.kind}-{paper.code}.pdf", await printer.pdf(printout)
