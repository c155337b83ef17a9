"""Slips on paper at the counter: one bad thing at a time, offline, and as often as shown."""

from collections.abc import Callable
from datetime import date, timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
import qrcode
from msgspec.structs import replace

from keys.signing_key import new_signing_key
from schemas.base45 import ALPHABET, base45_decode, base45_encode
from schemas.divisions import county
from schemas.errors import InputError
from schemas.paper_slip import END, PREFIX, pack_slip
from schemas.presentation_qr import pack
from schemas.sd_jwt import parse_sd_jwt
from verifier.checks import PAPER, STANDING
from verifier.errors import AuthenticityError, PermitNotNeededError
from verifier.paper_slips import read_slip
from verifier.sentences import describe, tell
from verifier.service_items import load_items
from verifier.verdict import Failed, Passed, Verdict
from verifier.verify import Counter

ITEMS = load_items()
LOOK = ITEMS["identity_look"]
LUCHENG, PINGYANG = Counter(county("330302")), Counter(county("330326"))
NAME_AND_TAIL = {"name": "买买提·示范", "citizen_id_tail": "0007"}


async def scan(counters: Any, text: str, **changes: Any) -> Verdict:
    verdict: Verdict = await counters.verifier.check_code(
        text,
        counter=changes.get("counter", LUCHENG),
        item=changes.get("item", LOOK),
        now=counters.world.now + timedelta(seconds=changes.get("seconds", 0)),
    )
    return verdict


async def test_a_good_slip(counters: Any) -> None:
    verdict = await scan(counters, pack_slip(counters.world.slip()))

    assert (verdict.kind, verdict.reason, verdict.on_paper) == ("accepted", None, True)
    assert [finding.check for finding in verdict.findings] == [*PAPER, *STANDING]
    assert all(isinstance(finding.result, Passed) for finding in verdict.findings)
    assert verdict.claims == NAME_AND_TAIL
    assert verdict.permit_county == LUCHENG.county
    assert "身份证" in describe("paper", verdict.findings[1].result, "zh")
    assert "ID card" in tell(verdict, "en")


async def test_a_slip_may_be_shown_again(counters: Any) -> None:
    text = pack_slip(counters.world.slip())

    verdicts = [await scan(counters, text, seconds=seconds) for seconds in (0, 0, 3600)]

    assert [verdict.kind for verdict in verdicts] == ["accepted"] * 3
    assert all(f.check != "replay" for verdict in verdicts for f in verdict.findings)


async def test_a_slip_is_accepted_with_the_network_cut(counters: Any, new_counters: Any) -> None:
    await scan(counters, pack_slip(counters.world.slip()))
    again = new_counters()
    again.web.answers.clear()

    verdict = await scan(again, pack_slip(again.world.slip()), seconds=30)

    assert (verdict.kind, verdict.status_age_s) == ("accepted", 40)


async def test_the_comparison_is_possible_whatever_the_item_asks(counters: Any) -> None:
    text = pack_slip(counters.world.slip())

    for item in (ITEMS["status_only"], ITEMS["library_card"]):
        assert (await scan(counters, text, item=item)).claims == NAME_AND_TAIL


@pytest.mark.parametrize(
    ("claims", "missing"),
    [
        (("name", "residence_address", "permit_number"), ()),
        (("name", "citizen_id_number"), ("citizen_id_number",)),
        (("portrait", "birthdate"), ("portrait", "birthdate")),
    ],
)
async def test_what_a_slip_does_not_carry_it_cannot_prove(
    counters: Any, claims: tuple[str, ...], missing: tuple[str, ...]
) -> None:
    item = replace(LOOK, claims=claims)

    verdict = await scan(counters, pack_slip(counters.world.slip()), item=item)

    assert verdict.kind == ("cannot_say" if missing else "accepted")
    assert verdict.reason == ("not_on_slip" if missing else None)
    assert set(claims) - set(missing) <= set(verdict.claims)
    if missing:
        assert verdict.findings[-1].result.params == {"missing": missing}  # type: ignore[union-attr]


async def test_an_address_that_was_too_long_for_the_code(counters: Any) -> None:
    text = pack_slip(counters.world.slip(residence_address=None))

    verdict = await scan(counters, text, item=replace(LOOK, claims=("residence_address",)))

    assert (verdict.kind, verdict.reason) == ("cannot_say", "not_on_slip")


