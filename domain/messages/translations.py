"""Translations: the texts of a language besides Persian, out of its folder.

A folder `domain/texts/<tag>/` holds `language.toml`, which says how numbers, days and lists are written in the language
(`Language`), and any number of files of texts by the same keys as the Persian ones; those of a service may be in its
own folder (`text_files`). It need not have all of them: what it lacks is said in Persian. A text is a string (or a
list, where the Persian one is); class and part budget are those of the Persian text unless it is a table that names its
own `parts`. A language that is another one in another script (`RESPELT_TAGS`) has its texts made of that one's, when
they are loaded. What is wrong with a folder is the matter of `domain/check/texts/translations.py`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from importlib.resources.abc import Traversable
from itertools import chain
from typing import Any

from domain.messages.text_files import (
    SHARED_TEXTS,
    UnreadableTextFileError,
    list_service_files,
    list_shared_files,
    read_text_file,
)
from domain.messages.text_tables import flatten_table
from domain.values.languages import ARABIC_DIGITS, ASCII_DIGITS, PERSIAN, PERSIAN_DIGITS, Language
from domain.values.turkmen_script import write_in_arabic

LANGUAGE_FILE = "language.toml"
"""The file of a folder that declares its language, in a table `[language]`."""

DIGITS_BY_SCRIPT = {"latin": ASCII_DIGITS, "persian": PERSIAN_DIGITS, "arabic": ARABIC_DIGITS}
"""The digits of a language, by the name that its declaration gives them."""

LATIN_TAG = "fa-Latn"
"""Persian in Latin letters, in which texts that are written so are answered; it has the commonest answers alone."""

RESPELT_TAGS: Mapping[str, tuple[str, Callable[[str], str]]] = {"tk-Arab": ("tk", write_in_arabic)}
"""Languages whose texts are those of another one in another script, but for what their own folder has."""

_COUNTED_NAMES = {"month_names": 12, "weekday_names": 7}
_DECLARED_NAMES = frozenset(entry.name for entry in fields(Language) if entry.init) - {"tag", "spells_amounts"}


class TranslationError(ValueError):
    """A folder of texts that cannot be used; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Translation:
    """A language and the texts that there are in it."""

    language: Language
    """Language that it is written in."""
    leaves: Mapping[str, Any]
    """Its texts by key, as its files have them."""
    duplicate_keys: tuple[str, ...] = ()
    """Keys that are in two of its files."""


@cache
def load_translation(tag: str) -> Translation:
    """Return the shipped translation of a language, read once in a process; `TranslationError` where there is none, or
    it cannot be read.
    """
    folder = SHARED_TEXTS / tag
    if not tag.replace("-", "_").isidentifier() or not folder.is_dir():
        raise TranslationError(f"there are no texts of the language {tag!r} (domain/texts/{tag})")
    translation = read_translation(tag, folder, list_service_files(tag))
    if tag not in RESPELT_TAGS:
        return translation
    source_tag, respell = RESPELT_TAGS[tag]
    source_leaves = load_translation(source_tag).leaves
    respelt_leaves = {key: respell_leaf(leaf, respell) for key, leaf in source_leaves.items()}
    return replace(translation, leaves=respelt_leaves | dict(translation.leaves))


def read_translation(
    tag: str, folder: Traversable, service_files: Iterable[tuple[str, Traversable]] = ()
) -> Translation:
    """Return the language and texts of a folder, and the texts of services beside it; `TranslationError`."""
    tables: dict[str, Mapping[str, Any]] = dict(_read_tables(tag, chain(list_shared_files(folder), service_files)))
    if LANGUAGE_FILE not in tables:
        raise TranslationError(f"{tag}: {LANGUAGE_FILE} is missing")
    language = read_language(tag, tables.pop(LANGUAGE_FILE))
    leaves: dict[str, Any] = {}
    duplicates: dict[str, None] = {}
    for text_table in tables.values():
        for key, leaf in flatten_table(text_table):
            duplicates |= {key: None} if key in leaves else {}
            leaves[key] = leaf
    return Translation(language, leaves, tuple(duplicates))


def _read_tables(tag: str, text_files: Iterable[tuple[str, Traversable]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for file_name, text_file in text_files:
        try:
            yield file_name, read_text_file(file_name, text_file)
        except UnreadableTextFileError as error:
            raise TranslationError(f"{tag}: {error}") from None


def read_language(tag: str, declaration: Mapping[str, Any]) -> Language:
    """Return a language out of its declaration, the names of months and days in Persian where it has none;
    `TranslationError`.
    """
    declared = dict(declaration.get("language", {}))
    if unknown_names := sorted(declared.keys() - _DECLARED_NAMES):
        raise TranslationError(f"{tag}: {LANGUAGE_FILE}: unknown {', '.join(unknown_names)}")
    if not isinstance(declared.get("title"), str) or declared.get("direction", "ltr") not in {"ltr", "rtl"}:
        raise TranslationError(f"{tag}: {LANGUAGE_FILE}: it needs a title, and direction is ltr or rtl")
    if declared.get("digits", "latin") not in DIGITS_BY_SCRIPT:
        raise TranslationError(f"{tag}: {LANGUAGE_FILE}: digits are one of {', '.join(DIGITS_BY_SCRIPT)}")
    for name, count in _COUNTED_NAMES.items():
        declared[name] = tuple(declared.get(name, getattr(PERSIAN, name)))
        if len(declared[name]) != count:
            raise TranslationError(f"{tag}: {LANGUAGE_FILE}: {name} are {count}")
    return Language(tag, **declared | {"digits": DIGITS_BY_SCRIPT[declared.get("digits", "latin")]})


def respell_leaf(leaf: Any, respell: Callable[[str], str]) -> Any:
    """Return a leaf in another script."""
    if isinstance(leaf, list):
        return [respell(part) for part in leaf]
    return {**leaf, "text": respell(leaf["text"])} if isinstance(leaf, Mapping) else respell(str(leaf))


def translate_leaf(persian_leaf: Any, own_leaf: Any) -> Any:
    """Return a leaf as a translation has it, class and budget of the Persian one where it names none; the Persian leaf
    where the translation's is of another kind.
    """
    if isinstance(persian_leaf, list) or isinstance(own_leaf, list):
        return own_leaf if isinstance(persian_leaf, list) and isinstance(own_leaf, list) else persian_leaf
    if not isinstance(persian_leaf, Mapping):
        return own_leaf
    return {**persian_leaf, **(own_leaf if isinstance(own_leaf, Mapping) else {"text": own_leaf})}
