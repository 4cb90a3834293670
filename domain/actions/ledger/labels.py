"""Persian names of accounts, subaccounts and kinds of entries."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.ledger.accounts import CHART_OF_ACCOUNTS, Account, AccountKey, AccountNature, SubaccountKind
from domain.ledger.entries import EntryKind
from domain.repositories import OfficeRepositories

_TABLES_BY_KIND: Mapping[SubaccountKind, tuple[str, ...]] = {
    SubaccountKind.SERVICE: ("services.{}.title", "choices.registry.{}"),
    SubaccountKind.METHOD: ("ledger.methods.{}",),
    SubaccountKind.GATEWAY: ("gateways.names.{}",),
}
"""Text tables with the names of subaccounts."""


@dataclass(frozen=True, slots=True)
class AccountLabels:
    """Words for accounts; offices have the names that the municipality gave them."""

    dependencies: Dependencies
    office_names: Mapping[str, str]

    def label_account(self, account: Account) -> str:
        """Return the name of an account."""
        return self.dependencies.catalogue.text(f"ledger.accounts.{account}")

    def label_subaccount(self, account_key: AccountKey) -> str:
        """Return the name of a subaccount; empty where there is none, its key where nobody named it."""
        name, kind = account_key.subaccount, CHART_OF_ACCOUNTS[account_key.account].subaccounts
        if kind is SubaccountKind.OFFICE:
            return f"{self.office_names[name]} ({name})" if name in self.office_names else name
        text_keys = (table.format(name) for table in _TABLES_BY_KIND.get(kind, ()))
        return self.dependencies.catalogue.first_text(*text_keys, fallback=name)

    def label_key(self, account_key: AccountKey) -> str:
        """Return both, as one reads them: «درآمد: کارشناسی»."""
        subaccount = self.label_subaccount(account_key)
        account = self.label_account(account_key.account)
        return f"{account}: {subaccount}" if subaccount else account

    def label_nature(self, nature: AccountNature) -> str:
        """Return what an account is."""
        return self.dependencies.catalogue.text(f"ledger.natures.{nature}")

    def label_kind(self, entry_kind: EntryKind) -> str:
        """Return what moved."""
        return self.dependencies.catalogue.text(f"ledger.kinds.{entry_kind}")


async def load_account_labels(context: ActionContext[OfficeRepositories]) -> AccountLabels:
    """Read the names of the offices."""
    return AccountLabels(
        context.dependencies, {office.code: office.name for office in await context.uow.offices.list_all()}
    )