Make = Callable[[Any], str]


def forged(world: Any) -> str:
    forger = new_signing_key()
    forger.chain = world.lucheng.credential_key.chain
    token: str = world.slip(key=forger)
    return token


REFUSED: list[tuple[str, str, Make]] = [
    ("forged_credential", "signature", forged),
    ("unknown_issuer", "signature", lambda w: w.slip(iss="https://evil.example")),
    ("bad_credential", "signature", lambda w: w.slip(typ="JWT")),
    ("bad_credential", "signature", lambda w: parse_sd_jwt(w.issue()).issuer_jwt),
    ("invalid_slip", "signature", lambda w: w.slip(kind="phone")),
    ("untrusted_certificate", "signature", lambda w: w.slip(key=w.pingyang.credential_key)),
    ("lapsed", "endorsement", lambda w: w.slip(usable_through=date(2026, 11, 24))),
    ("expiry_disagrees", "validity", lambda w: w.slip(exp=2**32)),
    ("expired", "validity", lambda w: w.slip(exp=1_795_000_000)),
    ("not_yet_valid", "validity", lambda w: w.slip(iat=int(w.now.timestamp()) + 61)),
    ("issuer_may_not_permit", "jurisdiction", lambda w: w.slip(jurisdiction="330326")),
    ("out_of_area", "jurisdiction", lambda w: w.slip(w.pingyang)),
    ("status_out_of_range", "revocation", lambda w: w.slip(status=place_of(w, 1 << 14))),
]


def place_of(world: Any, idx: int) -> dict[str, Any]:
    return {"status_list": {"idx": idx, "uri": world.lucheng.status_uri}}


@pytest.mark.parametrize(("reason", "check", "make"), REFUSED)
async def test_one_thing_is_wrong(counters: Any, reason: str, check: str, make: Make) -> None:
    verdict = await scan(counters, pack_slip(make(counters.world)))

    assert (verdict.kind, verdict.reason, verdict.on_paper) == ("refused", reason, True)
    first = next(f for f in verdict.findings if isinstance(f.result, Failed))
    assert first.check == check
    if check == "signature":
        assert (verdict.claims, verdict.permit_county) == ({}, None)
        assert "/330302/status/1" not in counters.web.requests, "a forger chose what we fetch"


@pytest.mark.parametrize(("value", "reason"), [(1, "revoked"), (2, "suspended"), (3, "status_not")])
async def test_what_befell_the_permit_befalls_the_slip(
    counters: Any, value: int, reason: str
) -> None:
    counters.publish({4711: value})

    verdict = await scan(counters, pack_slip(counters.world.slip()))

    assert verdict.kind == "refused"
    assert str(verdict.reason).startswith(reason)


async def test_a_slip_holds_on_its_last_day_and_not_a_second_longer(counters: Any) -> None:
    """The endorsement's end, at midnight in Shanghai."""
    text = pack_slip(counters.world.slip(usable_through=date(2026, 11, 25)))
    to_midnight = (12 * 3600) - 1

    assert (await scan(counters, text, seconds=to_midnight)).kind == "accepted"
    assert (await scan(counters, text, seconds=to_midnight + 1)).reason == "lapsed"


async def test_no_list_is_fetched_for_a_slip_that_has_ended(counters: Any) -> None:
    """[TSL §8.3]: nothing it could say would make the slip good."""
    verdict = await scan(
        counters, pack_slip(counters.world.slip(usable_through=date(2026, 11, 24)))
    )

    assert verdict.reason == "lapsed"
    assert counters.web.requests == ["/trust-list"]


@pytest.mark.parametrize(
    ("text", "kind", "reason"),
    [
        ("ZJP1:", "cannot_say", "cut_off"),
        ("ZJP1::", "cannot_say", "unreadable_code"),
        ("ZJP1:ABC:", "cannot_say", "unreadable_code"),
        ("ZJP2:ABC:", "cannot_say", "unsupported_version"),
        ("ZJP1:" + "A" * 5000 + ":", "cannot_say", "unreadable_code"),
        ("ZJPX:ABC:", "refused", "foreign_code"),
    ],
)
async def test_what_is_not_a_slips_code(counters: Any, text: str, kind: str, reason: str) -> None:
    verdict = await scan(counters, text)

    assert (verdict.kind, verdict.reason) == (kind, reason)
    assert [finding.check for finding in verdict.findings] == ["code"]
    assert verdict.on_paper == (reason != "foreign_code")


