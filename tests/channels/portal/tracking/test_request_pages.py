"""One's own requests over HTTP: the list, the page of one, and what can be done with it; own, another's and nobody's,
in two tabs and sent again.
"""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from channels.portal.tracking import command_forms
from domain.actions.citizens.proofs import RESEND_AFTER
from domain.actions.requests import answering
from domain.actions.requests.answering import open_question
from domain.feedback.opinions import Comment, CommentFilter
from domain.people.citizen_session import PROOF_IDLE_LIMIT
from domain.requests.request import Phase, ServiceRequest
from domain.values.actors import Role
from domain.values.tracking_codes import parse_code
from tests.support.demo_site import DemoSite
from tests.support.portal_citizen import OWN_MOBILE, PortalCitizen, portal_citizen
from tests.support.scenarios.portal_requests import (
    MACHINERY,
    OTHER_MOBILE,
    QUESTION,
    asked,
    awaiting_owner,
    bill,
    completed,
    pay,
    submitted,
    unverified,
)

TO_LIST = "/mobile?for=my-requests&next=/my-requests"


async def read_request(portal: DemoSite, code: str) -> ServiceRequest:
    """Return a request as it is stored."""
    async with portal.store.open_unit(write=False) as uow:
        return await uow.requests.get_by_code(parse_code(code))


async def list_events(portal: DemoSite, code: str) -> list[str]:
    """Return the names of a request's events."""
    async with portal.store.open_unit(write=False) as uow:
        request = await uow.requests.get_by_code(parse_code(code))
        return [event.event for event in await uow.history.list_of_request(request.id)]


async def list_comments(portal: DemoSite) -> list[Comment]:
    """Return the comments that wait for the manager."""
    async with portal.store.open_unit(write=False) as uow:
        return await uow.feedback.list_comments(CommentFilter())


async def test_all_of_one_s_own_by_the_proof_of_the_mobile(portal: DemoSite, citizen: PortalCitizen) -> None:
    assert await citizen.get("/my-requests", 303) == TO_LIST
    waiting, newer = await asked(portal), await submitted(portal)
    foreign = await submitted(portal, mobile=OTHER_MOBILE)
    assert await citizen.prove_mobile(TO_LIST) == "/my-requests"
    page = await citizen.get("/my-requests")
    assert page.index(f"/requests/{waiting.code}") < page.index(f"/requests/{newer.code}"), "what waits comes first"
    assert foreign.code not in page
    assert "منتظر شماست" in page


async def test_of_many_requests_there_are_pages(portal: DemoSite, citizen: PortalCitizen) -> None:
    codes = {(await submitted(portal)).code for _ in range(33)}
    await citizen.prove_mobile(TO_LIST)
    first = await citizen.get("/my-requests")
    older = first.partition("/my-requests?before=")[2].partition('"')[0]
    last = await citizen.get(f"/my-requests?before={older}")
    shown = [{code for code in codes if f"/requests/{code}" in page} for page in (first, last)]
    assert [len(each) for each in shown] == [30, 3]
    assert shown[0] | shown[1] == codes
    assert "?before=" not in last
    await citizen.get(f"/my-requests?before={'9' * 400}")


async def test_a_code_leads_its_owner_to_the_whole_page(portal: DemoSite, citizen: PortalCitizen) -> None:
    own, foreign = await submitted(portal), await submitted(portal, mobile=OTHER_MOBILE)
    page = await citizen.get(f"/track?code={own.code}")
    assert f'href="/requests/{own.code}"' in page
    assert MACHINERY["place"] not in page
    await citizen.get(f"/requests/{own.code}", 303)
    await citizen.prove_mobile(f"/mobile?for=my-requests&next=/requests/{own.code}")
    assert await citizen.get(f"/track?code={own.code}", 303) == f"/requests/{own.code}"
    page = unescape(await citizen.get(f"/requests/{own.code}"))
    for words in (str(MACHINERY["place"]), "گل‌جمال توماج", "در نوبت بررسی", "واحد", "درخواست ثبت شد", "شما"):
        assert words in page
    assert MACHINERY["place"] not in await citizen.get(f"/track?code={foreign.code}")


