"""From a chain to a leaf we believe: each rule of the path with a certificate that breaks it."""

import contextlib
import warnings
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from keys.errors import ChainError
from keys.jws import public_key_from_jwk
from keys.x5c import MAX_CHAIN, TrustedLeaf, trusted_leaf

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def refused(reason: str, chain: list[bytes], *anchors: bytes, at: datetime = NOW) -> None:
    with pytest.raises(ChainError, match=reason):
        trusted_leaf(chain, anchors=anchors, at=at)


@pytest.fixture(scope="module")
def root(certificates: Any) -> Any:
    return certificates.authority("root")


@pytest.fixture(scope="module")
def anchor(root: Any) -> bytes:
    der: bytes = root.signed_by(root)
    return der


@pytest.fixture(scope="module")
def middle(certificates: Any) -> Any:
    return certificates.authority("middle")


def test_a_leaf_under_the_anchor_is_believed(certificates: Any, root: Any, anchor: bytes) -> None:
    leaf = certificates.leaf()
    der = leaf.signed_by(root)
    believed = trusted_leaf([der], anchors=[anchor], at=NOW)
    assert believed.der == der
    assert believed.thumbprint == sha256(der).digest()
    assert believed.public_key == public_key_from_jwk(leaf.signing_key.public_jwk())
    assert believed.san_uris == ("https://permit.example/330302",)


def test_a_leaf_under_an_intermediate_is_believed(
    certificates: Any, root: Any, anchor: bytes, middle: Any
) -> None:
    chain = [certificates.leaf().signed_by(middle), middle.signed_by(root)]
    assert trusted_leaf(chain, anchors=[anchor], at=NOW).der == chain[0]


def test_what_a_leaf_says_of_itself_is_passed_on(
    certificates: Any, root: Any, anchor: bytes
) -> None:
    leaf = certificates.leaf(
        subject="counter",
        names=(
            x509.DNSName("counter.example"),
            x509.IPAddress(ip_address("127.0.0.1")),
            x509.UniformResourceIdentifier("https://counter.example"),
        ),
    )
    believed = trusted_leaf([leaf.signed_by(root)], anchors=[anchor], at=NOW)
    assert believed.subject == "CN=counter"
    assert believed.san_dns == ("counter.example", "127.0.0.1")
    assert believed.san_uris == ("https://counter.example",)


def test_a_leaf_without_names_has_none(certificates: Any, root: Any, anchor: bytes) -> None:
    der = certificates.leaf(names=(), constraints=None, usage=None).signed_by(root)
    believed = trusted_leaf([der], anchors=[anchor], at=NOW)
    assert (believed.san_uris, believed.san_dns) == ((), ())


@pytest.mark.parametrize(("critical", "refused"), [(False, False), (True, True)])
def test_a_usage_that_nobody_here_weighs_may_not_be_critical(
    certificates: Any, root: Any, anchor: bytes, critical: bool, refused: bool
) -> None:
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
    chain = [certificates.leaf(more=((usage, critical),)).signed_by(root)]
    if refused:
        with pytest.raises(ChainError, match="critical extension"):
            trusted_leaf(chain, anchors=[anchor], at=NOW)
    else:
        assert trusted_leaf(chain, anchors=[anchor], at=NOW).der == chain[0]


def test_of_two_anchors_with_one_name_the_right_one_is_found(
    certificates: Any, root: Any, anchor: bytes
) -> None:
    other = certificates.authority("root")
    chain = [certificates.leaf().signed_by(root)]
    assert trusted_leaf(chain, anchors=[other.signed_by(other), anchor], at=NOW).der == chain[0]


def test_an_empty_chain_is_refused(anchor: bytes) -> None:
    refused("1 to 4 certificates, this one 0", [], anchor)


