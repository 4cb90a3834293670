"""Notes of services for the staff beside a row or a request, in words and with the requests to which they lead."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.language.staff_notes import StaffNote
from domain.messages.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class NoteView:
    """A note in words."""

    text: str
    """The note itself."""
    links: Sequence[tuple[str, str]]
    """The requests to which it leads: what each is called there, and its address."""


def build_note_views(catalogue: Catalogue, service_key: str, notes: Sequence[StaffNote]) -> list[NoteView]:
    """Return the notes of a service in words."""
    text_prefix = f"services.{service_key}.notes"
    return [
        NoteView(
            catalogue.render(f"{text_prefix}.{note.text_name}", note.facts),
            [
                (
                    catalogue.render(f"{text_prefix}.{named.text_name}", named.facts),
                    f"/staff/requests/{named.code}",
                )
                for named in note.requests
            ],
        )
        for note in notes
    ]
