"""Callers that may call: tokens, keys, moments, addresses, proxies, lock-outs; and what is recorded of refusals."""

import json
from base64 import b64encode
from datetime import timedelta
from ipaddress import ip_network

import pytest

from channels.pishkhan_soap.call_rate import CallRate
from domain.actions.context import ActorContext
from domain.actions.offices import accounts
from domain.values.actors import SYSTEM
from tests.channels.pishkhan_soap.envelopes import MACHINERY, SOAP_11, SOAP_12, WSSE, body, envelope
from tests.channels.pishkhan_soap.raw_client import Answer
from tests.channels.pishkhan_soap.soap_office import VAULT, Office, office_at, open_town, serve_soap
from tests.support.municipality import StandingClock

LOOPBACK = (ip_network("127.0.0.1/32"),)
HTTPS = {"X_Forwarded_Proto": "https", "X_Forwarded_For": "5.6.7.8"}


async def pinged(office: Office, version: str = SOAP_11, **token: str) -> Answer:
    """Ping with a token of which something is different."""
    return await office.wire.post(office.signer.signed(body("Ping"), version, **token))


async def bind_to(office: Office, *networks: str) -> None:
    """Let the office call from these networks alone; none: from anywhere."""
    async with office.town.store.open_unit() as uow:
        await accounts.allow_networks(ActorContext(office.town.desk, uow, SYSTEM), "1001", networks)


async def with_header(office: Office, header: str) -> Answer:
    """Ping with another header."""
    return await office.wire.post(envelope(body("Ping"), header))


@pytest.mark.parametrize("version", [SOAP_11, SOAP_12])
async def test_a_digest_proves_who_calls(office: Office, version: str) -> None:
    assert (await pinged(office, version)).text("office") == "دفتر 1001"
    assert (await pinged(office, version, key="w" * 20)).fault.code == "authentication_failed"


async def test_a_wrong_key_and_an_unknown_user_are_told_alike(office: Office) -> None:
    faults = [
        (await pinged(office, **token)).fault
        for token in ({"key": "w" * 20}, {"username": "office-9999"}, {"username": "x" * 200}, {"password": "رمز"})
    ]
    assert len(set(faults)) == 1
    assert faults[0].code == "authentication_failed"


async def test_both_keys_are_taken_until_the_old_one_ends(office: Office) -> None:
    async with office.town.store.open_unit() as uow:
        new = await accounts.rotate_office_key(
            ActorContext(office.town.desk, uow, SYSTEM), VAULT, "1001", timedelta(days=1)
        )
    for key in (office.signer.key, new):
        assert (await pinged(office, key=key)).code == "ok"
    office.town.advance(days=1)
    assert (await pinged(office)).code == "authentication_failed"
    assert (await pinged(office, key=new)).code == "ok"


async def test_a_replay_is_refused_even_of_a_call_that_failed(office: Office) -> None:
    for inner in (body("Ping"), body("GetRequest", {"trackingCode": "123456780"}), body("Ping", clerk="0499370898")):
        message = office.signer.signed(inner)
        first = await office.wire.post(message)
        again = await office.wire.post(message)
        assert first.code != "replayed"
        assert (again.fault.code, again.fault.field) == ("replayed", "Nonce")


@pytest.mark.parametrize("refusal", ["a value", "a clock that is ahead", "another network"])
async def test_the_token_of_a_refused_call_bears_no_other_body(office: Office, refusal: str) -> None:
    # Token and body are not tied together: whoever saw the message would send another body with it.
    soon = office.town.clock.now() + timedelta(minutes=9)
    said = {"created": f"{soon:%Y-%m-%dT%H:%M:%SZ}"} if refusal == "a clock that is ahead" else {}
    token = office.signer.security(**said)
    bad = body("SubmitMachineryRequest", MACHINERY | ({"start": "nine"} if refusal == "a value" else {}))
    if refusal == "another network":
        await bind_to(office, "192.0.2.0/24")
    assert (await office.wire.post(envelope(bad, token))).code in {"invalid_field", "authentication_failed"}
    await bind_to(office)
    office.town.advance(minutes=5)
    assert (await office.wire.post(envelope(body("Ping"), token))).code == "replayed"


