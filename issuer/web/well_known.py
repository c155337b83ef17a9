"""Documents for anyone: metadata, the permit's type, the trust list, and the service's health.

Metadata stand where the words are inserted between host and path [OID4VCI §12.2.2,
RFC8414 §3]: a wallet that appends them instead finds nothing, and is told so.
"""

import asyncio
from typing import Any, Final

from litestar import Controller, Request, Response, get
from litestar.datastructures import CacheControlHeader
from litestar.di import NamedDependency
from litestar.params import FromPath

from issuer.issuer_metadata import IssuerMetadata
from issuer.public_documents import TRUST_LIST_MAX_AGE_S, PublicDocuments
from issuer.service_health import HealthReport, ServiceHealth
from issuer.web.conditional_answers import published
from schemas.openid4vci import AuthorizationServerMetadata, CredentialIssuerMetadata

METADATA_MAX_AGE_S: Final = 300
"""How long a wallet may keep metadata, in seconds."""
_CACHED: Final = CacheControlHeader(public=True, max_age=METADATA_MAX_AGE_S)


class MetadataController(Controller):
    """What wallets read first."""

    path = "/.well-known"

    @get("/openid-credential-issuer/{county_code:str}", cache_control=_CACHED)
    async def credential_issuer(
        self, county_code: FromPath[str], metadata: NamedDependency[IssuerMetadata]
    ) -> CredentialIssuerMetadata:
        """The credential issuer of one county."""
        return metadata.credential_issuer(county_code)

    @get("/oauth-authorization-server/{county_code:str}", cache_control=_CACHED)
    async def authorization_server(
        self, county_code: FromPath[str], metadata: NamedDependency[IssuerMetadata]
    ) -> AuthorizationServerMetadata:
        """The authorization server of one county."""
        return metadata.authorization_server(county_code)


@get("/vct/residence-permit")
async def permit_type(
    request: Request[Any, Any, Any], documents: NamedDependency[PublicDocuments]
) -> Response[str]:
    """The type metadata of the permit [SD-JWT-VC §6.3.1], byte for byte as published."""
    text = documents.permit_type()
    return published(
        request,
        text.content,
        media_type="application/json",
        entity_tag=text.entity_tag,
        max_age_s=METADATA_MAX_AGE_S,
    )


@get("/trust-list")
async def trust_list(
    request: Request[Any, Any, Any], documents: NamedDependency[PublicDocuments]
) -> Response[str]:
    """The signed trust list, as the folder of keys holds it now."""
    text = await asyncio.to_thread(documents.trust_list)
    return published(
        request,
        text.content,
        media_type="application/jwt",
        entity_tag=text.entity_tag,
        max_age_s=TRUST_LIST_MAX_AGE_S,
    )


@get("/health", cache_control=CacheControlHeader(no_store=True))
async def health(service_health: NamedDependency[ServiceHealth]) -> HealthReport:
    """Whether the service could keep its promise just now."""
    return await service_health.check()
