"""What the writer takes out of a JSON text, and what it leaves alone."""

from base64 import b64encode

import pytest

from schemas.base64url import b64url_encode
from schemas.qr_markers import BINDING, PART, PackError, certificate_key, digest_of
from schemas.qr_text_writer import TextWriter

DISCLOSURE = b64url_encode(b'["c2FsdHNhbHRzYWx0c2FsdA","name","x"]')
DER = bytes(range(256))
E32 = b64url_encode(bytes(32))


def written(json: str, *, mark: bytes = PART, disclosures: int = 0) -> tuple[bytes, bytes]:
    """Text without the part mark, raw bytes."""
    writer = TextWriter("a.b.c~", [DISCLOSURE] * disclosures)
    writer.add(mark, json.encode())
    return bytes(writer.text)[1:], bytes(writer.raw)


@pytest.mark.parametrize(
    ("json", "text", "raw"),
    [
        (f'["{b64url_encode(bytes(16))}"]', b"[\x01]", bytes(16)),
        (f'{{"a":"{E32}"}}', b'{"a":\x02}', bytes(32)),
        (f'["{b64url_encode(bytes(64))}"]', b"[\x03]", bytes(64)),
        ('{"idx":734211}', b'{"idx":\x11}', (734211).to_bytes(3, "big")),
        ('{"sequence":2}', b'{"sequence":\x12}', b"\x02"),
        (
            '{"iat":1798000123,"nbf":1798000123}',
            b'{"iat":\x0c,"nbf":\x0e}',
            (1798000123).to_bytes(4, "big"),
        ),
        ('{"exp":1827158400,"on":"2027-11-25"}', b'{"exp":\x0b,"on":\x10}', b"\x52\x9c"),
        ('["330302","330302"]', b'["\x13","\x14"]', (302).to_bytes(2, "big")),
        ('["name","林"]', b'["name",\x17]', "林".encode("utf-16-be")),
        (f'{{"_sd":["{E32}"]}}', b'{"_sd":\x08}', bytes(32)),
    ],
    ids=[
        "16 bytes",
        "32 bytes",
        "64 bytes",
        "index",
        "sequence",
        "the same instant again",
        "the last day before it",
        "the same county again",
        "a name",
        "an array of digests",
    ],
)
def test_taken_out(json: str, text: bytes, raw: bytes) -> None:
    found, taken = written(json)

    assert found == text
    assert taken.endswith(raw)
    assert len(taken) - len(raw) in (0, 1)  # one byte tells a length or a count


@pytest.mark.parametrize(
    ("json", "reason"),
    [
        ('["AAAAAAAAAAAAAAAAAAAAAB"]', "16 bytes with a bit left over"),
        ('{"jti":123,"a":"1234567890"}', "digits that are no instant"),
        ('{"exp":12345678901}', "eleven digits"),
        ('{"exp":9999999999}', "beyond four bytes"),
        ('["330302x","x330302"]', "no county by itself"),
        ('["name","Lin 林"]', "not the letters of a Chinese name"),
        ('["family_name","林"]', "not a name"),
        ('["2027-02-29"]', "no such day"),
        (f'["M{"A" * 300}="]', "base64 of an impossible length"),
        (f'["M{"A" * 200}B=="]', "base64 with bits left over"),
    ],
)
def test_left_alone(json: str, reason: str) -> None:
    assert written(json) == (json.encode(), b""), reason


def test_what_the_reader_works_out_takes_no_bytes() -> None:
    digest, sd_hash = digest_of(DISCLOSURE).decode(), digest_of("a.b.c~").decode()

    assert written(f'["{digest}"]', disclosures=1) == (b"[\x04\x20]", b"")
    assert written(f'["{sd_hash}"]', mark=BINDING) == (b"[\x05]", b"")
    assert written(f'["{sd_hash}"]')[0] == b"[\x02]"  # elsewhere it is like any digest


def test_only_sorted_arrays_go_as_a_whole() -> None:
    first, last = sorted((E32, b64url_encode(b"\1" * 32)))

    assert written(f'{{"_sd":["{first}","{last}"]}}')[0] == b'{"_sd":\x08}'
    assert written(f'{{"_sd":["{last}","{first}"]}}')[0] == b'{"_sd":[\x02,\x02]}'


def test_an_array_too_long_for_its_count_goes_one_by_one() -> None:
    digests = sorted(
        b64url_encode(bytes([0] * 30) + index.to_bytes(2, "big")) for index in range(256)
    )

    assert written('{"_sd":["' + '","'.join(digests[:255]) + '"]}')[0] == b'{"_sd":\x08}'
    assert written('{"_sd":["' + '","'.join(digests) + '"]}')[0].count(b"\x02") == 256


def test_certificates_are_named_by_thumbprint() -> None:
    der = b"\x30\x82" + DER
    text, raw = written(f'{{"x5c":["{b64encode(der).decode()}"]}}')

    assert (text, raw) == (b'{"x5c":[\x06]}', certificate_key(der))


@pytest.mark.parametrize("control", ["\x00", "\x01", "\x1e", "\x1f"])
def test_json_with_control_characters_is_none(control: str) -> None:
    with pytest.raises(PackError, match="control"):
        written(f'["{control}"]')


@pytest.mark.parametrize("jws", ["", "a.b", "a.b.c.d"])
def test_a_token_has_three_parts(jws: str) -> None:
    with pytest.raises(PackError, match="three parts"):
        TextWriter("a.b.c~", []).add_jws(jws, PART)
