"""Comments, texts, services, reopening, walk-ins, substitutes and erasure, at a terminal."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.terminal import Terminal

MOBILE, RIGHT = "09121234567", "09119998877"
FORM = (
    "full_name=آنه محمدی",
    "national_code=0499370899",
    "items=لودر ۴ ساعت",
    "date=فردا",
    "start=۸",
    "place=کوچه بهار",
)


@pytest.fixture
def office(terminal: Terminal) -> Terminal:
    """A terminal with staff."""
    for role in ("civil", "revenue", "manager", "admin", "auditor"):
        terminal.json("staff", "add", role, "--role", role)
    return terminal


def entered(office: Terminal, by: str = "civil") -> dict[str, Any]:
    """A walk-in citizen's request."""
    sets = [part for one in FORM for part in ("--set", one)]
    shown: dict[str, Any] = office.json("request", "submit", "machinery", "--as", by, "--mobile", MOBILE, *sets)
    return shown


def says(office: Terminal, text: str) -> None:
    """Let the citizen text."""
    office.json("sms", "simulate", text, "--from", MOBILE)


def rejected(office: Terminal) -> str:
    """A request that has ended; its code."""
    code: str = entered(office)["code"]
    office.json("request", "act", code, "reject", "--as", "civil", "--set", "reason=تکراری")
    return code


def test_comments_are_moderated_and_answered(office: Terminal) -> None:
    says(office, "نظر ماشین‌آلات راننده خوش‌برخورد بود")
    says(office, "پیشنهاد برای همه درخت بکارید")
    [about_all, comment] = office.json("comment", "list")
    assert (about_all["service"], comment["service"], comment["state"]) == (None, "machinery", "pending")
    number = str(comment["id"])
    assert office.json("comment", "publish", number, "--as", "manager")["state"] == "published"
    answered = office.json("comment", "answer", number, "سپاس از شما", "--as", "manager")
    assert (answered["answer"], answered["answered_by"]) == ("سپاس از شما", "staff:manager")
    [told] = office.json("outbox", "list", "--recipient", MOBILE, "--limit", "1")
    assert (told["key"], "سپاس از شما" in told["text"]) == ("sms.comment_answered", True)
    [seen] = office.json("comment", "list", "--state", "published", "--service", "machinery")
    assert seen["id"] == comment["id"]
    assert "سپاس از شما" in office.run("comment", "list").out
    assert office.json("comment", "hide", number, "--as", "manager")["state"] == "hidden"
    assert office.refused("comment", "publish", number, "--as", "civil")["code"] == "forbidden"
    assert office.refused("comment", "hide", "7", "--as", "manager")["field"] == "comment"


def test_texts_that_came_are_listed_with_what_became_of_them(office: Terminal) -> None:
    says(office, "راهنما")
    says(office, "شترگاوپلنگ")
    office.json("sms", "simulate", "تخفیف ویژه", "--from", "30001234")
    [advert, strange, help_] = office.json("inbox", "list")
    assert (advert["sender"], advert["mobile"], advert["state"]) == ("30001234", None, "not_a_mobile")
    assert [one["intent"] for one in (strange, help_)] == ["unknown", "help"]
    assert help_["reply_id"] in {one["id"] for one in office.json("outbox", "list", "--recipient", MOBILE)}
    assert office.json("inbox", "list", "--state", "answered") == [strange, help_]
    assert office.json("inbox", "list", "--mobile", "۰۹۱۲ ۱۲۳ ۴۵۶۷", "--limit", "1") == [strange]
    assert office.json("inbox", "list", "--state", "failed") == []
    assert "شترگاوپلنگ" in office.run("inbox", "list").out
    assert office.refused("inbox", "list", "--mobile", "12")["code"] == "invalid_field"
    assert office.run("inbox", "list", "--state", "lost").code == 2


def test_a_service_is_shown_with_its_figures(office: Terminal) -> None:
    says(office, "نظر ماشین‌آلات خوب")
    shown = office.json("service", "show", "machinery")
    assert list(shown) == [
        "key",
        "title",
        "description",
        "author",
        "date",
        "benefits",
        "steps",
        "views",
        "comments",
        "rating",
    ]
    assert (shown["views"], shown["comments"]) == (0, {"pending": 1, "published": 0, "hidden": 0})
    assert shown["rating"] == {"count": 0, "average": None}
    assert len(shown["benefits"]) == 6
    assert shown["title"] in office.run("service", "show", "machinery").out
    assert office.refused("service", "show", "moon")["code"] == "unknown_service"


