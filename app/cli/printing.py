"""`pishkhan request print`: a paper of a request, as HTML or PDF."""

from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.options import AsJson, AsOrSystem, Config
from app.cli.output import emit_json, say, told
from app.cli.requests import Code
from app.cli.session import Session, acting_or_system, in_session
from app.wiring import build_printer
from domain.actions.printouts import printout_of
from domain.errors import Conflict, InvalidField
from domain.ports import Printer
from domain.printouts import Printout


def print_paper(
    code: Code,
    kind: Annotated[str, typer.Argument(help="Which paper: letter, permit, delivery_form, receipt …")],
    output: Annotated[Path, typer.Option(help="File to be written; its end says how: .pdf or .html.", dir_okay=False)],
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
    username: AsOrSystem = None,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Print a paper of a request into a file; it may hold personal data."""

    async def work(session: Session) -> dict[str, Any]:
        if output.exists() and not force:
            raise Conflict("output", detail="file_exists")
        actor = await acting_or_system(session, username)
        printer = build_printer(session.settings, session.desk.catalogue)
        try:
            async with session.store.unit(write=False) as uow:
                printout = await printout_of(session.desk, uow, code, kind, actor)
            content = await _made(printer, printout, output.suffix.lower())
        finally:
            await printer.close()
        output.write_bytes(content)
        return {"code": printout.code, "kind": kind, "file": str(output), "size": len(content)}

    with told(as_json):
        shown = in_session(config, work)
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
