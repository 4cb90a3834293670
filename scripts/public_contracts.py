"""Public contracts as sorted lines, so that `diff` of what two trees print shows what an installation would notice.

python -m scripts.public_contracts

Each line names one thing that others rely on: a setting with its default, a command with its options, a route, an
element of the counter offices' contract, a text that an installation may word anew with the facts that it may say, a
column, the code of an error. It knows little of the modules, so that it also runs on a former tree:

    git archive COMMIT | tar -x -C FOLDER && PYTHONPATH=FOLDER python scripts/public_contracts.py
"""

import asyncio
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lxml import etree
from pydantic import BaseModel
from typer import Typer
from typer.main import get_command

from app.cli.main import COMMANDS, CommandGroup, CommandTable
from app.configuration.settings import ENV_PREFIX, Settings
from app.http.server import build_application
from app.parts import open_parts
from channels.pishkhan_soap.contract import Contract
from domain.messages.catalogue import Catalogue, load_shipped_texts
from domain.services import SERVICES
from domain.values.errors import DomainError
from store.migrate import migrate
from store.schema import metadata

_PLACEHOLDER = re.compile(r"\{(\w+)")


def list_settings(model: type[BaseModel] = Settings, prefix: str = ENV_PREFIX) -> Iterator[str]:
    """Yield every setting with its default."""
    for name, field in model.model_fields.items():
        annotation = field.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield from list_settings(annotation, f"{prefix}{name.upper()}__")
        else:
            yield f"setting {prefix}{name.upper()} {field.default}"


def list_commands(table: CommandTable = COMMANDS, path: str = "pishkhan") -> Iterator[str]:
    """Yield every command with its arguments and options."""
    for word, entry in table.items():
        if isinstance(entry, CommandGroup):
            yield from list_commands(entry.commands, f"{path} {word}")
        else:
            module_name, _, function_name = entry.partition(":")
            application = Typer(add_completion=False)
            application.command(word)(getattr(__import__(module_name, fromlist=["*"]), function_name))
            for parameter in get_command(application).params:
                yield f"command {path} {word} {' '.join(sorted(parameter.opts))}"


async def list_routes(folder: Path) -> list[str]:
    """Return every route of a server in demo mode, which has all channels."""
    url = f"sqlite:///{folder / 'pishkhan.db'}"
    await migrate(url)
    async with open_parts(Settings(demo=True, database_url=url)) as parts:
        routes = build_application(parts).router.routes()
        return [f"route {route.method} {route.resource.canonical}" for route in routes if route.resource]


def list_contract() -> Iterator[str]:
    """Yield every element of the counter offices' contract, with its place and attributes."""
    root = etree.fromstring(Contract(SERVICES, Catalogue.load()).render_wsdl().encode())
    for element in root.iter(etree.Element):
        names = [
            one.get("name") or etree.QName(one).localname for one in (*reversed([*element.iterancestors()]), element)
        ]
        attributes = " ".join(f"{name}={value}" for name, value in sorted(element.attrib.items()))
        yield f"wsdl {'/'.join(names[1:])} {attributes} {(element.text or '').strip()}".rstrip()


def list_texts() -> Iterator[str]:
    """Yield the key of every text with the facts that it says."""
    for texts in load_shipped_texts().values():
        for key, leaf in texts.items():
            yield f"text {key} {' '.join(sorted(set(_PLACEHOLDER.findall(str(leaf)))))}".rstrip()


def list_columns() -> Iterator[str]:
    """Yield every column with its type."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            yield f"column {table.name}.{column.name} {column.type!r} {'null' if column.nullable else 'not null'}"


def list_errors(error_class: type[Any] = DomainError) -> Iterator[str]:
    """Yield the codes of the errors that callers see."""
    if isinstance(code := getattr(error_class, "code", None), str):
        yield f"error {code}"
    for subclass in error_class.__subclasses__():
        yield from list_errors(subclass)


def list_contracts() -> list[str]:
    """Return all of them, each once."""
    with TemporaryDirectory(prefix="pishkhan-contracts-") as folder:
        routes = asyncio.run(list_routes(Path(folder)))
    interfaces = {*list_settings(), *list_commands(), *routes, *list_contract()}
    lines = interfaces.union(list_texts(), list_columns(), list_errors())
    return sorted(" ".join(line.split()) for line in lines)


def main() -> None:
    """Print them, a line each."""
    sys.stdout.writelines(f"{line}\n" for line in list_contracts())


if __name__ == "__main__":
    main()