async def test_a_short_nonce_is_refused(office: Office) -> None:
    answer = await pinged(office, nonce=b64encode(b"x" * 15).decode())
    assert (answer.fault.code, answer.fault.field) == ("authentication_failed", "Nonce")
    assert "۱۶" in answer.fault.message


async def test_tehrans_clock_sent_as_utc_is_named(office: Office) -> None:
    in_tehran = office.town.clock.now() + timedelta(hours=3, minutes=31)
    answer = await pinged(office, created=f"{in_tehran:%Y-%m-%dT%H:%M:%SZ}")
    assert (answer.fault.code, "تهران" in answer.fault.message) == ("authentication_failed", True)


async def test_an_office_that_loops_waits_and_leaves_the_others_their_answers(furnished_url: str) -> None:
    clock = StandingClock()
    async with open_town(furnished_url, clock) as town, serve_soap(town, call_rate=CallRate(3)) as wire:
        office = office_at(town, wire)
        assert [(await office.call("Ping")).code for _ in range(4)] == ["ok"] * 3 + ["too_many_requests"]
        waiting = office.signer.signed(body("Ping"))
        refused = (await wire.post(waiting)).fault
        assert (refused.field, "۱۰:۰۱" in refused.message) == ("officeCode", True)
        assert (await pinged(office, key="w" * 20)).code == "authentication_failed", "strangers learn nothing"
        assert (await office.calls_as_other("Ping")).code == "ok"
        town.advance(seconds=60)
        assert (await wire.post(waiting)).code == "ok", "the message was never taken"


async def test_a_replay_is_refused_by_another_process_and_after_a_restart(furnished_url: str) -> None:
    clock = StandingClock()
    async with open_town(furnished_url, clock) as one, serve_soap(one) as wire:
        signer = office_at(one, wire).signer
        messages = (signer.signed(body("Ping")), signer.signed(body("Ping", clerk="0499370898")))
        assert [(await wire.post(message)).code for message in messages] == ["ok", "invalid_field"]
        async with open_town(furnished_url, clock) as two, serve_soap(two) as other_wire:
            assert [(await other_wire.post(message)).code for message in messages] == ["replayed"] * 2
    async with open_town(furnished_url, clock) as later, serve_soap(later) as wire:
        assert [(await wire.post(message)).code for message in messages] == ["replayed"] * 2


async def test_what_another_nonce_proves_for_another_office_is_its_own(office: Office) -> None:
    nonce = b64encode(b"the same for both").decode()
    assert (await pinged(office, nonce=nonce)).code == "ok"
    other = office.other.signed(body("Ping", office="1002"), nonce=nonce)
    assert (await office.wire.post(other)).code == "ok"


@pytest.mark.parametrize(
    ("created", "code"),
    [
        ("2026-11-24T06:30:00Z", "ok"),
        ("2026-11-24T06:25:00Z", "ok"),
        ("2026-11-24T06:35:00.000Z", "ok"),
        ("2026-11-24T10:00:00+03:30", "ok"),
        ("2026-11-24T10:00:00.1234567+03:30", "ok"),
        ("2026-11-24T06:30:00.123456789012345678901234Z", "ok"),
        ("2026-11-24T06:30:00", "ok"),
        ("2026-11-23T16:30:00-14:00", "ok"),
        ("2026-11-24T06:24:59Z", "authentication_failed"),
        ("2026-11-24T06:35:01Z", "authentication_failed"),
        ("2026-11-24T10:00:00Z", "authentication_failed"),
        ("2026-11-24T06:30:00+03:30", "authentication_failed"),
        ("0001-01-01T00:00:00+14:00", "authentication_failed"),
        ("9999-12-31T23:59:59-14:00", "authentication_failed"),
        ("1405-09-03T10:00:00+03:30", "authentication_failed"),
        ("yesterday", "authentication_failed"),
        ("2026-11-24T06:30:00.Z.Z", "authentication_failed"),
        ("2026-11-24T06:30:00+99:99", "authentication_failed"),
        ("20261124", "authentication_failed"),
        ("۲۰۲۶-۱۱-۲۴T06:30:00Z", "authentication_failed"),
        ("", "authentication_failed"),
        ("2" * 300, "authentication_failed"),
    ],
)
async def test_when_a_token_was_made(office: Office, created: str, code: str) -> None:
    assert (await pinged(office, created=created)).code == code