def test_a_chain_over_the_cap_is_refused(certificates: Any, root: Any, anchor: bytes) -> None:
    authorities = [certificates.authority(f"authority {n}") for n in range(MAX_CHAIN)]
    signers = [*authorities, root]
    chain = [certificates.leaf().signed_by(authorities[0])]
    chain += [one.signed_by(above) for one, above in zip(authorities, signers[1:], strict=True)]
    refused("this one 5", chain, anchor)
    # One fewer is followed, so it is the length and nothing else that was wrong.
    assert trusted_leaf(chain[:-1], anchors=[_anchor(authorities[-1])], at=NOW).der == chain[0]


def _anchor(authority: Any) -> bytes:
    der: bytes = authority.signed_by(authority)
    return der


def test_a7_the_anchor_in_the_chain_is_refused(certificates: Any, root: Any, anchor: bytes) -> None:
    refused("must not be part", [certificates.leaf().signed_by(root), anchor], anchor)
    refused("must not be part", [anchor], anchor)


def test_a7_a_self_signed_leaf_is_refused(certificates: Any, anchor: bytes) -> None:
    leaf = certificates.leaf()
    refused("self-signed", [leaf.signed_by(leaf)], anchor)
    # Nor does it help to have the name of the root.
    named_as_root = certificates.leaf(subject="root")
    refused("self-signed", [named_as_root.signed_by(named_as_root)], anchor)


def test_a7_a_chain_to_another_anchor_is_refused(certificates: Any, anchor: bytes) -> None:
    stranger = certificates.authority("stranger")
    chain = [certificates.leaf().signed_by(stranger)]
    refused("does not lead to a trust anchor", chain, anchor)
    refused("does not lead to a trust anchor", chain)


def test_a7_a_foreign_signature_under_our_name_is_refused(certificates: Any, anchor: bytes) -> None:
    impostor = certificates.authority("root")
    refused("does not lead to a trust anchor", [certificates.leaf().signed_by(impostor)], anchor)


def test_a7_a_foreign_signature_under_an_intermediate_s_name_is_refused(
    certificates: Any, root: Any, anchor: bytes, middle: Any
) -> None:
    impostor = certificates.authority("middle")
    chain = [certificates.leaf().signed_by(impostor), middle.signed_by(root)]
    refused("was not issued by the next", chain, anchor)


def test_a7_an_intermediate_of_another_name_is_refused(
    certificates: Any, root: Any, anchor: bytes, middle: Any
) -> None:
    renamed = certificates.authority("renamed", key=middle.key)
    chain = [certificates.leaf().signed_by(middle), renamed.signed_by(root)]
    refused("was not issued by the next", chain, anchor)


def test_a_missing_or_misplaced_intermediate_is_refused(
    certificates: Any, root: Any, anchor: bytes, middle: Any
) -> None:
    leaf, above = certificates.leaf().signed_by(middle), middle.signed_by(root)
    refused("does not lead to a trust anchor", [leaf], anchor)
    refused("an authority's, not an end entity's", [above, leaf], anchor)
    refused("may not certify others", [leaf, certificates.leaf().signed_by(root)], anchor)


def test_an_authority_as_leaf_is_refused(certificates: Any, root: Any, anchor: bytes) -> None:
    constraints = x509.BasicConstraints(ca=True, path_length=None)
    leaf = certificates.leaf(constraints=constraints)
    refused("an authority's, not an end entity's", [leaf.signed_by(root)], anchor)


def test_a_leaf_that_is_not_for_signatures_is_refused(
    certificates: Any, root: Any, anchor: bytes
) -> None:
    leaf = certificates.leaf(usage=certificates.usage())
    refused("not for signatures", [leaf.signed_by(root)], anchor)


NO_CA = x509.BasicConstraints(ca=False, path_length=None)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"constraints": None}, "may not certify others"),
        ({"constraints": NO_CA}, "may not certify others"),
        ({"usage": None}, "not for signing certificates"),
        ({"usage": "signatures"}, "not for signing certificates"),
    ],
)
def test_an_authority_that_may_not_certify_is_refused(
    certificates: Any, root: Any, anchor: bytes, change: dict[str, Any], reason: str
) -> None:
    if change.get("usage"):
        change = {"usage": certificates.usage(signatures=True)}
    weak = certificates.authority("weak", **change)
    leaf = certificates.leaf().signed_by(weak)
    refused(reason, [leaf, weak.signed_by(root)], anchor)
    # The same rule holds for the anchor itself.
    refused(reason, [leaf], weak.signed_by(weak))


