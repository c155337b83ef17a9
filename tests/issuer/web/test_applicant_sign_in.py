"""The door: who may come in, how often it is tried, and what is said before it is."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from issuer.attempt_limit import AttemptLimit, TooManyAttemptsError
from issuer.errors import IdentityCheckError
from issuer.identity_check import SimulatedIdentityCheck
from issuer.web.applicant_session import Purpose
from issuer.web.applicant_sign_in import IdentityGate, purpose_of
from keys.one_time import MemoryOneTimeStore
from tests.issuer.web.portal_visitor import LIN, Portal, portal


@pytest.fixture
async def visitor(tmp_path: Path, keys_dir: Path) -> AsyncIterator[Portal]:
    async with portal(tmp_path, keys_dir) as opened:
        yield opened


async def test_the_start_page_has_three_doors_and_begins_no_session(visitor: Portal) -> None:
    await visitor.get("/")

    for door in ("/apply", "/progress", "/apply?kind=endorsement"):
        assert f'class="door" href="{door}"' in visitor.page
    assert "session" not in visitor.http.cookies


async def test_the_purpose_is_said_and_leads_back(visitor: Portal) -> None:
    await visitor.get("/progress")

    assert visitor.address == "/sign-in"
    assert "To see your applications and permits" in visitor.text
    assert "simulated" in visitor.text
    assert "Nobody has to have their face checked" in visitor.text
    await visitor.post(
        "/sign-in", citizen_id_number=LIN.lower(), purpose="progress", next=visitor.hidden("next")
    )
    assert visitor.address == "/progress"


async def test_nobody_is_sent_to_another_site(visitor: Portal) -> None:
    for elsewhere in ("//evil.example", "https://evil.example/", "/\\evil.example", "\t//evil"):
        await visitor.get("/sign-in")
        await visitor.post("/sign-in", citizen_id_number=LIN, next=elsewhere)

        assert visitor.address == "/apply", elsewhere
        await visitor.post("/sign-out")


async def test_another_site_signs_nobody_in(visitor: Portal) -> None:
    await visitor.get("/sign-in")
    visitor.http.headers["sec-fetch-site"] = "cross-site"
    answer = await visitor.post("/sign-in", citizen_id_number=LIN)

    assert answer.status_code == 403
    assert "session" not in visitor.http.cookies


async def test_a_check_that_is_not_passed_is_told_without_saying_why(visitor: Portal) -> None:
    await visitor.get("/sign-in")
    answers = [await visitor.post("/sign-in", citizen_id_number="x" * 18) for _ in range(4)]

    assert [answer.status_code for answer in answers] == [403, 403, 403, 429]
    assert "identity_check_failed" in answers[0].text
    assert "identity_check_locked" in answers[3].text
    assert "session" not in visitor.http.cookies


async def test_signing_out_ends_the_session_for_good(visitor: Portal) -> None:
    await visitor.sign_in(LIN)
    held = visitor.http.cookies["session"]
    await visitor.post("/sign-out")
    visitor.http.cookies.set("session", held)
    await visitor.get("/apply")

    assert visitor.address == "/sign-in"


async def test_outside_demonstrations_nobody_is_offered_and_nobody_passes(
    tmp_path: Path, keys_dir: Path
) -> None:
    async with portal(tmp_path, keys_dir, allow_demo_ids=False) as visitor:
        await visitor.get("/sign-in")
        assert LIN not in visitor.page
        assert "DEMO" not in visitor.page
        answer = await visitor.post("/sign-in", citizen_id_number=LIN)

    assert answer.status_code == 403


async def test_every_try_counts_by_person_and_by_place() -> None:
    store = MemoryOneTimeStore()
    gate = IdentityGate(
        check=SimulatedIdentityCheck({}),
        counted=SimulatedIdentityCheck({}),
        by_source=AttemptLimit(store, "source", tries=3, window_s=60),
        by_person=AttemptLimit(store, "person", tries=2, window_s=60),
    )
    for subject, source, error in (
        ("a", "here", IdentityCheckError),
        (" a ", "here", IdentityCheckError),  # the same, spelled otherwise
        ("a", "there", TooManyAttemptsError),  # the person's tries are used up
        ("b", "here", IdentityCheckError),
        ("c", "here", TooManyAttemptsError),  # the place's tries are used up
    ):
        with pytest.raises(error):
            await gate.verify(subject, Purpose.APPLY, source)


@pytest.mark.parametrize(
    ("text", "purpose"),
    [
        pytest.param("collect", Purpose.COLLECT, id="known"),
        pytest.param("", Purpose.APPLY, id="none"),
        pytest.param("<script>", Purpose.APPLY, id="made up"),
    ],
)
def test_a_purpose_is_one_of_three(text: str, purpose: Purpose) -> None:
    assert purpose_of(text) is purpose
