"""A paper of a request as a file, for whoever's request it is: printed when it is sent, and not before."""

from domain.actions.desk import Desk
from domain.actions.printouts import printout_of
from domain.errors import NotFound
from domain.keyboards import Paper
from domain.outgoing import OutboxMessage
from domain.people import Actor, Role
from domain.ports import Printer, Store


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