@pytest.mark.parametrize(
    ("expires", "code"),
    [
        ("2026-11-24T06:35:00Z", "ok"),
        (" 2026-11-24T06:35:00Z\n", "ok"),
        ("2026-11-24T06:25:00Z", "ok"),
        ("9999-12-31T23:59:59Z", "ok"),
        ("9999-12-31T23:59:59-14:00", "ok"),
        ("", "ok"),
        ("2026-11-24T06:24:59Z", "authentication_failed"),
        ("0001-01-01T00:00:00+14:00", "authentication_failed"),
        ("soon", "authentication_failed"),
    ],
)
async def test_a_timestamp_beside_the_token_may_end(office: Office, expires: str, code: str) -> None:
    stamp = (
        f"<u:Timestamp><u:Created>{office.signer.created()}</u:Created><u:Expires>{expires}</u:Expires></u:Timestamp>"
    )
    assert (await with_header(office, office.signer.security(stamp, office.signer.token()))).code == code


def _headers(office: Office) -> dict[str, str]:
    signer = office.signer
    token = signer.token()
    other = f'<w:Security xmlns:w="{WSSE}" s:actor="urn:another:node"><w:UsernameToken/></w:Security>'
    signature = '<d:Signature xmlns:d="http://www.w3.org/2000/09/xmldsig#"><d:SignedInfo/></d:Signature>'
    return {
        "none": "",
        "empty": signer.security(" "),
        "two tokens": signer.security(signer.token(), signer.token()),
        "two headers": signer.security() + signer.security(),
        "a signature": signer.security(signer.token(), signature),
        "no password": signer.security(token.replace("<w:Password", "<w:Nothing").replace("/w:Password", "/w:Nothing")),
        "another kind": signer.security(token.replace("#PasswordDigest", "#PasswordMagic")),
        "no nonce": signer.security(signer.token(nonce="")),
        "nonce no base64": signer.security(signer.token(nonce="***")),
        "two user names": signer.security(token.replace("<w:Nonce", "<w:Username>office-1002</w:Username><w:Nonce")),
        "only another node's": other,
    }


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("none", "authentication_failed"),
        ("empty", "authentication_failed"),
        ("two tokens", "authentication_failed"),
        ("two headers", "invalid_field"),
        ("a signature", "authentication_failed"),
        ("no password", "authentication_failed"),
        ("another kind", "authentication_failed"),
        ("no nonce", "authentication_failed"),
        ("nonce no base64", "authentication_failed"),
        ("two user names", "authentication_failed"),
        ("only another node's", "authentication_failed"),
    ],
)
async def test_a_security_header_is_one_token_and_no_more(office: Office, name: str, code: str) -> None:
    assert (await with_header(office, _headers(office)[name])).code == code


async def test_the_header_of_another_node_is_left_alone(office: Office) -> None:
    assert (await with_header(office, office.signer.security() + _headers(office)["only another node's"])).code == "ok"


async def test_a_plain_password_is_taken_over_tls_alone(office: Office) -> None:
    async def plain(at: Office, **headers: str) -> Answer:
        return await at.wire.post(office.signer.signed(body("Ping"), kind="PasswordText"), **headers)

    for headers in ({}, HTTPS):
        refused = (await plain(office, **headers)).fault
        assert (refused.code, "PasswordText" in refused.message) == ("authentication_failed", True)
    async with serve_soap(office.town, LOOPBACK) as wire:
        behind = office_at(office.town, wire)
        assert (await plain(behind, **HTTPS)).code == "ok"
        assert (await plain(behind)).code == "authentication_failed"
        assert (await plain(behind, **HTTPS | {"X_Forwarded_Proto": "http"})).code == "authentication_failed"
    async with serve_soap(office.town, (ip_network("10.0.0.0/8"),)) as wire:
        assert (await plain(office_at(office.town, wire), **HTTPS)).code == "authentication_failed"


