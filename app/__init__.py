"""The application: the only place that knows all others. It wires them together, serves them, and commands them."""

from importlib.util import find_spec


def has_demo() -> bool:
    """Return whether the demonstration is there: it is in the source, and in no installed package."""
    return find_spec("app.demo") is not None
