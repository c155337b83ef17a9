"""Exports are checked without a database: any changed byte, any cut, any other county's key."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from msgspec.structs import replace

from issuer.audit_check import CheckedChain
from issuer.audit_export import MAX_LINE_BYTES, check_export, export_lines
from issuer.audit_heads import sign_head
from issuer.audit_log import Act, AuditEntry, next_entry
from issuer.errors import AuditError
from keys.county_keys import CountyKeys, load_county_keys
from keys.province import Province

LUCHENG = "330302"
BASE_URL = "http://127.0.0.1:8101"
AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Province:
    made = Province(tmp_path_factory.mktemp("keys"))
    made.initialise(
        issuer_url=BASE_URL,
        counties=[LUCHENG],
        verifier_url="http://127.0.0.1:8102",
        now=AT - timedelta(days=1),
    )
    return made


@pytest.fixture(scope="module")
def keys(province: Province) -> CountyKeys:
    return load_county_keys(province.directory, base_url=BASE_URL, county=LUCHENG)


def chain(length: int) -> list[AuditEntry]:
    entries: list[AuditEntry] = []
    for number in range(length):
        details = {"reason": "示范 \n\u2028"} if number % 2 else {}
        act = Act(LUCHENG, AT + timedelta(minutes=number), "li-3", "look", "ZJ1", details, "a")
        entries.append(next_entry(entries[-1] if entries else None, act))
    return entries


@pytest.fixture(scope="module")
def export(keys: CountyKeys) -> bytes:
    entries = chain(3)
    head = sign_head(LUCHENG, sequence=3, digest=entries[-1].digest, keys=keys, now=AT)
    return b"".join(export_lines(entries, head))


def check(data: bytes, province: Province) -> CheckedChain:
    return check_export(BytesIO(data), root=province.root)


def test_an_export_is_a_line_an_entry_and_the_head_and_is_whole(
    export: bytes, province: Province
) -> None:
    checked = check(export, province)

    assert export.count(b"\n") == 4
    assert checked.whole
    assert (checked.county, checked.entries, checked.heads) == (LUCHENG, 3, 1)
    assert checked.digest == chain(3)[-1].digest


def test_any_byte_that_was_changed_is_found(export: bytes, province: Province) -> None:
    end_of_entries = export.index(b'{"head"')
    for place in range(end_of_entries - 1):
        changed = bytearray(export)
        # Every other one into what is no ASCII, and then mostly no UTF-8 either.
        changed[place] ^= 0x80 if place % 2 else 0x01
        assert not check(bytes(changed), province).whole, place


def test_any_character_of_the_head_that_was_changed_is_found(
    export: bytes, province: Province
) -> None:
    for place in range(export.index(b'{"head"'), len(export) - 1, 7):
        changed = bytearray(export)
        changed[place] ^= 0x80 if place % 2 else 0x01
        with pytest.raises(AuditError):
            check(bytes(changed), province)


@pytest.mark.parametrize("line", [0, 1, 2])
def test_a_line_taken_out_is_named(export: bytes, province: Province, line: int) -> None:
    lines = export.splitlines(keepends=True)
    del lines[line]
    (fault, *_) = check(b"".join(lines), province).faults

    assert fault.sequence == line + 1


@pytest.mark.parametrize(
    "data",
    [b"", b"\n", b"{}", b'{"head":"x.y.z"}\n', b'{"head":""}', b"\xff" * 100],
    ids=["empty", "a line", "no head", "no token", "empty head", "bytes"],
)
def test_what_does_not_end_with_a_head_is_no_export(data: bytes, province: Province) -> None:
    with pytest.raises(AuditError):
        check(data, province)


def test_cut_off_in_front_or_behind(export: bytes, province: Province) -> None:
    with pytest.raises(AuditError, match="does not end with a signed head"):
        check(b"".join(export.splitlines(keepends=True)[:3]), province)
    assert not check(export.splitlines(keepends=True)[3], province).whole


def test_an_export_of_long_ago_is_found_by_a_head_that_was_noted_since(
    export: bytes, province: Province, keys: CountyKeys
) -> None:
    later = chain(5)[-1]
    noted = sign_head(LUCHENG, sequence=5, digest=later.digest, keys=keys, now=AT)
    other = replace(noted, county="330304", sequence=9)

    assert check_export(BytesIO(export), root=province.root, noted=[other]).whole
    checked = check_export(BytesIO(export), root=province.root, noted=[noted])
    assert [fault.sequence for fault in checked.faults] == [5]


def test_a_line_without_end_is_not_read_to_its_end(export: bytes, province: Province) -> None:
    with pytest.raises(AuditError, match="longer than"):
        check(b"x" * (MAX_LINE_BYTES + 1) + b"\n" + export, province)


def test_a_second_head_in_between_is_not_passed_over(export: bytes, province: Province) -> None:
    lines = export.splitlines(keepends=True)

    assert not check(b"".join([lines[0], lines[3], *lines[1:]]), province).whole


@pytest.mark.parametrize(
    ("written", "otherwise"),
    [
        (b'"look","actor"', b'"look", "actor"'),
        (b'"act":"look"', b'"act":"l\\u006fok"'),
        (b'"act":"look"', b'"act":"x","act":"look"'),
        (b'{"act":"look","actor":"li-3"', b'{"actor":"li-3","act":"look"'),
        (b"}\n", b"}\r\n"),
        (b'"act":"look"', b'"act":"look","more":1'),
    ],
)
def test_a_line_that_says_the_same_in_another_way_is_found(
    export: bytes, province: Province, written: bytes, otherwise: bytes
) -> None:
    lines = export.splitlines(keepends=True)
    assert written in lines[1]
    lines[1] = lines[1].replace(written, otherwise, 1)

    assert [f.sequence for f in check(b"".join(lines), province).faults] == [2]
