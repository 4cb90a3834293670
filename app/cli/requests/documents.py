"""`pishkhan request attach` and `request documents`: the files of a request, and the papers that it still lacks."""

from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.options import As, AsJson, Config
from app.cli.output import emit_json, say, table, told
from app.cli.requests.requests import Code
from app.cli.session import CommandSession, acting, in_session
from domain.actions.requests.attach import attach as add_file
from domain.blocks.papers_pending import lacking
from domain.requests.documents import MAX_BYTES, Document
from domain.values import tracking_codes


def attach(
    code: Code,
    file: Annotated[Path, typer.Argument(help="Photo or PDF, 7 MB at most.", exists=True, dir_okay=False)],
    field: Annotated[str, typer.Option(help="Which paper it is: deed, national_card, plan, photo …")],
    username: As,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """Add a file to a request; the same file again changes nothing."""

    async def work(session: CommandSession) -> dict[str, Any]:
        async with session.store.unit() as uow:
            actor = await acting(session, uow, username)
            return _view(await add_file(session.desk, uow, code, field, file.name, _read(file), actor))

    with told(as_json):
        shown = in_session(config, work)
    if as_json:
        emit_json(shown)
    else:
        say(f"{shown['field']}: {shown['name']} ({shown['media_type']}, {shown['size']} bytes)")


def list_documents(code: Code, as_json: AsJson = False, config: Config = None) -> None:
    """Show which papers a request requires, which are missing, and its files."""

    async def work(session: CommandSession) -> dict[str, Any]:
        async with session.store.unit(write=False) as uow:
            request = await uow.requests.by_code(tracking_codes.parse(code))
            papers = session.desk.engine.service(request.service).documents
            files = await uow.documents.of_request(request.id)
            required = papers.required(request.fields) if papers else ()
            missing = lacking(papers, request.fields, files) if papers else ()
            return {"required": required, "missing": missing, "documents": [_view(one) for one in files]}

    with told(as_json):
        shown = in_session(config, work)
    if as_json:
        emit_json(shown)
        return
    say(f"required: {', '.join(shown['required'])}")
    say(f"missing: {', '.join(shown['missing'])}")
    table(shown["documents"], ("field", "name", "media_type", "size", "added_by", "at"))


def _read(file: Path) -> bytes:
    """Return the content, one byte more than is allowed at most: that it is too large is then seen."""
    with file.open("rb") as opened:
        return opened.read(MAX_BYTES + 1)


def _view(document: Document) -> dict[str, Any]:
    return {
        "field": document.field,
        "name": document.name,
        "media_type": document.media_type,
        "size": document.size,
        "sha256": document.sha256,
        "added_by": document.added_by,
        "at": document.at.isoformat(),
    }
