"""Where texts are: what all share in `domain/texts/<tag>/*.toml`, what belongs to one service in its folder,
`domain/services/<service>/texts/<tag>.toml`.
"""

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable

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


def find_file_owner(file_name: str) -> str | None:
    """Return the key of the service whose own file of texts is called so; None: it is a shared one."""
    return file_name.split("/")[1] if file_name.startswith(_OWN_FILES) else None