def test_the_last_step_is_taken_back_and_colleagues_are_told(office: Terminal) -> None:
    code = entered(office)["code"]
    office.json("request", "act", code, "ask", "--as", "civil", "--set", "question=کدام کوچه؟")
    assert office.json("request", "note", code, "@manager ببینید", "--as", "civil") == {"is_new": True}
    assert office.refused("request", "note", code, "@nobody ببینید", "--as", "civil")["code"] == "invalid_field"
    back = office.json("request", "step-back", code, "--as", "civil")
    assert (back["state"], [event["event"] for event in back["history"]][-3:]) == (
        "submitted",
        ["ask", "note", "step_back"],
    )
    assert "step_before" not in back["data"]
    assert office.refused("request", "step-back", code, "--as", "civil")["code"] == "already_done"


def test_a_request_is_taken_up_again(office: Terminal) -> None:
    code = rejected(office)
    new = office.json("request", "reopen", code, "--reason", "سند تازه آورد", "--as", "civil")
    assert (new["state"], new["reopens"], new["fields"]["place"]) == ("submitted", code, "کوچه بهار")
    assert new["history"][0]["note"] == "سند تازه آورد"
    assert office.json("request", "show", code)["reopened_as"] == new["code"]
    [told] = office.json("outbox", "list", "--recipient", MOBILE, "--limit", "1")
    assert told["key"] == "sms.reopened"
    assert office.refused("request", "reopen", code, "--reason", "باز", "--as", "civil")["code"] == "already_done"
    assert office.refused("request", "reopen", code, "--reason", "باز", "--as", "auditor")["code"] == "forbidden"


def test_a_walk_in_is_entered_and_its_mobile_corrected(office: Terminal) -> None:
    shown = entered(office)
    assert (shown["channel"], shown["history"][0]["channel"]) == ("walk_in", "walk_in")
    other = entered(office)["code"]
    done = office.json("request", "correct-mobile", shown["code"], RIGHT, "--proof", "کارت ملی", "--as", "civil")
    assert done["request"]["mobile"] == "+989119998877"
    assert done["request"]["history"][-1]["event"] == "correct_mobile"
    assert [one["code"] for one in done["others"]] == [other]
    again = office.run("request", "correct-mobile", other, RIGHT, "--proof", "کارت ملی", "--as", "civil")
    assert (again.code, RIGHT in again.out) == (0, True)
    sets = [part for one in FORM for part in ("--set", one)]
    assert office.refused("request", "submit", "machinery", "--as", "auditor", *sets)["code"] == "forbidden"


def test_a_substitute_acts_for_somebody_away(office: Terminal) -> None:
    today = datetime.now(UTC).astimezone().date()
    days = ("--from", str(today - timedelta(days=2)), "--to", str(today + timedelta(days=2)))
    appointed = office.json("staff", "substitute", "civil", "revenue", *days, "--as", "admin")
    assert appointed["by"] == "staff:admin"
    assert office.json("staff", "substitutes") == [appointed]
    assert "civil" in office.run("staff", "substitutes").out
    code = entered(office, "revenue")["code"]
    shown = office.json("request", "act", code, "reject", "--as", "revenue", "--set", "reason=تکراری")
    assert shown["history"][-1]["actor"] == "staff:revenue for civil"
    assert office.refused("staff", "substitute", "civil", "admin", *days, "--as", "civil")["code"] == "forbidden"
    wrong = office.refused("staff", "substitute", "civil", "admin", *days[:3], "1400/13/01", "--as", "admin")
    assert wrong["field"] == "to"
    ending = ("staff", "end-substitute", "civil", "revenue", *days[:2], "--as")
    assert office.refused(*ending, "civil")["code"] == "forbidden"
    assert office.json(*ending, "admin") == appointed
    assert office.json("staff", "substitutes") == []
    assert office.refused(*ending, "admin")["code"] == "not_found"


def test_personal_data_is_erased(office: Terminal) -> None:
    running, ended = entered(office)["code"], rejected(office)
    assert office.refused("request", "erase", ended, "--reason", "x", "--as", "civil")["code"] == "forbidden"
    assert office.refused("request", "erase", running, "--reason", "x", "--as", "admin")["code"] == "not_allowed_now"
    shown = office.json("request", "erase", ended, "--reason", "درخواست خودش", "--as", "admin")
    assert (shown["mobile"], shown["fields"]["items"][0]["machine"], "place" in shown["fields"]) == (
        None,
        "loader",
        False,
    )
    assert shown["erased_at"]
    assert [event["actor"] for event in shown["history"]] == ["staff:civil", "staff:civil", "staff:admin"]
    assert office.json("history", "erase", "--as", "admin") == {"requests": 0, "texts": 0}
    assert office.refused("history", "erase", "--before", "1499/01/01", "--as", "admin")["field"] == "before"
    assert office.refused("history", "erase", "--as", "civil")["code"] == "forbidden"
    assert office.json("history", "verify")["faults"] == []
    assert office.run("history", "erase", "--before", "1400/01/01", "--as", "admin").code == 0
