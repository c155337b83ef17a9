"""A security key in software: makes passkeys and shows them, rightly or with one thing wrong."""

import json
from hashlib import sha256
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from schemas.base64url import b64url_decode, b64url_encode

USER_PRESENT, ATTESTED = 0x01, 0x40


class SoftAuthenticator:
    """One device with one key, held by whoever visits ``origin``."""

    def __init__(self, origin: str, *, credential_id: bytes = b"device-1", counter: int = 0):
        self.origin = origin
        self.credential_id = credential_id
        self.counter = counter
        self._key = ec.generate_private_key(ec.SECP256R1())

    def make(self, options: str, **wrong: Any) -> bytes:
        """What ``navigator.credentials.create`` gives; ``wrong`` replaces what is right."""
        asked = json.loads(options)
        client_data = self._client_data("webauthn.create", asked, wrong)
        held = len(self.credential_id).to_bytes(2, "big") + self.credential_id
        attested = bytes(15) + b"\x01" + held + wrong.get("public_key", self._cose_key())
        rp_id = wrong.get("rp_id", asked["rp"]["id"])
        data = self._authenticator_data(rp_id, USER_PRESENT | ATTESTED, wrong) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(
            {
                "clientDataJSON": b64url_encode(client_data),
                "attestationObject": b64url_encode(attestation),
            }
        )

    def show(self, options: str, **wrong: Any) -> bytes:
        """What ``navigator.credentials.get`` gives; ``wrong`` replaces what is right."""
        asked = json.loads(options)
        client_data = self._client_data("webauthn.get", asked, wrong)
        if "counter" not in wrong:
            self.counter += 1
        flags = wrong.get("flags", USER_PRESENT)
        data = self._authenticator_data(wrong.get("rp_id", asked["rpId"]), flags, wrong)
        signed = self._key.sign(data + sha256(client_data).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            {
                "clientDataJSON": b64url_encode(client_data),
                "authenticatorData": b64url_encode(data),
                "signature": b64url_encode(wrong.get("signature", signed)),
            }
        )

    def _client_data(self, kind: str, asked: dict[str, Any], wrong: dict[str, Any]) -> bytes:
        members = {
            "type": wrong.get("type", kind),
            "challenge": wrong.get("challenge", asked["challenge"]),
            "origin": wrong.get("origin", self.origin),
            "crossOrigin": False,
        }
        return json.dumps(members).encode()

    def _authenticator_data(self, rp_id: str, flags: int, wrong: dict[str, Any]) -> bytes:
        counter: int = wrong.get("counter", self.counter)
        return sha256(rp_id.encode()).digest() + bytes([flags]) + counter.to_bytes(4, "big")

    def _cose_key(self) -> bytes:
        point = self._key.public_key().public_numbers()
        coordinates = {-2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        key: bytes = cbor2.dumps({1: 2, 3: -7, -1: 1, **coordinates})
        return key

    def _answer(self, response: dict[str, str]) -> bytes:
        name = b64url_encode(self.credential_id)
        members = {"id": name, "rawId": name, "type": "public-key", "response": response}
        return json.dumps(members).encode()


def challenge_of(options: str) -> bytes:
    """The challenge in a browser's options."""
    return b64url_decode(json.loads(options)["challenge"])
