"""PDFs looked through: taken byte for byte, so that a signature in one stays good, or not at all.

Whoever works at a desk opens what strangers sent. So a PDF that runs something, starts something, carries other files
or is a form of the sort that programs build (XFA) is refused, as is one that nobody can open. Objects are read one by
one and no reference is followed, so nothing can be hidden in a compressed part, and nothing goes in circles. Only the
worker process imports this.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf

from app.documents.unacceptable import UnacceptableFileError
from domain.values.reasons import DocumentReason

MOST_OBJECTS = 200_000
"""Objects of a PDF that are looked at; a scan of hundreds of pages has some thousands."""

_ACTIVE_KEYS = frozenset({"/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/XFA", "/RichMediaContent"})
"""Keys of dictionaries that only what is refused has."""

_ACTIVE_ACTIONS = frozenset(
    {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE", "/Rendition", "/Movie", "/RichMediaExecute"}
)
_ACTIVE_ANNOTATIONS = frozenset({"/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/3D"})


def inspect_pdf(content: bytes) -> None:
    """Return where a PDF may be stored; `UnacceptableFileError`: broken_pdf, locked_pdf, active_pdf."""
    try:
        with pikepdf.open(BytesIO(content), suppress_warnings=True) as pdf:
            if len(pdf.pages) == 0:
                raise UnacceptableFileError(DocumentReason.BROKEN_PDF)
            if any(_is_active(dictionary) for dictionary in _list_dictionaries(pdf)):
                raise UnacceptableFileError(DocumentReason.ACTIVE_PDF)
    except UnacceptableFileError:
        raise
    except pikepdf.PasswordError:
        raise UnacceptableFileError(DocumentReason.LOCKED_PDF) from None
    except Exception:  # noqa: BLE001 - the library raises whatever it stumbles over
        raise UnacceptableFileError(DocumentReason.BROKEN_PDF) from None


def _list_dictionaries(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Yield every dictionary of a PDF, those inside others too."""
    if len(pdf.objects) > MOST_OBJECTS:
        raise UnacceptableFileError(DocumentReason.BROKEN_PDF)
    for pdf_object in pdf.objects:
        open_objects = [pdf_object]
        while open_objects:
            current = open_objects.pop()
            if isinstance(current, pikepdf.Dictionary | pikepdf.Stream):
                yield current
            open_objects += [inner for inner in _list_inner(current) if not inner.is_indirect]


def _list_inner(pdf_object: pikepdf.Object) -> list[pikepdf.Object]:
    if isinstance(pdf_object, pikepdf.Array):
        values: list[Any] = list(pdf_object)
    elif isinstance(pdf_object, pikepdf.Dictionary | pikepdf.Stream):
        values = [pdf_object[key] for key in pdf_object.keys()]  # noqa: SIM118 - iterating a stream reads its content
    else:
        return []
    return [value for value in values if isinstance(value, pikepdf.Object)]


def _is_active(dictionary: pikepdf.Object) -> bool:
    keys = set(dictionary.keys())
    if keys & _ACTIVE_KEYS:
        return True
    action, annotation = dictionary.get("/S"), dictionary.get("/Subtype")
    return (isinstance(action, pikepdf.Name) and str(action) in _ACTIVE_ACTIONS) or (
        isinstance(annotation, pikepdf.Name) and str(annotation) in _ACTIVE_ANNOTATIONS
    )
