"""The base of the parts of a site."""

from domain.actions.dependencies import Dependencies
from domain.unit_of_work import Store


class SitePart:
    """Pages, or what serves them, over the actions of the desk and its store."""

    def __init__(self, dependencies: Dependencies, store: Store) -> None:
        self._dependencies = dependencies
        self._store = store
