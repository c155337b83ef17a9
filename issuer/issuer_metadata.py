"""What an issuer says of itself: two documents for each county, one for each of its roles.

Each county is a credential issuer and its own authorization server, so both documents carry
the same identifier and need no list of servers. Sources: [OID4VCI §12.2.4, §12.3],
[RFC8414 §2], [HAIP §4.1].
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar

from issuer.issuance_errors import NotServedError
from schemas.divisions import County, county
from schemas.openid4vci import (
    PRE_AUTHORIZED_GRANT,
    AuthorizationServerMetadata,
    BatchIssuance,
    CredentialConfiguration,
    CredentialIssuerMetadata,
)
from schemas.permit_credential import (
    CLAIM_LABELS,
    CLAIM_PATHS,
    FULL_CONFIGURATION,
    PASS_CLAIMS,
    PASS_CONFIGURATION,
    PERMIT_VCT,
    SD_JWT_VC_TYP,
)

T = TypeVar("T")

REFRESH_GRANT: Final = "refresh_token"
ZH: Final = "zh-CN"
EN: Final = "en"

_FULL_NAME: Final = ("电子居住证", "Residence permit")
_PASS_NAME: Final = ("电子居住证(出示码)", "Residence permit (pass)")


def issuer_identifier(base_url: str, county_code: str) -> str:
    """The credential issuer identifier of a county, which is its authorization server's too."""
    return f"{base_url}/{county_code}"


def credential_issuer_metadata(
    place: County, *, base_url: str, batch_size: int
) -> CredentialIssuerMetadata:
    """The credential issuer of a county; ``batch_size`` is the most proofs in one request."""
    identifier = issuer_identifier(base_url, place.code)
    return CredentialIssuerMetadata(
        credential_issuer=identifier,
        credential_endpoint=f"{identifier}/credential",
        nonce_endpoint=f"{identifier}/nonce",
        batch_credential_issuance=BatchIssuance(batch_size=batch_size),
        credential_configurations_supported={
            FULL_CONFIGURATION: _configuration(FULL_CONFIGURATION, _FULL_NAME, list(CLAIM_LABELS)),
            PASS_CONFIGURATION: _configuration(PASS_CONFIGURATION, _PASS_NAME, PASS_CLAIMS),
        },
        display=_display((f"{place.name_zh}公安机关", f"Public security of {place.name_en}")),
    )


def authorization_server_metadata(place: County, *, base_url: str) -> AuthorizationServerMetadata:
    """The authorization server of a county; no response types, for it has no front door."""
    identifier = issuer_identifier(base_url, place.code)
    return AuthorizationServerMetadata(
        issuer=identifier,
        token_endpoint=f"{identifier}/token",
        grant_types_supported=(PRE_AUTHORIZED_GRANT, REFRESH_GRANT),
        token_endpoint_auth_methods_supported=("none",),
        pre_authorized_grant_anonymous_access_supported=True,
        status_list_aggregation_endpoint=f"{identifier}/status",
    )


class IssuerMetadata:
    """Both documents for every county this service speaks for."""

    def __init__(self, county_codes: Iterable[str], *, base_url: str, batch_size: int) -> None:
        counties = {code: county(code) for code in county_codes}
        self._issuers = {
            code: credential_issuer_metadata(found, base_url=base_url, batch_size=batch_size)
            for code, found in counties.items()
        }
        self._servers = {
            code: authorization_server_metadata(found, base_url=base_url)
            for code, found in counties.items()
        }

    def credential_issuer(self, county_code: str) -> CredentialIssuerMetadata:
        """The document, or ``NotServedError``."""
        return _of(self._issuers, county_code)

    def authorization_server(self, county_code: str) -> AuthorizationServerMetadata:
        """The document, or ``NotServedError``."""
        return _of(self._servers, county_code)


def _of(documents: Mapping[str, T], county_code: str) -> T:
    if county_code not in documents:
        raise NotServedError("this service does not issue for such a county")
    return documents[county_code]


def _configuration(
    name: str, label: tuple[str, str], claims: Sequence[str]
) -> CredentialConfiguration:
    # The scope repeats the name: one scope for one kind of credential [HAIP §4.3].
    return CredentialConfiguration(
        format=SD_JWT_VC_TYP,
        vct=PERMIT_VCT,
        scope=name,
        cryptographic_binding_methods_supported=("jwk",),
        credential_signing_alg_values_supported=("ES256",),
        proof_types_supported={"jwt": {"proof_signing_alg_values_supported": ["ES256"]}},
        credential_metadata={
            "display": _display(label),
            "claims": [
                {"path": CLAIM_PATHS[claim], "display": _display(CLAIM_LABELS[claim])}
                for claim in claims
            ],
        },
    )


def _display(names: tuple[str, str]) -> list[dict[str, Any]]:
    return [{"name": name, "locale": locale} for name, locale in zip(names, (ZH, EN), strict=True)]