@pytest.mark.parametrize(
    ("networks", "source", "code"),
    [
        (["127.0.0.1"], "", "ok"),
        (["10.0.0.0/8"], "", "authentication_failed"),
        (["5.6.7.0/24"], "5.6.7.8", "ok"),
        (["5.6.7.0/24"], "::ffff:5.6.7.8", "ok"),
        (["5.6.7.0/24"], "1.1.1.1, 5.6.7.8", "ok"),
        (["1.1.1.1"], "1.1.1.1, 5.6.7.8", "authentication_failed"),
        (["2001:db8::/32"], "2001:db8::5", "ok"),
        (["2001:db8::/32"], "5.6.7.8", "authentication_failed"),
    ],
)
async def test_an_office_may_be_bound_to_its_networks(
    office: Office, networks: list[str], source: str, code: str
) -> None:
    async with office.town.store.open_unit() as uow:
        await accounts.allow_networks(ActorContext(office.town.desk, uow, SYSTEM), "1001", networks)
    async with serve_soap(office.town, LOOPBACK) as wire:
        answer = await wire.post(office.signer.signed(body("Ping")), X_Forwarded_For=source)
        assert answer.code == code


async def test_wrong_keys_lock_an_address_out_for_a_while(office: Office) -> None:
    async with serve_soap(office.town, LOOPBACK) as wire:

        async def told(source: str) -> str:
            answer = await wire.post(office.signer.signed(body("Ping"), key="w" * 20), X_Forwarded_For=source)
            return answer.fault.message

        assert len({await told("5.6.7.8") for _ in range(10)}) == 1
        assert "یک ربع" in await told("5.6.7.8")
        assert "یک ربع" not in await told("5.6.7.9")
        other = await wire.post(office.other.signed(body("Ping", office="1002")), X_Forwarded_For="5.6.7.8")
        assert other.code == "ok"
        office.town.advance(minutes=14, seconds=59)
        assert "یک ربع" in await told("5.6.7.8")
        office.town.advance(seconds=1)
        assert "یک ربع" not in await told("5.6.7.8")
    assert len(office.audited("office_locked")) == 1


async def test_a_desk_with_a_wrong_key_does_not_lock_the_one_beside_it_out(office: Office) -> None:
    for _ in range(11):
        assert (await pinged(office, key="w" * 20)).code == "authentication_failed"
    assert len(office.audited("office_locked")) == 1
    assert (await pinged(office)).code == "ok", "another desk behind the same address"
    assert [json.loads(detail)["address"] for _, detail in office.audited("office_unlocked")] == ["127.0.0.1"]
    assert "یک ربع" not in (await pinged(office, key="w" * 20)).fault.message


async def test_the_right_key_from_another_network_locks_nobody_out(office: Office) -> None:
    async with office.town.store.open_unit() as uow:
        await accounts.allow_networks(ActorContext(office.town.desk, uow, SYSTEM), "1001", ["10.0.0.0/8"])
    told = {(await pinged(office)).fault.message for _ in range(12)}
    assert len(told) == 1
    assert "نشانی شبکه" in told.pop()
    assert office.audited("office_locked") == []


@pytest.mark.parametrize("good", [body("Ping"), body("GetRequest", {"trackingCode": "123456780"})])
async def test_a_right_key_resets_the_count(office: Office, good: str) -> None:
    """Also that of a call which is refused for something else."""
    for _ in range(3):
        for _ in range(9):
            assert (await pinged(office, key="w" * 20)).code == "authentication_failed"
        assert (await office.wire.post(office.signer.signed(good))).code != "authentication_failed"
    assert office.audited("office_locked") == []


