"""`pishkhan request print`: a paper of a request, as HTML or PDF; receipts of duties and fines go the same way."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import typer

from app.cli.options import AsJson, AsOrSystem, Config
from app.cli.output import emit_json, say, told
from app.cli.requests.requests import Code
from app.cli.session import CommandSession, acting_or_system, in_session
from app.wiring import build_printer
from domain.actions.papers.printouts import printout_of
from domain.papers.document import Printout
from domain.papers.ports import Printer
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Actor
from domain.values.errors import Conflict, InvalidField

Output = Annotated[Path, typer.Option(help="File to be written; its end says how: .pdf or .html.", dir_okay=False)]
Force = Annotated[bool, typer.Option("--force", help="Overwrite the file.")]

Find = Callable[[CommandSession, UnitOfWork, Actor], Awaitable[Printout]]
"""Gathers what a paper says."""


def print_paper(
    code: Code,
    kind: Annotated[str, typer.Argument(help="Which paper: letter, permit, delivery_form, receipt …")],
    output: Output,
    force: Force = False,
    username: AsOrSystem = None,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Print a paper of a request into a file; it may hold personal data."""

    async def find(session: CommandSession, uow: UnitOfWork, actor: Actor) -> Printout:
        return await printout_of(session.desk, uow, code, kind, actor)

    write(find, output, force, username, as_json, config)


def write(find: Find, output: Path, force: bool, username: str | None, as_json: bool, config: Path | None) -> None:
    """Print a paper into a file, and tell which and where."""

    async def work(session: CommandSession) -> tuple[Printout, bytes]:
        actor = await acting_or_system(session, username)
        printer = build_printer(session.settings, session.desk.catalogue)
        try:
            async with session.store.unit(write=False) as uow:
                printout = await find(session, uow, actor)
            return printout, await _made(printer, printout, output.suffix.lower())
        finally:
            await printer.close()

    with told(as_json):
        if output.exists() and not force:
            raise Conflict("output", detail="file_exists")
        printout, content = in_session(config, work)
        output.write_bytes(content)
    shown = {"code": printout.code, "kind": printout.kind, "file": str(output), "size": len(content)}
    if as_json:
        emit_json(shown)
    else:
        say(f"{shown['kind']} of {shown['code']} in {shown['file']}")


async def _made(printer: Printer, printout: Printout, suffix: str) -> bytes:
    if suffix == ".pdf":
        return await printer.pdf(printout)
    if suffix in {".html", ".htm"}:
        return printer.html(printout).encode()
    raise InvalidField("output", detail="paper_file")
