"""The verifier: what it fetches and when, codes and pictures, and codes seen before."""

import asyncio
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
import qrcode
from PIL import Image

from keys.errors import TrustError
from keys.one_time import MemoryOneTimeStore
from schemas.divisions import county
from schemas.presentation_qr import pack
from verifier.checks.freshness import ExpectedBinding
from verifier.errors import PermitNotNeededError
from verifier.qr_reader import NotAPictureError
from verifier.service_items import load_items
from verifier.verdict import Verdict
from verifier.verify import Counter, Verifier

ITEMS = load_items()
LOOK, DRIVING = ITEMS["identity_look"], ITEMS["driving_licence"]
LUCHENG = Counter(county("330302"))
NONCE = "n" * 22
CLIENT = "x509_hash:Uvo3HtuIxuhC92rShpgqcT3YXwrqRxWEviRiA0OZszk"
LIST, STATUS = "/trust-list", "/330302/status/1"


async def scan(counters: Any, text: str, *, item: Any = LOOK, seconds: float = 0) -> Verdict:
    verdict: Verdict = await counters.verifier.check_code(
        text, counter=LUCHENG, item=item, now=counters.world.now + timedelta(seconds=seconds)
    )
    return verdict


async def answered(counters: Any, presentation: str, **changes: Any) -> Verdict:
    verdict: Verdict = await counters.verifier.verify_presentation(
        presentation,
        expected=ExpectedBinding(CLIENT, NONCE),
        counter=LUCHENG,
        item=changes.get("item", LOOK),
        now=counters.world.now,
    )
    return verdict


async def test_an_answer_to_our_request(counters: Any) -> None:
    presentation = counters.world.present(aud=CLIENT, nonce=NONCE)

    verdict = await answered(counters, presentation)

    assert (verdict.kind, verdict.reason) == ("accepted", None)
    assert counters.web.requests == [LIST, STATUS]


async def test_a_code_made_for_counters_is_no_answer_to_a_request(counters: Any) -> None:
    assert (await answered(counters, counters.world.present())).reason == "wrong_audience"


async def test_an_answer_to_a_request_is_no_code(counters: Any) -> None:
    code = pack(counters.world.present(aud=CLIENT, nonce=NONCE))

    assert (await scan(counters, code)).reason == "wrong_audience"


async def test_a_code_is_accepted_with_the_network_cut(counters: Any, new_counters: Any) -> None:
    await scan(counters, pack(counters.world.present()))
    again = new_counters()
    again.web.answers.clear()

    verdict = await scan(again, pack(again.world.present()), seconds=30)

    assert verdict.kind == "accepted"
    assert verdict.status_age_s == 40
    assert [finding.check for finding in verdict.findings][-1] == "replay"


async def test_the_same_code_twice(counters: Any) -> None:
    code = pack(counters.world.present())
    first, second = await scan(counters, code), await scan(counters, code, seconds=1)

    assert first.kind == "accepted"
    assert (second.kind, second.reason, second.claims) == ("refused", "replayed", {})
    assert second.permit_county is None


async def test_of_many_at_once_one_is_accepted(counters: Any) -> None:
    code = pack(counters.world.present())

    verdicts = await asyncio.gather(*(scan(counters, code) for _ in range(10)))

    assert sorted(verdict.kind for verdict in verdicts) == ["accepted"] + ["refused"] * 9


async def test_a_code_that_was_not_accepted_is_not_spent(counters: Any) -> None:
    """Shown at a counter where something was amiss, then where it is not."""
    code = pack(counters.world.present())
    refused = await counters.verifier.check_code(
        code, counter=Counter(county("330326")), item=LOOK, now=counters.world.now
    )

    assert refused.reason == "out_of_area"
    assert (await scan(counters, code)).kind == "accepted"


async def test_another_group_has_its_own_memory(counters: Any) -> None:
    """What replay detection cannot stop, on record: see the head of verify.py."""
    code = pack(counters.world.present())
    store = MemoryOneTimeStore()

    def group(name: str) -> Verifier:
        return Verifier(
            trust=counters.trust, statuses=counters.statuses, used_codes=store, group=name
        )

    kinds = [
        (await verifier.check_code(code, counter=LUCHENG, item=LOOK, now=counters.world.now)).kind
        for verifier in (group("a"), group("a"), group("b"))
    ]

    assert kinds == ["accepted", "refused", "accepted"]


async def test_without_the_store_nothing_is_accepted(counters: Any) -> None:
    full = Verifier(
        trust=counters.trust,
        statuses=counters.statuses,
        used_codes=MemoryOneTimeStore(max_entries=0),
        group="test",
    )
    with pytest.raises(TrustError, match="one-time"):
        await full.check_code(
            pack(counters.world.present()), counter=LUCHENG, item=LOOK, now=counters.world.now
        )


async def test_a_code_grows_old(counters: Any) -> None:
    code = pack(counters.world.present())

    assert (await scan(counters, code, seconds=61)).reason == "too_old"
    assert (await scan(counters, code, seconds=60)).kind == "accepted"


