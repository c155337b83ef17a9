"""The audit log at the desk: for auditors of the county alone, and each look leaves its trace."""

from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import text

from issuer.audit_export import check_export
from issuer.storage_sql import SqlIssuerStorage
from issuer.web.audit_pages import in_chunks
from keys.certificates import certificate_from_pem
from tests.issuer.web.desk_scene import LIN, LUCHENG, PINGYANG, Scene, desk_scene


@pytest.fixture
async def scene(tmp_path: Path, keys_dir: Path) -> AsyncIterator[Scene]:
    async with desk_scene(tmp_path, keys_dir) as opened:
        yield opened


def damage(folder: Path, change: str, sequence: int) -> None:
    storage = SqlIssuerStorage(f"sqlite:///{folder}/register.sqlite")
    with storage._writer.begin() as connection:
        connection.execute(
            text(
                f"UPDATE audit_entries SET {change} WHERE county = '330302' AND sequence = :n"  # noqa: S608
            ),
            {"n": sequence},
        )
    storage.close()


async def test_the_log_is_read_and_the_look_written_down(scene: Scene) -> None:
    await scene.sign_in("zhao-7")
    await scene.get("/desk/audit")

    assert "Suspended by order" in scene.text
    assert "核查中" in scene.text
    assert "《居住证暂行条例》第十八条" in scene.text
    assert "li-3 (Approver" in scene.text
    assert f"/desk/permits/{scene.numbers.suspended}" in scene.links()
    assert scene.numbers.elsewhere not in scene.page
    assert scene.acts()[-1] == "look_at_audit"
    assert scene.acts(PINGYANG)[-1] != "look_at_audit"


async def test_it_is_narrowed_by_what_was_chosen(scene: Scene) -> None:
    await scene.sign_in("zhao-7")
    number = scene.numbers.suspended
    await scene.get(f"/desk/audit?subject={number[:8]}+{number[8:]}&act=suspend&actor=li-3")
    rows = scene.page.count('class="audit__entry"')
    with scene.storage.reading() as register:
        (_, last) = register.audit(LUCHENG)[-2:]

    assert rows == 1
    assert number in scene.page
    assert last.details == {"subject": number, "act": "suspend", "actor": "li-3"}
    await scene.get("/desk/audit?last_day=2000-01-01")
    assert "No entry fits" in scene.text


async def test_pages_follow_one_another_without_gap(scene: Scene) -> None:
    await scene.sign_in("zhao-7")
    for _ in range(60):
        await scene.get("/desk/audit?act=look_at_audit")
    await scene.get("/desk/audit?act=look_at_audit")
    first = scene.page.count('class="audit__entry"')
    (link,) = [link for link in scene.links() if "before=" in link]
    await scene.get(f"/desk/audit{link}")

    assert first == 50
    assert scene.page.count('class="audit__entry"') == 10


@pytest.mark.parametrize(
    "query",
    [
        pytest.param(f"?subject={LIN}", id="a citizen number"),
        pytest.param("?first_day=yesterday", id="no day"),
    ],
)
async def test_what_cannot_be_looked_for_is_said_on_the_page(scene: Scene, query: str) -> None:
    await scene.sign_in("zhao-7")
    answer = await scene.get(f"/desk/audit{query}")

    assert answer.status_code == 400
    assert "bad_criteria" in scene.text
    assert "audit__entry" not in scene.page
    with scene.storage.reading() as register:
        assert all(LIN not in entry.details.values() for entry in register.audit())