def test_more_intermediates_than_an_authority_allows_are_refused(
    certificates: Any, root: Any, anchor: bytes, middle: Any
) -> None:
    upper = certificates.authority("upper", path_length=0)
    leaf, below = certificates.leaf().signed_by(middle), middle.signed_by(upper)
    refused("longer than an authority", [leaf, below, upper.signed_by(root)], anchor)
    refused("longer than an authority", [leaf, below], upper.signed_by(upper))
    # None between them, and it will do.
    direct = certificates.leaf().signed_by(upper)
    assert trusted_leaf([direct, upper.signed_by(root)], anchors=[anchor], at=NOW).der == direct


UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.5"), b"\x05\x00")
CONSTRAINED = x509.NameConstraints([x509.DNSName("gov.example")], None)


@pytest.mark.parametrize("extension", [UNKNOWN, CONSTRAINED], ids=["unknown", "names"])
def test_a_critical_extension_we_do_not_understand_is_refused(
    certificates: Any, root: Any, anchor: bytes, extension: x509.ExtensionType
) -> None:
    reason, more = "critical extension", ((extension, True),)
    refused(reason, [certificates.leaf(more=more).signed_by(root)], anchor)
    upper = certificates.authority("upper", more=more)
    leaf = certificates.leaf().signed_by(upper)
    refused(reason, [leaf, upper.signed_by(root)], anchor)
    refused(reason, [leaf], upper.signed_by(upper))


def test_an_extension_that_is_not_critical_is_let_pass(
    certificates: Any, root: Any, anchor: bytes
) -> None:
    der = certificates.leaf(more=((UNKNOWN, False),)).signed_by(root)
    assert trusted_leaf([der], anchors=[anchor], at=NOW).der == der


OTHER_KEYS: dict[str, Callable[[], Any]] = {
    "P-384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "P-521": lambda: ec.generate_private_key(ec.SECP521R1()),
    "secp256k1": lambda: ec.generate_private_key(ec.SECP256K1()),
    "RSA": lambda: rsa.generate_private_key(65537, 2048),
    "Ed25519": ed25519.Ed25519PrivateKey.generate,
}


@pytest.mark.parametrize("kind", OTHER_KEYS)
def test_a3_a_key_of_another_kind_is_refused(
    certificates: Any, root: Any, anchor: bytes, kind: str
) -> None:
    key = OTHER_KEYS[kind]()
    refused("P-256 keys", [certificates.leaf(key=key).signed_by(root)], anchor)
    upper = certificates.authority("upper", key=key)
    leaf = certificates.leaf().signed_by(upper)
    refused("P-256 keys|our algorithm", [leaf, upper.signed_by(root)], anchor)
    refused("P-256 keys|our algorithm", [leaf], upper.signed_by(upper))


def test_a3_another_digest_is_refused(certificates: Any, root: Any, anchor: bytes) -> None:
    der = certificates.leaf().signed_by(root, digest=hashes.SHA384())
    refused("not signed by our algorithm", [der], anchor)


def patched(der: bytes, old: bytes, new: bytes) -> bytes:
    assert der.count(old) >= 1
    return der.replace(old, new, 1)


