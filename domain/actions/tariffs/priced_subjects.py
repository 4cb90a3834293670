"""Subjects of tariffs."""

from domain.actions.dependencies import Dependencies
from domain.registries.declarations import REGISTRIES
from domain.tariffs.tariff import (
    BAND_DIMENSION,
    Dimensions,
    PricedSubject,
    without_band,
)


def list_priced(dependencies: Dependencies) -> dict[str, tuple[PricedSubject, ...]]:
    """Return service → what its tariff may set a price for; the services of registries' charges too."""
    services = {
        service_key: entry.priced_items for service_key, entry in dependencies.services.items() if entry.priced_items
    }
    charge_terms = [entry.charge_terms for entry in REGISTRIES.values() if entry.charge_terms]
    return services | {
        entry.tariff_service: entry.priced_subjects
        for entry in charge_terms
        if entry.tariff_service and entry.priced_subjects
    }


def find_declared(dependencies: Dependencies, service: str, dimensions: Dimensions) -> PricedSubject | None:
    """Return what is declared to be priced, or a band of it; None when nothing such is. `InvalidField("from")`."""
    plain = without_band(dimensions)
    declared = next(
        (item for item in list_priced(dependencies).get(service, ()) if dict(item.dimensions) == plain), None
    )
    return declared.for_band(dimensions[BAND_DIMENSION]) if declared and BAND_DIMENSION in dimensions else declared


def require_priced_service(dependencies: Dependencies, service: str) -> None:
    """Raise `UnknownService` for what is no service, nor prices rows of a registry (yearly duties)."""
    if not any(
        registry.charge_terms and registry.charge_terms.tariff_service == service for registry in REGISTRIES.values()
    ):
        dependencies.engine.get_service(service)
