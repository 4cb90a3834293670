"""An hour without Telegram: nobody else notices, and its notices arrive in order, or by SMS, each once."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from itertools import count

import pytest
import pytest_asyncio

from app.ids import RandomIds
from domain.actions.notify import Address
from domain.outgoing import MessageClass, OutboxMessage
from domain.people import mobile as mobile_stored
from store.unit_of_work import SqlStore
from tests.e2e.conftest import new_phone, said_well
from tests.e2e.messengers import BotOffice, bot_office, no_token_told
from tests.e2e.office import Office
from tests.fakes.bot_people import Person
from tests.faults.database import Database

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]
CHATS, NOTICES = 50, 1000