@pytest.mark.parametrize("serial", [b"\x00", b"\xff"], ids=["zero", "negative"])
@pytest.mark.parametrize("strict", [True, False], ids=["warnings are errors", "warnings are not"])
def test_a_serial_number_that_is_none_is_refused(
    certificates: Any, root: Any, anchor: bytes, serial: bytes, strict: bool
) -> None:
    der = patched(
        certificates.leaf().signed_by(root, serial=0x55), b"\x02\x01\x55", b"\x02\x01" + serial
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error" if strict else "ignore")
        reason = "not a readable certificate|no serial number" if strict else "no serial number"
        refused(reason, [der], anchor)


def test_what_is_no_certificate_is_refused(certificates: Any, root: Any, anchor: bytes) -> None:
    der = certificates.leaf().signed_by(root)
    version_9 = patched(der, b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x08")
    for junk in (b"", b"\x00", b"not a certificate", der[:-1], der + b"\x00", version_9):
        refused("not a readable certificate", [junk], anchor)
        refused("not a readable certificate", [der, junk], anchor)
        refused("not a readable certificate", [der], junk)


@pytest.fixture(scope="module")
def pair(certificates: Any) -> tuple[bytes, bytes]:
    """A leaf, and the root it was issued by."""
    root = certificates.authority("root")
    return certificates.leaf().signed_by(root), root.signed_by(root)


@given(st.data())
def test_any_changed_bit_of_what_was_signed_is_noticed(
    pair: tuple[bytes, bytes], data: st.DataObject
) -> None:
    leaf, root = pair
    changed = bytearray(leaf)
    changed[data.draw(st.integers(0, len(leaf) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    signed = x509.load_der_x509_certificate(leaf).tbs_certificate_bytes
    if signed in changed:  # a signature itself can be written in more ways than one
        with contextlib.suppress(ChainError):
            trusted_leaf([bytes(changed)], anchors=[root], at=NOW)
    else:
        with pytest.raises(ChainError):
            trusted_leaf([bytes(changed)], anchors=[root], at=NOW)


def life(**days: int) -> dict[str, datetime]:
    return {f"not_{side}": NOW + timedelta(days=day) for side, day in days.items()}


def path_of_three(certificates: Any, **lives: dict[str, datetime]) -> tuple[list[bytes], bytes]:
    root = certificates.authority("root", **lives.get("root", {}))
    middle = certificates.authority("middle", **lives.get("middle", {}))
    leaf = certificates.leaf(**lives.get("leaf", {}))
    return [leaf.signed_by(middle), middle.signed_by(root)], root.signed_by(root)


@pytest.mark.parametrize("who", ["leaf", "middle", "root"])
def test_vp36_after_the_end_of_any_certificate_the_chain_is_refused(
    certificates: Any, who: str
) -> None:
    chain, anchor = path_of_three(certificates, **{who: life(before=-10, after=-1)})
    end = NOW - timedelta(days=1)
    assert trusted_leaf(chain, anchors=[anchor], at=end).not_after == end
    refused("ended at 2026-11-22T04:00:00", chain, anchor, at=end + SECOND)
    refused("ended at 2026-11-22T04:00:00", chain, anchor)


@pytest.mark.parametrize("who", ["leaf", "middle", "root"])
def test_vp36_before_the_beginning_of_any_certificate_the_chain_is_refused(
    certificates: Any, who: str
) -> None:
    chain, anchor = path_of_three(certificates, **{who: life(before=1, after=10)})
    beginning = NOW + timedelta(days=1)
    assert trusted_leaf(chain, anchors=[anchor], at=beginning).not_before == beginning
    refused("valid from 2026-11-24T04:00:00", chain, anchor, at=beginning - SECOND)


def test_a_chain_seen_before_is_still_checked_for_its_time(
    certificates: Any, root: Any, anchor: bytes
) -> None:
    chain = [certificates.leaf().signed_by(root)]
    for _ in range(2):
        assert isinstance(trusted_leaf(chain, anchors=[anchor], at=NOW), TrustedLeaf)
        refused("ended at", chain, anchor, at=NOW + timedelta(days=60))
        refused("valid from", chain, anchor, at=NOW - timedelta(days=60))


def test_a_chain_seen_before_is_not_believed_under_other_anchors(
    certificates: Any, root: Any, anchor: bytes
) -> None:
    chain = [certificates.leaf().signed_by(root)]
    trusted_leaf(chain, anchors=[anchor], at=NOW)
    other = certificates.authority("root")
    refused("does not lead to a trust anchor", chain, other.signed_by(other))
