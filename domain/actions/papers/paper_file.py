"""A paper of a request as a file, for whoever's request it is: printed when it is sent, and not before."""

from domain.actions.context import ActionContext, ActorContext
from domain.actions.dependencies import Dependencies
from domain.actions.line_languages import find_line_language
from domain.actions.papers.printouts import build_request_printout
from domain.messages.keyboards import AttachedPaper
from domain.messages.records import OutboxMessage
from domain.papers.ports import Printer
from domain.unit_of_work import Store
from domain.values.actors import Actor, Role
from domain.values.errors import NotFound
from domain.values.languages import in_language
from domain.values.reasons import NotFoundReason


async def print_paper_file(
    dependencies: Dependencies, store: Store, printer: Printer, paper: AttachedPaper, message: OutboxMessage
) -> tuple[str, bytes]:
    """Return name and bytes of the PDF. Errors: those of `build_request_printout`; `Unavailable("printer")`."""
    if message.mobile is None:
        raise NotFound("printout", NotFoundReason.NOT_ISSUED)
    actor = Actor(frozenset({Role.CITIZEN}), "citizen", message.mobile, message.channel)
    async with store.open_unit(write=False) as uow:
        with in_language(await find_line_language(ActionContext(dependencies, uow), message.mobile)):
            printout = await build_request_printout(
                ActorContext(dependencies, uow, actor), paper.request_code, paper.paper_kind
            )
    return f"{paper.paper_kind}-{paper.request_code}.pdf", await printer.render_pdf(printout)
