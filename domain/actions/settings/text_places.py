"""Places and occasions of a text, in words: by its key and the declaration of its service."""

from collections.abc import Iterator, Mapping

from domain.language.service import Service, Transition
from domain.messages.catalogue import CHAT_PREFIX, Catalogue

SERVICES_PREFIX = "services"

PAGE_TABLES = frozenset({"title", "description", "benefits", "author", "date", "steps"})
"""Texts of a service that stand on its page."""

TABLE_ORDER = ("notices", "summary", "status", "pending", "late", "fields", "sections", "answers", "lookups", "page")
"""The tables of a service that citizens read, in the order in which they meet them; the others come after."""


def find_table(text_key: str) -> str:
    """Return the table of the catalogue that a text is found in: its service's, or the first word of its key. What
    chats say otherwise is beside what everybody is told.
    """
    key_parts = text_key.removeprefix(CHAT_PREFIX).split(".")
    return ".".join(key_parts[:2]) if key_parts[0] == SERVICES_PREFIX else key_parts[0]


def find_title_key(table: str) -> str:
    """Return the key of what a table is called: the service's title, or the part of the system."""
    return f"{table}.title" if table.startswith(f"{SERVICES_PREFIX}.") else f"admin.texts.tables.{table}"


def find_moment(text_key: str) -> str:
    """Return which of its service's tables a text is in (`notices`, `status`, `page`); empty for shared texts."""
    key_parts = text_key.removeprefix(CHAT_PREFIX).split(".")
    if key_parts[0] != SERVICES_PREFIX:
        return ""
    return "page" if key_parts[2] in PAGE_TABLES else key_parts[2]


def rank_moment(moment: str) -> tuple[int, str]:
    """Return where a table of a service stands in the list of its texts."""
    return (TABLE_ORDER.index(moment) if moment in TABLE_ORDER else len(TABLE_ORDER), moment)


class TextPlaces:
    """Says where texts are said."""

    def __init__(self, services: Mapping[str, Service], catalogue: Catalogue) -> None:
        self._services = services
        self._catalogue = catalogue

    def table_title(self, table: str) -> str:
        """Return what a table is called."""
        return self._catalogue.text(find_title_key(table))

    def moment_title(self, moment: str) -> str:
        """Return what a table of a service is called: when its texts are said."""
        return self._catalogue.text(f"admin.texts.moments.{moment}")

    def describe_place(self, text_key: str) -> str | None:
        """Return when a text of a service is said: after which step, in which state, at which field; None where the
        key says all there is.
        """
        is_of_chats = text_key.startswith(CHAT_PREFIX)
        key_parts = text_key.removeprefix(CHAT_PREFIX).split(".")
        if key_parts[0] != SERVICES_PREFIX or len(key_parts) < 4:
            return None
        service, table, name = self._services.get(key_parts[1]), key_parts[2], key_parts[3]
        place = self._describe_in_service(service, table, name) if service else None
        return self._render("in_chat", place=place) if place and is_of_chats else place

    def _describe_in_service(self, service: Service, table: str, name: str) -> str | None:
        if table == "notices":
            return self._describe_notice(service, name)
        if table in {"status", "pending", "late", "states"}:
            return self._render("in_state", state=self._catalogue.text(f"services.{service.key}.states.{name}"))
        label_key = f"services.{service.key}.fields.{name}.label"
        return self._catalogue.text(label_key) if table == "fields" and label_key in self._catalogue else None

    def _describe_notice(self, service: Service, name: str) -> str | None:
        if name == "submit" or any(notice.text_name == name for notice in service.submit_notices):
            return self._render("after_submission")
        for state in service.states:
            if any(reminder.text_name == name for reminder in state.reminders):
                title = self._catalogue.text(f"services.{service.key}.states.{state.name}")
                return self._render("reminder", state=title)
        return next(self._list_steps(service, name), None)

    def _list_steps(self, service: Service, notice_name: str) -> Iterator[str]:
        for step in service.transitions:
            if any(notice.text_name == notice_name for notice in step.notices):
                yield self._describe_step(service, step)

    def _describe_step(self, service: Service, step: Transition) -> str:
        step_key = f"services.{service.key}.actions.{step.name}"
        if step_key in self._catalogue:
            return self._render("after_step", step=self._catalogue.text(step_key))
        state_key = f"services.{service.key}.states.{step.target_state}"
        return self._render("on_state", state=self._catalogue.text(state_key))

    def _render(self, name: str, **facts: str) -> str:
        return self._catalogue.render(f"admin.texts.places.{name}", facts)
