"""Places and manner of texts: every text of the catalogue has a table, a moment and a sample with real values."""

from domain.actions.settings.text_overrides import list_changeable_keys
from domain.actions.settings.text_places import TextPlaces, find_moment, find_table
from domain.actions.settings.text_samples import render_sample
from domain.check import sent_by_sms
from domain.messages.catalogue import Catalogue
from domain.services import SERVICES, services_by_key

CATALOGUE = Catalogue.load()
PLACES = TextPlaces(services_by_key(), CATALOGUE)


def test_every_text_is_in_a_table_and_moment_that_have_titles() -> None:
    for key in list_changeable_keys(CATALOGUE):
        assert PLACES.table_title(find_table(key)), key
        moment = find_moment(key)
        assert not moment or PLACES.moment_title(moment), key


def test_every_text_message_has_a_sample_of_every_fact() -> None:
    sent_keys = sent_by_sms(SERVICES, CATALOGUE)
    lacking = [key for key in sent_keys if render_sample(CATALOGUE, key).count("…") > CATALOGUE.text(key).count("…")]
    assert lacking == []


def test_notices_say_after_which_step_they_go() -> None:
    prefix = "services.taxi_leave"
    described = {
        key: PLACES.describe_place(f"{prefix}.{key}")
        for key in ("notices.submit", "notices.approve", "notices.begin", "notices.end_soon", "status.ended")
    }
    assert described == {
        "notices.submit": "پس از ثبت",
        "notices.approve": "پس از «پذیرش»",
        "notices.begin": "با رسیدن به «در حال مرخصی»",
        "notices.end_soon": "یادآوری در «پذیرفته شده»",
        "status.ended": "در وضعیت «پایان یافته»",
    }
    assert PLACES.describe_place(f"in_chat.{prefix}.notices.submit") == "پس از ثبت، در ربات"