@pytest.mark.parametrize(
    ("text", "kind", "reason"),
    [
        ("https://example.org/menu", "refused", "foreign_code"),
        ("", "refused", "foreign_code"),
        ("ZJ2:ABC:", "cannot_say", "unsupported_version"),
        ("ZJ1:ABC", "cannot_say", "cut_off"),
        ("zj1:abc\r\n", "cannot_say", "cut_off"),
        ("ZJ1::", "cannot_say", "unreadable_code"),
    ],
)
async def test_what_is_not_a_permits_code(counters: Any, text: str, kind: str, reason: str) -> None:
    verdict = await scan(counters, text)

    assert (verdict.kind, verdict.reason) == (kind, reason)
    assert [finding.check for finding in verdict.findings] == ["code"]


async def test_a_code_under_a_certificate_nobody_listed(counters: Any) -> None:
    """A province of the forger's own: its code names a certificate we do not hold."""
    strange = type(counters.world)(base_url=counters.world.base_url)

    verdict = await scan(counters, pack(strange.present()))

    assert (verdict.kind, verdict.reason) == ("refused", "unknown_certificate")
    assert STATUS not in counters.web.requests


def picture(text: str) -> bytes:
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=4)
    code.add_data(text)
    code.make()
    stream = BytesIO()
    code.make_image().save(stream)
    return stream.getvalue()


async def look(counters: Any, data: bytes, item: Any = LOOK) -> Verdict:
    verdict: Verdict = await counters.verifier.check_picture(
        data, counter=LUCHENG, item=item, now=counters.world.now
    )
    return verdict


async def test_a_picture_of_a_code(counters: Any) -> None:
    verdict = await look(counters, picture(pack(counters.world.present())))

    assert verdict.kind == "accepted"


async def test_a_picture_without_a_code(counters: Any) -> None:
    stream = BytesIO()
    Image.new("L", (200, 200), 255).save(stream, "PNG")

    verdict = await look(counters, stream.getvalue())

    assert (verdict.kind, verdict.reason) == ("cannot_say", "no_code_found")


async def test_what_is_no_picture(counters: Any) -> None:
    with pytest.raises(NotAPictureError):
        await look(counters, b"%PDF-1.7")


async def test_a_counter_that_may_not_ask_reads_nothing(counters: Any) -> None:
    code = pack(counters.world.present())

    for asking in (
        scan(counters, code, item=DRIVING),
        answered(counters, "rubbish", item=DRIVING),
        look(counters, b"rubbish", item=DRIVING),
    ):
        with pytest.raises(PermitNotNeededError):
            await asking
    assert counters.web.requests == []


async def test_vp_52_no_list_is_fetched_for_what_is_not_authentic(counters: Any) -> None:
    sound = counters.world.present(aud=CLIENT, nonce=NONCE)
    head, _, signature = sound.rpartition(".")
    forged = f"{head}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"

    for presentation in (forged, counters.world.present(), "rubbish"):
        assert (await answered(counters, presentation)).kind == "refused"
    assert counters.web.requests == [LIST]


async def test_no_list_is_fetched_for_an_expired_permit(counters: Any) -> None:
    """[TSL §8.3]: nothing it could say would make the permit good."""
    world = counters.world
    lapsed = world.issue(visible=world.visible(usable_through=date(2026, 11, 23)))

    verdict = await scan(counters, pack(world.present(lapsed)))

    assert (verdict.kind, verdict.reason) == ("refused", "lapsed")
    assert counters.web.requests == [LIST]


async def test_of_an_expired_permit_a_revocation_already_known_is_told(counters: Any) -> None:
    world = counters.world
    counters.publish({4711: 1})
    await scan(counters, pack(world.present()))
    lapsed = world.issue(visible=world.visible(usable_through=date(2026, 11, 23)))

    assert (await scan(counters, pack(world.present(lapsed)))).reason == "revoked"


async def test_vp_61_status_down_is_cannot_say_and_the_code_stays_good(counters: Any) -> None:
    counters.web.answers.pop(STATUS)
    code = pack(counters.world.present())

    verdict = await scan(counters, code)
    assert (verdict.kind, verdict.reason) == ("cannot_say", "status_unavailable")

    counters.publish()
    assert (await scan(counters, code, seconds=10)).kind == "accepted"


async def test_vp_63_a_revocation_reaches_a_permit_that_was_accepted_before(counters: Any) -> None:
    world = counters.world
    assert (await scan(counters, pack(world.present()))).kind == "accepted"
    counters.publish({4711: 1})

    # The list's time to live is a minute; from then on nobody is accepted on the old one.
    assert (await scan(counters, pack(world.present()), seconds=60)).reason == "revoked"


async def test_without_a_trust_list_nobody_is_believed(counters: Any) -> None:
    counters.web.answers.pop(LIST)

    for verdict in (
        await scan(counters, pack(counters.world.present())),
        await answered(counters, counters.world.present(aud=CLIENT, nonce=NONCE)),
    ):
        assert (verdict.kind, verdict.reason) == ("cannot_say", "trust_list_unavailable")
        assert verdict.claims == {}
