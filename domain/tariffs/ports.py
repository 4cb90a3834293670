"""Ports of tariffs."""

from datetime import date
from typing import Protocol

from domain.tariffs.tariff import ProposedTariff, TariffRow


class TariffRepository(Protocol):
    """Dated prices."""

    async def list_of_service(self, service: str) -> list[TariffRow]:
        """Return all rows of a service, oldest first."""
        ...

    async def list_all(self) -> list[TariffRow]:
        """Return every row, by service and dimensions, oldest first."""
        ...

    async def add(self, row: TariffRow) -> None:
        """Store a new row."""
        ...

    async def get(self, tariff_id: int) -> TariffRow:
        """Return a row; `NotFound("tariff")`."""
        ...

    async def close_row(self, tariff_id: int, valid_to: date | None) -> None:
        """End a row on that day (exclusive), or open its end (None); `NotFound("tariff")`."""
        ...

    async def withdraw_row(self, tariff_id: int) -> None:
        """End a row on its own first day, so that it holds on none; it is kept, and another one may begin on that day.

        `NotFound("tariff")`. The caller keeps others off rows of the same thing (`serialise`).
        """
        ...

    async def add_proposal(self, proposal: ProposedTariff) -> None:
        """Store a proposal; `Conflict` while another one for the same waits."""
        ...

    async def get_proposal(self, proposal_id: int, *, lock: bool = False) -> ProposedTariff:
        """Return a proposal; `NotFound("proposal")`."""
        ...

    async def save_proposal(self, proposal: ProposedTariff) -> None:
        """Store what was decided."""
        ...

    async def list_pending(self) -> list[ProposedTariff]:
        """Return the proposals that wait, oldest first."""
        ...
