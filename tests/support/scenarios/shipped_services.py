"""The services that the project ships: those of which tests tell figures, however many folders are beside theirs."""

from domain.services import services_by_key

SHIPPED_KEYS = ("machinery", "expert", "taxi_leave", "taxi_renewal", "taxi_report", "call_back")
"""In the order of menus."""

SHIPPED_SERVICES = {key: services_by_key()[key] for key in SHIPPED_KEYS}
"""Key → service, in the same order."""
