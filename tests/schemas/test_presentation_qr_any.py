"""Arbitrary presentations through a code: whatever the JSON looks like, it comes back exactly."""

import json
import string
from base64 import b64encode
from hashlib import sha256
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from schemas.base64url import b64url_encode
from schemas.presentation_qr import PackError, certificate_key, pack, unpack

DER = b"\x30\x82\x01\x88" + bytes(range(196)) * 2
CERTIFICATES = {certificate_key(DER): DER}
JWK = {
    "kty": "EC",
    "crv": "P-256",
    "x": "axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY",
    "y": "T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU",
}
"""The base point of P-256 [SEC1]; any point of the curve would do."""


def digest(text: str) -> str:
    return b64url_encode(sha256(text.encode()).digest())


_octets = st.sampled_from([8, 15, 16, 31, 32, 33, 64]).flatmap(
    lambda size: st.binary(min_size=size, max_size=size).map(b64url_encode)
)
_texts = st.one_of(
    st.text(max_size=12),
    _octets,
    st.text(string.ascii_letters + string.digits + "-_", min_size=22, max_size=22),
    st.text(string.ascii_letters + string.digits + "-_", min_size=43, max_size=43),
    st.from_regex(r"\A[0-9]{17}[0-9X]\Z|\A[0-9]{3}[0-9X]\Z|\A33[0-9]{4}\Z"),
    st.from_regex(r"\A(19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]\Z"),
    st.text("阿林样例·𠮷〇", min_size=1, max_size=70),
    st.sampled_from([b64encode(DER).decode(), "https://permit.zj.example/330302/status/1"]),
)
_numbers = st.one_of(
    st.integers(-1, 2**33),
    st.integers(10**9, 2**32),
    st.integers(18000, 40000).map(lambda day: day * 86400 - 28800),
    st.floats(allow_nan=False, allow_infinity=False),
)
_names = st.one_of(
    st.sampled_from(["name", "idx", "sequence", "iat", "exp", "_sd", "x", "y", "x5c", "..."]),
    st.text(max_size=5),
)
_values = st.recursive(
    st.one_of(st.none(), st.booleans(), _numbers, _texts),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(_names, inner, max_size=4)
    ),
    max_leaves=8,
)
_objects = st.dictionaries(_names, _values, max_size=5)


@st.composite
def json_texts(draw: st.DrawFn, value: Any) -> bytes:
    """The same value in one of the many spellings JSON has."""
    return json.dumps(
        value,
        ensure_ascii=draw(st.booleans()),
        indent=draw(st.sampled_from([None, None, 1, "\t"])),
        separators=draw(st.sampled_from([(",", ":"), (", ", ": "), (",\r\n", " :")])),
    ).encode("utf-8", "replace")


@st.composite
def presentations(draw: st.DrawFn) -> str:
    """Any JSON in any part; digests of disclosures anywhere, known, unknown and twice."""
    disclosures: list[str] = []
    for _ in range(draw(st.integers(0, 10))):
        digests = draw(st.lists(st.sampled_from(disclosures), max_size=4)) if disclosures else []
        value = {"_sd": list(map(digest, digests))} if digests else draw(_values)
        array = [draw(_octets), draw(_names), value]
        disclosures.append(b64url_encode(draw(json_texts(array))))
    shown = draw(st.permutations(disclosures))
    digests = [*map(digest, shown), *draw(st.lists(_octets, max_size=3))]
    digests = sorted(digests) if draw(st.booleans()) else draw(st.permutations(digests))
    payload = draw(_objects) | {"_sd": digests} | draw(_objects)
    payload |= draw(
        st.sampled_from([{}, {"cnf": {"jwk": JWK}}, {"cnf": {"jwk": dict(reversed(JWK.items()))}}])
    )
    signed = "~".join((draw(tokens(payload)), *shown, ""))
    if draw(st.booleans()):
        return signed
    return signed + draw(tokens({**draw(_objects), "sd_hash": digest(signed)}))


@st.composite
def tokens(draw: st.DrawFn, payload: dict[str, Any]) -> str:
    header = {"alg": "ES256", **draw(_objects), "x5c": [b64encode(DER).decode()]}
    parts = [b64url_encode(draw(json_texts(part))) for part in (header, payload)]
    return ".".join((*parts, b64url_encode(draw(st.binary(min_size=64, max_size=64)))))


@settings(deadline=None, max_examples=60)
@given(presentations())
def test_any_presentation_comes_back_exactly(presentation: str) -> None:
    try:
        text = pack(presentation)
    except PackError as error:
        assume("the largest code holds" not in error.detail)
        raise

    assert unpack(text, certificates=CERTIFICATES) == presentation
