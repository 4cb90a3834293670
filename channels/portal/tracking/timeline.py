"""The history of a request in its citizen's words: what happened, when and by whom, and what was written about it.

What the staff write among themselves stays there: a note is shown where the citizen wrote it, or was sent it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.actions.dependencies import Dependencies
from domain.actions.requests.described_changes import DescribedChange, describe_event_changes
from domain.language.service import Service, Transition
from domain.language.wording import day_and_hour_text
from domain.requests.history import HistoryEvent
from domain.requests.notes import NOTE
from domain.requests.request import ServiceRequest
from domain.values.actors import Actor


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """Something that happened."""

    title: str
    """Event."""
    happened_at: str
    """Day and hour in Tehran."""
    actor_name: str
    """Actor."""
    note: str
    """Note about it; empty where nothing was, or it is not for the citizen."""
    changes: Sequence[DescribedChange]
    """Changes in the form; nothing, unless it was that."""


class Timeline:
    """Words the history of requests."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._catalogue = dependencies.catalogue
        self._dependencies = dependencies

    def build_entries(
        self, request: ServiceRequest, events: Sequence[HistoryEvent], citizen: Actor
    ) -> list[TimelineEntry]:
        """Return what happened to a request, the newest first, as one of its citizens reads it."""
        service = self._dependencies.engine.get_service(request.service)
        entries = [self._build_entry(service, event, citizen) for event in reversed(events)]
        return [entry for entry in entries if entry is not None]

    def _build_entry(self, service: Service, event: HistoryEvent, citizen: Actor) -> TimelineEntry | None:
        if event.event == NOTE:
            return None
        step = next((found for found in service.steps_named(event.event)), None)
        title = self._title_event(service, step, event)
        if not title:
            return None
        is_readable = event.actor == citizen.label or (step is not None and self._sends_note(service, step))
        note = event.note if event.note and is_readable else ""
        changes = describe_event_changes(self._dependencies.wording, service, event)
        actor_name = self._name_actor(service, event, citizen)
        return TimelineEntry(title, day_and_hour_text(event.at), actor_name, note, changes)

    def _title_event(self, service: Service, step: Transition | None, event: HistoryEvent) -> str:
        """Return what happened in words; empty for what is a matter of the staff alone (an assignment)."""
        if event.from_state is None:
            return self._catalogue.text("portal.timeline.submit")
        command_key = f"portal.timeline.commands.{step.command}" if step is not None else ""
        event_key = f"portal.timeline.events.{event.event}"
        if command_key in self._catalogue:
            return self._catalogue.text(command_key)
        if step is None and event_key in self._catalogue:
            return self._catalogue.text(event_key)
        state_key = f"services.{service.key}.states.{event.to_state}"
        return self._catalogue.text(state_key) if event.from_state != event.to_state else ""

    def _sends_note(self, service: Service, step: Transition) -> bool:
        """Return whether the text that the citizen gets with this step says what was written."""
        note_names = {field.name for field in step.inputs if field.is_note}
        sent_keys = [f"services.{service.key}.notices.{notice.text_name}" for notice in step.notices]
        return any(note_names & self._catalogue.fact_names(key) for key in sent_keys if key in self._catalogue)

    def _name_actor(self, service: Service, event: HistoryEvent, citizen: Actor) -> str:
        if event.actor_kind == "citizen":
            is_own = event.actor == citizen.label or event.actor is None
            return self._catalogue.text(f"portal.timeline.who.{'you' if is_own else 'other'}")
        unit = service.state_named(event.from_state).unit if event.from_state and event.actor_kind == "staff" else None
        return self._catalogue.text(f"roles.{unit}" if unit else f"portal.timeline.who.{event.actor_kind}")
