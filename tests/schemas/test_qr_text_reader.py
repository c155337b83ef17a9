"""A text stream from a stranger: filled in, or refused; never more work than it is worth."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from schemas.base64url import b64url_decode, b64url_encode
from schemas.qr_markers import UnknownCertificateError, UnreadableCodeError, certificate_key
from schemas.qr_text_reader import TextReader

DER = b"a certificate"
CERTIFICATES = {certificate_key(DER): DER}
SIGNATURE = bytes(64)
X = b'"x":"axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY"'


def read(stream: bytes, raw: bytes = SIGNATURE) -> list[bytes]:
    """The JSON texts of the parts, without signatures."""
    text = TextReader(stream, raw, CERTIFICATES).presentation()
    jwt, *disclosures, binding = text.split("~")
    parts = [*jwt.split(".")[:2], *disclosures, *binding.split(".")[:2]]
    return [b64url_decode(part) for part in parts if part]


@pytest.mark.parametrize(
    ("stream", "raw", "texts"),
    [
        pytest.param(b"\x1f{}\x1f[]", b"", [b"{}", b"[]"], id="no markers"),
        pytest.param(b"\x1f\x1f", b"", [], id="empty parts"),
        pytest.param(b'\x1f{}\x1f["\x13/\x14"]', b"\1\2", [b"{}", b'["330258/330258"]'], id="same"),
        pytest.param(b"\x1f\x17\x1f[]", b"\2\x67\x97", ['"林"'.encode(), b"[]"], id="a name"),
    ],
)
def test_filled_in(stream: bytes, raw: bytes, texts: list[bytes]) -> None:
    assert read(stream, SIGNATURE + raw) == texts


@pytest.mark.parametrize(
    ("stream", "raw", "sentence"),
    [
        pytest.param(b"\x1f{}", SIGNATURE, "parts are missing", id="no payload"),
        pytest.param(b"\x1f{}\x1e{}\x1e{}", SIGNATURE * 2, "parts are missing", id="binding only"),
        pytest.param(
            b"\x1f{}\x1f{}\x1e{}", SIGNATURE * 2, "parts are missing", id="half a binding"
        ),
        pytest.param(b"\x1f{}\x1f{}", SIGNATURE[:-1], "end is missing", id="short signature"),
        pytest.param(b"\x1f{}\x1f{}", SIGNATURE + b"x", "1 bytes are left over", id="leftover"),
        pytest.param(b"\x1f\x01\x1f{}", SIGNATURE + b"x", "end is missing", id="short value"),
        pytest.param(b"\x1f\x08\x1f{}", SIGNATURE + b"\2x", "end is missing", id="short array"),
        pytest.param(b"\x1f\x17\x1f{}", SIGNATURE + b"\2x", "end is missing", id="short name"),
        pytest.param(b"\x1f\x17\x1f{}", SIGNATURE + b"\1x", "no text", id="a name of one byte"),
        pytest.param(b"\x1f\x00\x1f{}", SIGNATURE, "unknown marker", id="marker 00"),
        pytest.param(b"\x1f\x1d\x1f{}", SIGNATURE, "unknown marker", id="marker 1D"),
        pytest.param(b"\x1f{}\x1f\x04", SIGNATURE, "disclosure is missing", id="no index"),
        pytest.param(b"\x1f{}\x1f\x04\x20", SIGNATURE, "disclosure is missing", id="none there"),
        pytest.param(b"\x1f{}\x1f\x04\x1b\x1f[]", SIGNATURE, "is missing", id="index below 0"),
        pytest.param(
            b"\x1f{}\x1f\x08\x1f[]", SIGNATURE + b"\0\2", "disclosure is missing", id="no such bit"
        ),
        pytest.param(b"\x1f{}\x1f\x1f\x04\x20", SIGNATURE, "names itself", id="itself"),
        pytest.param(b"\x1f{}\x1f\x1f\x04\x21\x1f\x04\x20", SIGNATURE, "names itself", id="circle"),
        pytest.param(b"\x1f{}\x1f\x05", SIGNATURE, "stands elsewhere", id="sd_hash in a payload"),
        pytest.param(b"\x1f{}\x1f\x07", SIGNATURE + b"\0", "no such key", id="y without x"),
        pytest.param(b"\x1f{}\x1f\x0e", SIGNATURE, "not there", id="the same as no instant"),
        pytest.param(b"\x1f{}\x1f\x10", SIGNATURE, "not there", id="the day before no instant"),
        pytest.param(b"\x1f\x13\x1f\x14", SIGNATURE + b"\1\2", "not there", id="county elsewhere"),
    ],
)
def test_damaged(stream: bytes, raw: bytes, sentence: str) -> None:
    with pytest.raises(UnreadableCodeError, match=sentence):
        read(stream, raw)


def test_a_certificate_not_held_is_named_and_has_a_remedy() -> None:
    known, unknown = certificate_key(DER), bytes.fromhex("00112233aabbccdd")

    assert read(b"\x1f\x06\x1f{}", SIGNATURE + known)[0] == b'"YSBjZXJ0aWZpY2F0ZQ=="'
    with pytest.raises(UnknownCertificateError, match="00112233aabbccdd") as caught:
        read(b"\x1f\x06\x1f{}", SIGNATURE + unknown)
    assert "trust list" in caught.value.remedy


def test_disclosures_are_counted_before_anything_is_filled_in() -> None:
    """Each level of a chain of disclosures is one of recursion."""
    chain = [b"\x04" + bytes((0x21 + index,)) for index in range(64)]
    longest = b"\x1f{}\x1f\x04\x20" + b"".join(b"\x1f" + link for link in [*chain[:63], b"[]"])

    assert len(read(longest)) == 66
    with pytest.raises(UnreadableCodeError, match="65 disclosures where 64"):
        read(longest + b"\x1f[]")


def test_square_roots_are_counted_before_any_is_taken() -> None:
    key = X + b"\x07"

    assert read(b"\x1f" + key * 4 + b"\x1f{}", SIGNATURE + b"\1" * 4)
    with pytest.raises(UnreadableCodeError, match="too many keys"):
        read(b"\x1f" + key * 5 + b"\x1f{}", SIGNATURE + b"\1" * 5)


def test_a_disclosure_is_hashed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixteen kilobytes of markers must not ask for eight thousand hashes of a long text."""
    from schemas import qr_text_reader

    hashed: list[str] = []

    def counting(encoded: str) -> bytes:
        hashed.append(encoded)
        return b64url_encode(bytes(32)).encode()

    monkeypatch.setattr(qr_text_reader, "digest_of", counting)
    read(b"\x1f{}\x1f" + b"\x04\x20" * 1000 + b"\x1f[]")

    assert len(hashed) == 1


@given(
    st.lists(st.sampled_from([bytes((code,)) for code in range(0x23)]), max_size=40), st.binary()
)
@example([b"\x1f", b"\x1f", b"\x04", b"\n", b"\x1f"], SIGNATURE)
def test_any_stream_is_read_or_refused(pieces: list[bytes], raw: bytes) -> None:
    try:
        TextReader(b"\x1f" + b"".join(pieces), SIGNATURE * 2 + raw, CERTIFICATES).presentation()
    except (UnreadableCodeError, UnknownCertificateError):
        return
