"""Places of text files: what all share in `domain/texts/<tag>/*.toml`, what belongs to one service in its folder,
`domain/services/<service>/texts/<tag>.toml`.
"""

import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

SHARED_TEXTS = files("domain") / "texts"
"""A folder a language, by its tag."""

SERVICE_FOLDERS = files("domain") / "services"
"""A folder a service; one with texts has them in `texts`, a file a language."""

_OWN_FILES = "services/"
"""Begins what the services' own files are called."""


def list_shared_files(folder: Traversable) -> Iterator[tuple[str, Traversable]]:
    """Yield the files of texts in a language's folder by their names, in their order."""
    for entry in sorted(folder.iterdir(), key=lambda listed: listed.name):
        if entry.name.endswith(".toml"):
            yield entry.name, entry


def list_service_files(tag: str) -> Iterator[tuple[str, Traversable]]:
    """Yield the services' own files of a language by what they are called, in their order; a service may have none."""
    for service_folder in sorted(SERVICE_FOLDERS.iterdir(), key=lambda listed: listed.name):
        text_file = service_folder / "texts" / f"{tag}.toml"
        if text_file.is_file():
            yield f"{_OWN_FILES}{service_folder.name}/texts/{tag}.toml", text_file


class UnreadableTextFileError(ValueError):
    """A shipped file of texts that is no TOML in UTF-8; the message says which and why."""


def read_text_file(file_name: str, text_file: Traversable) -> Mapping[str, Any]:
    """Return the table of a shipped file; `UnreadableTextFileError`."""
    try:
        return tomllib.loads(text_file.read_text("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UnreadableTextFileError(f"{file_name}: {error}") from error


def find_file_owner(file_name: str) -> str | None:
    """Return the key of the service whose own file of texts is called so; None: it is a shared one."""
    return file_name.split("/")[1] if file_name.startswith(_OWN_FILES) else None