async def test_a_whole_chain_is_said_to_be_whole(scene: Scene) -> None:
    await scene.sign_in("zhao-7")
    await scene.get("/desk/audit")
    await scene.post("/desk/audit/verify")
    with scene.storage.reading() as register:
        last = register.last_audit(LUCHENG)

    assert last is not None
    assert last.act == "verify_audit"
    assert "The audit log is whole." in scene.text
    assert last.digest in scene.text
    await scene.post("/desk/audit/export")
    await scene.post("/desk/audit/verify")
    assert "1 of 1" in scene.text, "the export signed a head"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("actor = 'nobody'", id="who"),
        pytest.param("details = '{}'", id="why"),
        pytest.param("digest = 'x'", id="the digest"),
    ],
)
async def test_an_entry_that_was_altered_is_named(
    scene: Scene, tmp_path: Path, change: str
) -> None:
    with scene.storage.reading() as register:
        sequence = next(e.sequence for e in register.audit(LUCHENG) if e.act == "suspend")
    damage(tmp_path, change, sequence)
    await scene.sign_in("zhao-7")
    await scene.get("/desk/audit")
    await scene.post("/desk/audit/verify")

    assert "The audit log is NOT as it was written." in scene.text
    assert f"entry {sequence}" in scene.text


async def test_a_damaged_end_leaves_the_way_to_the_check(scene: Scene, tmp_path: Path) -> None:
    with scene.storage.reading() as register:
        last = register.last_audit(LUCHENG)
    assert last is not None
    damage(tmp_path, "details = '{ }'", last.sequence)
    await scene.sign_in("zhao-7")
    await scene.get("/desk/audit")
    assert "audit_log_broken" in scene.text
    assert 'action="/desk/audit/verify"' in scene.page
    await scene.post("/desk/audit/verify")

    assert f"entry {last.sequence} was altered" in scene.text
    assert "could not be written down" in scene.text


async def test_an_export_is_checked_without_the_database(scene: Scene, keys_dir: Path) -> None:
    await scene.sign_in("zhao-7")
    await scene.get("/desk/audit")
    answer = await scene.post("/desk/audit/export")
    root = certificate_from_pem((keys_dir / "root.pem").read_bytes())
    checked = check_export(BytesIO(answer.content), root=root)

    assert answer.headers["content-type"] == "application/jsonl"
    assert answer.headers["content-disposition"].startswith('attachment; filename="audit-330302-')
    assert answer.headers["cache-control"] == "no-store"
    assert checked.whole
    assert checked.county == LUCHENG
    assert scene.acts()[checked.sequence - 1] == "export_audit"
    assert scene.numbers.elsewhere.encode() not in answer.content


@pytest.mark.parametrize("officer", ["wang-2", "chen-5", "sun-9"])
async def test_nobody_else_reads_checks_or_takes_it(scene: Scene, officer: str) -> None:
    before = scene.acts()
    await scene.sign_in(officer)
    await scene.get("/desk/password")
    answers = [
        await scene.get("/desk/audit"),
        await scene.get("/desk/audit?first_day=yesterday"),
        await scene.post("/desk/audit/verify"),
        await scene.post("/desk/audit/export"),
    ]

    assert [answer.status_code for answer in answers] == [403] * 4
    assert scene.acts() == before


async def test_an_auditor_of_another_county_reads_their_own(scene: Scene) -> None:
    await scene.sign_in("zhao-7", PINGYANG)
    await scene.get(f"/desk/audit?subject={scene.numbers.suspended}")
    assert "No entry fits" in scene.text
    await scene.get("/desk/audit")
    assert f"/desk/permits/{scene.numbers.suspended}" not in scene.links()
    exported = await scene.post("/desk/audit/export")

    assert b'"county":"330302"' not in exported.content
    assert b'"county":"330326"' in exported.content


async def test_another_site_cannot_have_it_checked_or_taken(scene: Scene) -> None:
    await scene.sign_in("zhao-7")
    for act in ("verify", "export"):
        answer = await scene.http.post(f"/desk/audit/{act}", data={})
        assert answer.status_code == 403


def test_pieces_hold_the_same_bytes() -> None:
    lines = [b"a" * n for n in (3, 3, 3, 1)]

    assert list(in_chunks(lines, 5)) == [b"a" * 6, b"a" * 4]
    assert list(in_chunks([], 5)) == []
