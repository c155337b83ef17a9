"""The reference library, PyPI ``sd-jwt``, doing the same with less."""

from typing import Any

from jwcrypto.jwk import JWK
from sd_jwt.common import SDObj
from sd_jwt.holder import SDJWTHolder
from sd_jwt.issuer import SDJWTIssuer
from sd_jwt.verifier import SDJWTVerifier

from issuer.credential import hidden_claims, visible_claims
from keys.signing_key import SoftwareSigningKey
from schemas.endorsement_window import day_of
from schemas.sd_jwt import SelectiveObject
from schemas.status_list import StatusReference
from tests.benchmarks.credential_figures import FIVE_CLAIMS, NONCE, raw_acts
from tests.benchmarks.measuring import Figure, medians_us
from tests.benchmarks.scene import NOW, Scene


def figures(scene: Scene) -> list[Figure]:
    """Issue and verify with key binding."""
    raw_sign, raw_verify = raw_acts()
    issuer_key, holder_key = _jwk(scene.credential_key), _jwk(scene.holder)
    claims = _claims(scene)

    def issue() -> SDJWTIssuer:
        return SDJWTIssuer(claims, issuer_key, holder_key)

    holder = SDJWTHolder(issue().sd_jwt_issuance)
    holder.create_presentation(dict.fromkeys(FIVE_CLAIMS, True), NONCE, "counter", holder_key)

    def verify() -> Any:
        return SDJWTVerifier(
            holder.sd_jwt_presentation, lambda *_: issuer_key, "counter", NONCE
        ).get_verified_payload()

    assert verify()["name"] == scene.permit.resident.name
    sign_us, issue_us = medians_us(raw_sign, issue)
    verify_us, check_us = medians_us(raw_verify, verify)
    return [
        Figure("issue 14 claims", issue_us, "one raw signature", sign_us),
        Figure("verify 5 claims", check_us, "two raw verifications", 2 * verify_us),
    ]


def _claims(scene: Scene) -> dict[Any, Any]:
    today = day_of(NOW)
    visible = visible_claims(
        scene.permit,
        issuer=scene.issuer,
        holder_jwk=scene.holder.public_jwk(),
        status=StatusReference(idx=734_211, uri=f"{scene.issuer}/status/1"),
        today=today,
    )
    del visible["cnf"]  # the library adds it itself
    hidden: dict[Any, Any] = {}
    for name, value in hidden_claims(scene.permit, today=today).items():
        members = value.members if isinstance(value, SelectiveObject) else None
        inner = {SDObj(k): v for k, v in members.items()} if members else value
        hidden[SDObj(name)] = inner
    return visible | hidden


def _jwk(key: SoftwareSigningKey) -> JWK:
    return JWK.from_pyca(key.private)
