"""`pishkhan request print`: a paper of a request, as HTML or PDF; receipts of duties and fines go the same way."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import typer

from app.cli.options import ActingUserOrSystem, AsJson, ConfigPath
from app.cli.output import print_json, print_line, reporting_errors
from app.cli.requests.requests import CodeArgument
from app.cli.session import CommandSession, resolve_actor_or_system, run_in_session
from app.wiring import build_printer
from domain.actions.context import ActorContext
from domain.actions.papers.printouts import build_request_printout
from domain.papers.document import Printout
from domain.papers.ports import Printer
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor
from domain.values.errors import Conflict, InvalidField
from domain.values.reasons import ConflictReason, InvalidReason
from domain.values.tracking_codes import parse_code

OutputPath = Annotated[Path, typer.Option(help="File to be written; its end says how: .pdf or .html.", dir_okay=False)]
ForceOption = Annotated[bool, typer.Option("--force", help="Overwrite the file.")]

FindPrintout = Callable[[CommandSession, UnitOfWork, Actor], Awaitable[Printout]]
"""Gathers the facts of a paper."""


def print_paper(
    code: CodeArgument,
    kind: Annotated[str, typer.Argument(help="Which paper: letter, permit, delivery_form, receipt …")],
    output: OutputPath,
    force: ForceOption = False,
    username: ActingUserOrSystem = None,
    as_json: AsJson = False,
    config: ConfigPath = None,
) -> None:
    """Print a paper of a request into a file; it may hold personal data."""

    async def find_printout(session: CommandSession, uow: UnitOfWork, actor: Actor) -> Printout:
        return await build_request_printout(ActorContext(session.dependencies, uow, actor), parse_code(code), kind)

    print_to_file(find_printout, output, force, username, as_json, config)


def print_to_file(
    find_printout: FindPrintout, output: Path, force: bool, username: str | None, as_json: bool, config: Path | None
) -> None:
    """Write a paper into a file, and print which and where."""

    async def run_command(session: CommandSession) -> tuple[Printout, bytes]:
        actor = await resolve_actor_or_system(session, username)
        printer = build_printer(session.settings, session.dependencies.catalogue)
        try:
            async with session.store.open_unit(write=False) as uow:
                printout = await find_printout(session, uow, actor)
            return printout, await _render_paper(printer, printout, output.suffix.lower())
        finally:
            await printer.close()

    with reporting_errors(as_json):
        if output.exists() and not force:
            raise Conflict("output", ConflictReason.FILE_EXISTS)
        printout, content = run_in_session(config, run_command)
        output.write_bytes(content)
    result = {"code": printout.code, "kind": printout.kind, "file": str(output), "size": len(content)}
    if as_json:
        print_json(result)
    else:
        print_line(f"{result['kind']} of {result['code']} in {result['file']}")


async def _render_paper(printer: Printer, printout: Printout, suffix: str) -> bytes:
    if suffix == ".pdf":
        return await printer.render_pdf(printout)
    if suffix in {".html", ".htm"}:
        return printer.render_html(printout).encode()
    raise InvalidField("output", InvalidReason.PAPER_FILE)
