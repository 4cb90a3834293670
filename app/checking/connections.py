"""Checks that `pishkhan check --connect` makes besides those of the configuration: the database, its schema and key,
the SMS panels, the messengers, the scanner of files."""

from dataclasses import dataclass, field
from decimal import Decimal
from importlib import import_module

from app.checking.key_check import refuse_another_key
from app.configuration.settings import Settings
from app.database import describe_database_fault, open_store
from app.readiness import NotReady, refuse_unknown_states
from app.sms_providers import build_providers
from app.wiring import build_scanner, load_dependencies
from domain.messages.carriers import SmsProvider
from domain.values.errors import Unavailable


@dataclass(slots=True)
class ConnectionFindings:
    """Findings, each a line."""

    faults: list[str] = field(default_factory=list)
    """Things that do not answer as they must."""
    remarks: list[str] = field(default_factory=list)
    """Things worth knowing: the credit at the SMS panels, where the bots are."""


async def examine_connections(settings: Settings) -> ConnectionFindings:
    """Ask whatever this configuration needs; nothing is changed and nothing sent."""
    findings = ConnectionFindings(await _find_database_faults(settings))
    await _examine_panels(settings, findings)
    await _examine_bots(settings, findings)
    findings.faults += await _find_scanner_faults(settings)
    return findings


async def _find_database_faults(settings: Settings) -> list[str]:
    try:
        store = await open_store(settings)
        try:
            await refuse_another_key(settings, store)
            await refuse_unknown_states(await load_dependencies(settings, store), store)
        finally:
            await store.close()
    except NotReady as error:
        return error.faults
    except Unavailable as error:
        return [describe_database_fault(error)]
    return []


async def _examine_panels(settings: Settings, findings: ConnectionFindings) -> None:
    for name, provider in build_providers(settings).items():
        try:
            status = await provider.check_account()
        finally:
            await provider.close()
        setting_name = f"PISHKHAN_SMS__{name.upper()}"
        if status.refusal:
            findings.faults.append(f"{setting_name}: the panel does not take texts: {status.refusal}")
        elif status.credit is not None:
            findings.remarks.append(f"{setting_name}: the account has {_describe_credit(provider, status.credit)} left")


async def _examine_bots(settings: Settings, findings: ConnectionFindings) -> None:
    """Ask each messenger who its bot is; the demonstration's own is in the serving process."""
    for messenger, bot_settings in {} if settings.demo else settings.active_bots.items():
        bot_module = import_module("app.bots")  # the library with its many types is read only where there is a bot
        answer = await bot_module.identify_bot(messenger, bot_settings)
        setting_name = f"PISHKHAN_{messenger.upper()}"
        if answer.fault:
            findings.faults.append(f"{setting_name}: the messenger does not know the bot: {answer.fault}")
        else:
            findings.remarks.append(f"{setting_name}: the bot answers at {answer.address}")


def _describe_credit(provider: SmsProvider, credit: Decimal) -> str:
    """Return credit in rials, or as the panel counts it where nobody knows what that is in rials."""
    rials = provider.cost_unit.to_rials(credit, 1)
    return f"{credit:f} of its own units" if rials is None else f"{rials:,} rials"


async def _find_scanner_faults(settings: Settings) -> list[str]:
    scanner = build_scanner(settings)
    fault = await scanner.find_fault() if scanner else None
    return [f"PISHKHAN_UPLOADS__CLAMD: {fault}; no file is taken until it does"] if fault else []