async def test_an_operator_who_lets_an_office_call_again_forgets_the_count(office: Office) -> None:
    for attempts in (9, 10):
        for _ in range(attempts):
            await pinged(office, key="w" * 20)
        async with office.town.store.open_unit() as uow:
            await accounts.set_office_active(ActorContext(office.town.desk, uow, SYSTEM), "1001", active=True)
        assert "یک ربع" not in (await pinged(office, key="w" * 20)).fault.message
        counted = "SELECT count FROM hits WHERE key LIKE 'counter|office-1001|%'"
        assert office.town.rows(counted) == [(1,)]
        assert (await pinged(office)).code == "ok"
        assert office.town.rows(counted) == []
    assert len(office.audited("office_locked")) == 1


async def test_wrong_keys_that_are_far_apart_lock_nobody_out(office: Office) -> None:
    for _ in range(12):
        assert (await pinged(office, key="w" * 20)).code == "authentication_failed"
        office.town.advance(minutes=3)
    assert (await pinged(office)).code == "ok"


async def test_every_refusal_is_recorded(office: Office) -> None:
    replayed = office.signer.signed(body("Ping"))
    await office.wire.post(replayed)
    await office.wire.post(replayed)
    await with_header(office, "")
    await pinged(office, username="office-9999")
    await pinged(office, key="w" * 20)
    await pinged(office, created="2026-11-24T16:30:00Z")
    await office.call("Ping", office="1002")
    found = [(actor, json.loads(detail)["error"].split(":")[0]) for actor, detail in office.audited()]
    assert found == [
        ("office:office-1001", "replayed"),
        ("office:", "authentication_failed"),
        ("office:office-9999", "authentication_failed"),
        ("office:office-1001", "authentication_failed"),
        ("office:office-1001", "authentication_failed"),
        ("office:office-1001", "forbidden"),
    ]
    detail = json.loads(office.audited()[0][1])
    assert (detail["address"], detail["operation"]) == ("127.0.0.1", "Ping")


async def test_alike_refusals_are_recorded_together(office: Office) -> None:
    for seconds in range(12):
        await pinged(office, key="w" * 20)
        await pinged(office, username=f"nobody-{seconds}")
        office.town.advance(seconds=1)
    found = office.town.rows("SELECT actor, times FROM audit WHERE what = 'counter_refused' ORDER BY id")
    told = [(actor, times) for actor, times in found]
    assert [times for actor, times in told if actor == "office:office-1001"] == [10, 2]
    assert sum(times for _, times in told) == 24
    assert len(told) == 14, "wrong keys, the same when locked out, and twelve names"


async def test_an_office_that_is_switched_off_is_nobody(office: Office) -> None:
    async with office.town.store.open_unit() as uow:
        await accounts.set_office_active(ActorContext(office.town.desk, uow, SYSTEM), "1001", active=False)
    switched_off, unknown = (await pinged(office)).fault, (await pinged(office, username="nobody")).fault
    assert switched_off == unknown


async def test_the_office_code_is_the_callers_own(office: Office) -> None:
    for code in ("1002", "9999", "10011"):
        fault = (await office.call("SubmitMachineryRequest", MACHINERY, office=code)).fault
        assert (fault.code, fault.field) == ("forbidden", "officeCode")
    assert office.count("requests") == 0


async def test_the_letter_case_of_a_code_does_not_matter(office: Office) -> None:
    async with office.town.store.open_unit() as uow:
        _, key = await accounts.add_office(
            ActorContext(office.town.desk, uow, SYSTEM), VAULT, "Ab-7", "دفتر شرق", key="z" * 20
        )
    for code in ("Ab-7", "AB-7", "ab-7"):
        answer = await office.wire.post(
            office.signer.signed(body("Ping", office=code), username="office-ab-7", key=key)
        )
        assert answer.text("office") == "دفتر شرق"


@pytest.mark.parametrize("clerk", ["0499370898", "1111111111", "12345678"])
async def test_a_clerks_national_code_is_checked(office: Office, clerk: str) -> None:
    fault = (await office.call("Ping", clerk=clerk)).fault
    assert (fault.code, fault.field) == ("invalid_field", "clerkNationalCode")