async def test_a_slip_under_a_certificate_nobody_listed(counters: Any) -> None:
    strange = type(counters.world)(base_url=counters.world.base_url)

    verdict = await scan(counters, pack_slip(strange.slip()))

    assert (verdict.kind, verdict.reason) == ("refused", "unknown_certificate")


async def test_neither_code_passes_for_the_other(counters: Any) -> None:
    """A permit in a slip's wrapping, and a slip in a permit's."""
    permit = parse_sd_jwt(counters.world.issue()).issuer_jwt
    as_slip = await scan(counters, pack_slip(permit))
    as_permit = await scan(counters, pack(counters.world.slip() + "~"))

    assert (as_slip.kind, as_slip.reason) == ("refused", "bad_credential")
    assert (as_permit.kind, as_permit.reason) == ("refused", "bad_credential")


async def test_without_a_trust_list_nobody_is_believed(counters: Any) -> None:
    counters.web.answers.pop("/trust-list")

    verdict = await scan(counters, pack_slip(counters.world.slip()))

    assert (verdict.kind, verdict.reason) == ("cannot_say", "trust_list_unavailable")
    assert verdict.on_paper


async def test_a_picture_of_a_slip(counters: Any) -> None:
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_Q, box_size=4)
    code.add_data(pack_slip(counters.world.slip()))
    stream = BytesIO()
    code.make_image().save(stream)

    verdict = await counters.verifier.check_picture(
        stream.getvalue(), counter=LUCHENG, item=LOOK, now=counters.world.now
    )

    assert (verdict.kind, verdict.on_paper) == ("accepted", True)


async def test_elsewhere_it_tells_where_it_works(counters: Any) -> None:
    verdict = await scan(counters, pack_slip(counters.world.slip()), counter=PINGYANG)

    assert verdict.reason == "out_of_area"
    assert "鹿城区" in tell(verdict, "zh")


async def test_a_counter_that_may_not_ask_reads_no_slip(counters: Any) -> None:
    with pytest.raises(PermitNotNeededError):
        await scan(counters, pack_slip(counters.world.slip()), item=ITEMS["driving_licence"])
    assert counters.web.requests == []


REFUSALS = (InputError, AuthenticityError)


def test_no_changed_byte_of_the_code_is_believed(world: Any) -> None:
    text, trust_list = pack_slip(world.slip()), world.trust_list()
    data = base45_decode(text[len(PREFIX) : -len(END)])

    for at in range(len(data)):
        for mask in (1, 0x80, 0xFF):
            changed = data[:at] + bytes((data[at] ^ mask,)) + data[at + 1 :]
            code = PREFIX + base45_encode(changed) + END
            with pytest.raises(REFUSALS):
                read_slip(code, trust_list=trust_list, now=world.now)


def test_nor_where_the_check_bytes_were_made_to_fit(world: Any) -> None:
    """A forger can do that; then it is the signature that says no, or nothing was changed."""
    token, trust_list = world.slip(), world.trust_list()
    text = pack_slip(token)
    data = base45_decode(text[len(PREFIX) : -len(END)])[4:]
    sound = read_slip(text, trust_list=trust_list, now=world.now)

    for at in range(len(data)):
        changed = data[:at] + bytes((data[at] ^ 1,)) + data[at + 1 :]
        code = PREFIX + base45_encode(sha256(changed).digest()[:4] + changed) + END
        try:
            assert read_slip(code, trust_list=trust_list, now=world.now) == sound
        except REFUSALS:
            continue


def test_no_changed_character_of_the_code_is_believed(world: Any) -> None:
    text, trust_list = pack_slip(world.slip()), world.trust_list()

    for at, character in enumerate(text):
        other = ALPHABET[(ALPHABET.index(character) + 7) % len(ALPHABET)]
        with pytest.raises(REFUSALS):
            read_slip(text[:at] + other + text[at + 1 :], trust_list=trust_list, now=world.now)