async def test_another_s_and_nobody_s_are_not_there(portal: DemoSite, citizen: PortalCitizen) -> None:
    foreign = await submitted(portal, mobile=OTHER_MOBILE)
    await citizen.prove_mobile(TO_LIST)
    await citizen.get("/session/end")
    token = citizen.hidden_values("/session/end")
    pages = []
    for code in (foreign.code, "123456786"):
        pages.append((await citizen.get(f"/requests/{code}", 404)).replace(code, "").partition("<h1>")[2][-2000:])
        for path in ("answer", "withdraw", "consent", "refuse", "rating", "comment", "verify-mobile", "pay"):
            form = {**token, "text": "x", "score": "1", "comment": "بد", "version": "1"}
            answer = await citizen.post_raw(f"/requests/{code}/{path}", form)
            assert answer.status == 404, path
        await citizen.get(f"/requests/{code}/withdraw", 404)
        await citizen.get(f"/requests/{code}/papers/letter.pdf", 404)
    assert await list_events(portal, foreign.code) == ["submit"]
    assert await list_comments(portal) == []


async def test_an_answer_is_taken_once_and_a_later_question_gets_its_own(
    portal: DemoSite, citizen: PortalCitizen
) -> None:
    request = await asked(portal)
    address = f"/requests/{request.code}"
    await citizen.prove_mobile(TO_LIST)
    assert QUESTION in await citizen.get(address)
    first_tab = citizen.hidden_values(f"{address}/answer")
    page = await citizen.post(f"{address}/answer", 422, answer="  ")
    assert "پاسخ خود را بنویسید" in page
    assert await citizen.post(f"{address}/answer", answer="بله، باز است") == f"{address}?done=answer"
    again = await citizen.post_raw(f"{address}/answer", {**first_tab, "answer": "بله، باز است"})
    assert (again.status, again.headers["Location"]) == (303, f"{address}?done=repeated")
    assert "دوباره ثبت نشد" in await citizen.get(again.headers["Location"])
    await portal.act(request.code, "ask", Role.CIVIL, {"question": "چند متر است؟"})
    stale = await citizen.post_raw(f"{address}/answer", {**first_tab, "answer": "نه، بسته است"})
    assert stale.status == 409
    shown = await stale.text()
    assert "نه، بسته است" in shown
    assert "چند متر است؟" in shown
    answers = (await read_request(portal, request.code)).data["answers"]
    assert [each["answer"] for each in answers] == ["بله، باز است"]


