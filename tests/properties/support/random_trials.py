"""One service that was composed at random: `check` refuses it with reasons, or it runs to each end by every channel."""

import logging
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from domain.actions.context import ActorContext
from domain.actions.offices import accounts
from domain.actions.tariffs import price_changes
from domain.check import check_services
from domain.check.explanations import explain_flaw
from domain.check.flaws import Flaw
from domain.check.walk import walk_service
from domain.language.service import Service
from domain.messages.catalogue import Catalogue
from domain.people.person import StaffMember
from domain.services import SERVICES
from domain.values.actors import STAFF_ROLES, SYSTEM, Role
from tests.channels.pishkhan_soap.envelopes import Signer
from tests.channels.pishkhan_soap.soap_office import KEY as OFFICE_KEY
from tests.channels.pishkhan_soap.soap_office import VAULT, serve_soap
from tests.properties.support.end_walks import CHANNELS, EndWalk
from tests.properties.support.form_channels import Channels, Fault
from tests.properties.support.random_mistakes import MISTAKES, Draft
from tests.properties.support.random_services import KEY, services
from tests.properties.support.random_texts import nested, texts
from tests.properties.support.whole_town import PATIENT
from tests.support.chat_person import Person
from tests.support.municipality import OFFICE, Municipality, StandingClock, actor, build_desk, municipality
from tests.support.scenarios.expert_unit import Experts


@dataclass(frozen=True, slots=True)
class Trial:
    """A service to be tried."""

    service: Service
    texts: dict[str, Any]
    mistake: str = ""
    """Mistake made on purpose; empty where none was."""
    named: str = ""
    """Words of the finding."""


@dataclass(slots=True)
class Tally:
    """Result of trials."""

    refused: Counter[str] = field(default_factory=Counter)
    """Kinds of flaws."""
    ends: Counter[str] = field(default_factory=Counter)
    """Ends that requests were brought to, with the channel."""
    mistakes: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)


@st.composite
def trials(draw: st.DrawFn) -> Trial:
    """A service of blocks in any order, now and then with a mistake."""
    service = draw(services())
    leaves = draw(texts(service))
    if not draw(st.booleans()):
        return Trial(service, leaves)
    name = draw(st.sampled_from(sorted(MISTAKES)))
    return Trial(*(broken := MISTAKES[name](Draft(draw, service, leaves)))[:2], name, broken[2])


async def furnish(path: Path) -> None:
    """Put machines, officers, somebody of every unit and a counter office into a migrated file."""
    clock = StandingClock()
    async with municipality(path, build_desk(clock, services=SERVICES), clock) as town:
        await town.furnish()
        await Experts(town).furnish()
        async with town.store.open_unit() as uow:
            for number, role in enumerate(sorted(STAFF_ROLES)):
                if not await uow.people.list_staff_with_role(role):
                    mobile = f"+98911200{number:04}"
                    member = StaffMember(role.value, frozenset({role}), "مریم", mobile, "", True, clock.now())
                    await uow.people.save_staff(member)
            await accounts.add_office(ActorContext(town.desk, uow, SYSTEM), VAULT, OFFICE, "دفتر", key=OFFICE_KEY)


async def run_trial(trial: Trial, furnished: Path, folder: Path, tally: Tally) -> None:
    """Try a service; `Fault` where it is neither refused with a reason nor runs."""
    tally.mistakes[trial.mistake or "none"] += 1
    catalogue = Catalogue.load(nested(trial.texts))
    flaws = check_services([trial.service], catalogue)
    for kind in {flaw.kind for flaw in flaws}:
        tally.refused[kind] += 1
    if flaws:
        require_named(trial, flaws)
        tally.outcomes["refused"] += 1
    elif trial.named:
        raise Fault(f"{trial.mistake} is not found: {trial.named}")
    else:
        with nothing_is_logged():
            await _run_to_every_end(trial, Path(shutil.copy(furnished, folder / "pishkhan.db")), tally)
        tally.outcomes["runs"] += 1


def require_named(trial: Trial, flaws: list[Flaw]) -> None:
    """Every finding is a sentence, and one of them names what was done wrong."""
    sentences = [explain_flaw(flaw) for flaw in flaws]
    if not any(trial.named in sentence for sentence in sentences):
        raise Fault(f"{trial.mistake}: nothing names {trial.named} in {sentences}")


async def _run_to_every_end(trial: Trial, path: Path, tally: Tally) -> None:
    clock, service = StandingClock(), trial.service
    desk = build_desk(clock, policy=PATIENT, services=(service,), texts=nested(trial.texts))
    for _ in range(1000):  # ids that furnishing took
        desk.ids.new_id()
    async with municipality(path, desk, clock) as town, serve_soap(town) as wire:
        await _set_prices(town, service)
        signer = Signer(f"office-{OFFICE}", OFFICE_KEY, clock)
        channels = Channels(town, service, await Person(town).linked(), wire, signer)
        final_states = {state.name for state in service.states if state.phase.is_final}
        ends = sorted(walk_service(service).reached_states & final_states)
        for number in range(max(len(ends), len(CHANNELS))):
            end, channel = ends[number % len(ends)], CHANNELS[number % len(CHANNELS)]
            await EndWalk(channels).reach(end, channel)
            tally.ends[f"{end} by {channel}"] += 1


async def _set_prices(town: Municipality, service: Service) -> None:
    async with town.store.open_unit() as uow:
        for priced in service.priced_items:
            rate = 0 if priced.dimensions["work"] == "free" else 2_000_000
            await price_changes.add_tariff(
                ActorContext(town.desk, uow, actor(Role.REVENUE)),
                KEY,
                priced.dimensions,
                rate=rate,
                unit="visit",
                vat_percent=10,
            )


class _Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(logging.Formatter().format(record))


@contextmanager
def nothing_is_logged() -> Iterator[None]:
    """No fault of ours is logged, which the scheduler and the channels go on after."""
    handler = _Kept()
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
    if handler.lines:
        raise Fault("\n".join(handler.lines)[-3000:])