async def test_an_answer_in_words_alone_locks_the_request_once(
    portal: DemoSite, citizen: PortalCitizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = await asked(portal)
    await citizen.prove_mobile(TO_LIST)
    await citizen.get(f"/requests/{request.code}")
    lockings: list[str] = []

    async def note_locking(*call: Any) -> ServiceRequest:
        lockings.append(call[1])
        return await open_question(*call)

    for module in (answering, command_forms):
        monkeypatch.setattr(module, "open_question", note_locking)
    await citizen.post(f"/requests/{request.code}/answer", answer="بله، باز است")
    assert lockings == [request.code]


async def test_the_end_of_the_hours_booked_is_no_promise_of_an_answer(portal: DemoSite, citizen: PortalCitizen) -> None:
    request = await submitted(portal)
    await citizen.prove_mobile(TO_LIST)
    assert "معمولاً تا" in await citizen.get(f"/requests/{request.code}")
    await bill(portal, request)
    await pay(portal, request)
    await portal.act(request.code, "schedule", Role.CIVIL)
    booked = await read_request(portal, request.code)
    assert booked.due_at
    await portal.relay.send_due()  # texts that are still in the queue a day later look like an outage
    portal.clock.at = booked.due_at + timedelta(hours=1)
    await citizen.prove_mobile(TO_LIST)
    page = await citizen.get(f"/requests/{request.code}")
    assert ("اکنون نزد" in page, "معمولاً تا" in page, "پوزش" in page) == (True, False, False)


async def test_giving_up_is_asked_once_with_what_it_means_for_money(portal: DemoSite, citizen: PortalCitizen) -> None:
    request = await submitted(portal)
    address = f"/requests/{request.code}"
    await citizen.prove_mobile(TO_LIST)
    assert "هزینه‌ای ندارد" in await citizen.get(f"{address}/withdraw")
    before_bill = citizen.hidden_values(f"{address}/withdraw")
    await bill(portal, request)
    refused = await citizen.post_raw(f"{address}/withdraw", before_bill)
    assert refused.status == 409
    assert "۱۳٬۲۰۰٬۰۰۰ ریالی باطل می‌شود" in await refused.text()
    await pay(portal, request)
    assert "۱۳٬۲۰۰٬۰۰۰ ریالی که پرداخته‌اید به شما برگشت" in await citizen.get(f"{address}/withdraw")
    assert await citizen.post(f"{address}/withdraw") == f"{address}?done=withdraw"
    assert (await read_request(portal, request.code)).phase is Phase.CANCELLED
    assert "درخواست لغو شد" in await citizen.get(f"{address}?done=withdraw")
    await citizen.get(f"{address}/withdraw")
    assert (await list_events(portal, request.code)).count("cancel") == 1


async def test_bills_lead_to_paying_and_then_to_the_receipt(portal: DemoSite, citizen: PortalCitizen) -> None:
    request = await submitted(portal)
    address = f"/requests/{request.code}"
    await bill(portal, request)
    await citizen.prove_mobile(TO_LIST)
    page = await citizen.get(address)
    async with portal.store.open_unit(write=False) as uow:
        (owed,) = await uow.bills.list_of_subject("request", request.id)
    assert owed.bill_id in page
    assert owed.payment_id in page
    link = await citizen.post(f"{address}/pay")
    await citizen.get(address)
    assert await citizen.post(f"{address}/pay") == link, "the same bills have one link"
    assert link.startswith("/pay/")
    await pay(portal, request)
    page = await citizen.get(address)
    assert owed.payment_id not in page
    assert "دیدن رسید پرداخت" in page
    assert await citizen.post(f"{address}/pay") == link
    plain = await citizen.post_raw(f"{address}/pay", {"csrf": citizen.hidden_values(f"{address}/pay").get("csrf", "")})
    assert plain.status in {404, 409}


async def test_a_rating_and_comments_are_taken_once(portal: DemoSite, citizen: PortalCitizen) -> None:
    request = await completed(portal)
    address = f"/requests/{request.code}"
    await citizen.prove_mobile(TO_LIST)
    await citizen.get(address)
    form = {**citizen.hidden_values(f"{address}/rating"), "score": "4", "rating_text": "سپاس"}
    page = await citizen.post(f"{address}/rating", 422, rating_text="بی‌امتیاز")
    assert "بی‌امتیاز" in page
    assert await citizen.post(f"{address}/rating", score="4", rating_text="سپاس") == f"{address}?done=rating"
    page = await citizen.get(address)
    assert "امتیازی که دادید" in page
    assert re.search(r'value="4" checked', page), "it can be corrected"
    second = await citizen.post_raw(f"{address}/rating", form)
    assert second.status == 409
    assert "پیش‌تر امتیاز داده‌اید" in await second.text()
    await citizen.get(address)
    assert await citizen.post(f"{address}/comment", comment="زودتر بیایید") == f"{address}?done=comment"
    await citizen.get(address)
    page = await citizen.post(f"{address}/comment", 409, comment="زودتر  بیایید")
    assert "دوباره ثبت نشد" in page
    await citizen.post(f"{address}/comment", 422, comment=" ")
    assert [(comment.text, comment.channel) for comment in await list_comments(portal)] == [("زودتر بیایید", "portal")]
    async with portal.store.open_unit(write=False) as uow:
        rating = await uow.feedback.find_rating(request.id)
    assert rating
    assert (rating.score, rating.text, rating.channel) == (4, "سپاس", "portal")


async def test_what_was_rated_low_is_taken_up_again_once(portal: DemoSite, citizen: PortalCitizen) -> None:
    request = await completed(portal)
    address = f"/requests/{request.code}"
    await citizen.prove_mobile(TO_LIST)
    await citizen.get(address)
    assert f'action="{address}/reopen"' not in citizen.page
    early = await citizen.post_raw(f"{address}/reopen", citizen.hidden_values(f"{address}/rating"))
    assert early.status == 409, "nothing was rated yet"
    await citizen.get(await citizen.post(f"{address}/rating", score="2"))
    assert "دوباره بررسی شود؟" in citizen.page
    form = citizen.hidden_values(f"{address}/reopen")
    assert (await citizen.post_raw(f"{address}/reopen", {"csrf": "x"})).status == 409
    new_address = (await citizen.post(f"{address}/reopen")).partition("?done=reopen")[0]
    assert new_address != address
    assert "درخواستتان دوباره بررسی می‌شود" in await citizen.get(f"{new_address}?done=reopen")
    assert MACHINERY["place"] in citizen.page
    assert (await citizen.post_raw(f"{address}/reopen", form)).status == 409
    assert f'href="{new_address}"' in await citizen.get(address)
    assert f'action="{address}/reopen"' not in citizen.page
    async with portal.store.open_unit(write=False) as uow:
        texts = [message.text for message in await uow.outbox.list_recent(recipient=OWN_MOBILE)]
    assert sum("دوباره بررسی می‌شود. کد رهگیری تازه" in text for text in texts) == 1
    assert (await read_request(portal, request.code)).data["reopened_as"] == new_address.removeprefix("/requests/")


async def test_who_was_content_or_is_another_takes_nothing_up_again(portal: DemoSite, citizen: PortalCitizen) -> None:
    request = await completed(portal)
    address = f"/requests/{request.code}"
    await citizen.prove_mobile(TO_LIST)
    await citizen.get(address)
    await citizen.get(await citizen.post(f"{address}/rating", score="4"))
    assert f'action="{address}/reopen"' not in citizen.page
    token = citizen.hidden_values(f"{address}/comment")
    assert (await citizen.post_raw(f"{address}/reopen", token)).status == 409
    foreign = await submitted(portal, mobile=OTHER_MOBILE)
    assert (await citizen.post_raw(f"/requests/{foreign.code}/reopen", token)).status in {403, 404}


async def test_an_owner_agrees_once_and_sees_nothing_else(portal: DemoSite, citizen: PortalCitizen) -> None:
    leave = await awaiting_owner(portal)
    address = f"/requests/{leave.code}"
    await citizen.prove_mobile(TO_LIST)
    assert f'href="{address}"' in await citizen.get("/my-requests")
    page = unescape(await citizen.get(address))
    assert "صفر ایری" in page
    assert "سفر" not in page.partition("</h1>")[2], "the reason is the driver's and the officer's"
    form = citizen.hidden_values(f"{address}/consent")
    await citizen.get(f"{address}/refuse")
    assert await citizen.post(f"{address}/consent", 303, **form) == "/my-requests?done=consent"
    again = await citizen.post_raw(f"{address}/consent", form)
    assert again.headers["Location"] == "/my-requests?done=repeated"
    assert "موافقت شما ثبت شد" in await citizen.get("/my-requests?done=consent")
    against = await citizen.post_raw(f"{address}/refuse", form)
    assert against.status == 404, "what was answered is theirs no more"
    assert (await read_request(portal, leave.code)).state == "under_review"


async def test_an_owner_refuses_after_being_asked_once_more(portal: DemoSite, citizen: PortalCitizen) -> None:
    leave = await awaiting_owner(portal)
    await citizen.prove_mobile(TO_LIST)
    assert "برگشت ندارد" in await citizen.get(f"/requests/{leave.code}/refuse")
    assert await citizen.post(f"/requests/{leave.code}/refuse") == "/my-requests?done=refuse"
    assert (await read_request(portal, leave.code)).phase is Phase.DECLINED
    async with portal_citizen(portal) as driver:
        await driver.prove_mobile(TO_LIST, OTHER_MOBILE)
        page = unescape(await driver.get(f"/requests/{leave.code}"))
    assert "شخص دیگر" in page
    assert "دلیل:" in page


async def test_the_mobile_of_an_unverified_request_is_proved_later(portal: DemoSite, citizen: PortalCitizen) -> None:
    request = await unverified(portal)
    address = f"/requests/{request.code}"
    await citizen.prove_mobile(f"/mobile?for=my-requests&next={address}")
    page = await citizen.get(address)
    assert MACHINERY["place"] not in page
    form = citizen.hidden_values(f"{address}/verify-mobile")
    assert await citizen.post(f"{address}/verify-mobile") == f"{address}?done=verify"
    assert str(MACHINERY["place"]) in await citizen.get(address)
    assert (await read_request(portal, request.code)).mobile == OWN_MOBILE
    again = await citizen.post_raw(f"{address}/verify-mobile", form)
    assert again.status == 409
    assert "پیش‌تر تأیید شده" in await again.text()


async def test_a_form_whose_proof_ran_out_is_sent_again_after_the_code(
    portal: DemoSite, citizen: PortalCitizen
) -> None:
    request = await asked(portal)
    answer = await citizen.post_raw(f"/requests/{request.code}/answer", {"answer": "باز است", "version": "1"})
    assert answer.status == 200
    assert "شمارهٔ تلفن همراه شما چیست" in await answer.text()
    assert (await read_request(portal, request.code)).state == "needs_info"


async def test_a_form_of_another_session_whose_proof_ran_out_goes_on_after_the_code(
    portal: DemoSite, citizen: PortalCitizen
) -> None:
    request, address = await completed(portal), "/mobile?for=my-requests&next=/my-requests"
    comment_path = f"/requests/{request.code}/comment"
    await citizen.prove_mobile(TO_LIST)
    await citizen.get(f"/requests/{request.code}")
    typed = {**citizen.hidden_values(comment_path), "comment": "زودتر «بیایید»"}
    citizen.client.session.cookie_jar.clear()
    await citizen.prove_mobile(address)
    portal.clock.at += PROOF_IDLE_LIMIT
    answer = await citizen.post_raw(comment_path, typed)
    citizen.page = await answer.text()
    assert answer.status == 200
    assert "شمارهٔ تلفن همراه شما چیست" in citizen.page
    assert await list_comments(portal) == []
    portal.clock.at += RESEND_AFTER
    await citizen.post("/mobile", 200, proof_mobile=f"0{OWN_MOBILE[3:]}")
    form = {**citizen.hidden_values("/mobile/code"), "proof_code": await citizen.read_code()}
    again = await citizen.client.post("/mobile/code", data=form, headers=citizen.headers)
    assert again.status == 200
    assert again.url.path == f"/requests/{request.code}"
    assert [comment.text for comment in await list_comments(portal)] == ["زودتر «بیایید»"]


async def test_issued_papers_come_as_pdf(portal: DemoSite, citizen: PortalCitizen) -> None:
    request = await completed(portal)
    address = f"/requests/{request.code}"
    await citizen.prove_mobile(TO_LIST)
    assert f"{address}/papers/delivery_form.pdf" in await citizen.get(address)
    answer = await citizen.client.get(f"{address}/papers/delivery_form.pdf")
    assert answer.content_type == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    assert (await answer.read()).startswith(b"%PDF")
    await citizen.get(f"{address}/papers/letter.pdf", 404)


async def test_what_the_staff_write_among_themselves_is_not_shown(portal: DemoSite, citizen: PortalCitizen) -> None:
    request = await submitted(portal)
    await bill(portal, request)
    await portal.act(request.code, "waive", Role.REVENUE, {"reason": "سفارش معاون"})
    await citizen.prove_mobile(TO_LIST)
    page = await citizen.get(f"/requests/{request.code}")
    assert "سفارش معاون" not in page
    assert "معاف از پرداخت" in page
