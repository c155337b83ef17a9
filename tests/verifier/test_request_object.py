"""The query of each service item asks for what the item needs, and is a valid query."""

import pytest

from schemas.dcql import parse_query
from schemas.permit_credential import CLAIM_PATHS, PERMIT_VCT
from verifier.request_object import QUERY_ID, query_for
from verifier.service_items import ServiceItem, load_items

ITEMS = [item for item in load_items().values() if item.may_ask]


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_vp_10_the_query_of_an_item_is_valid_and_exact(item: ServiceItem) -> None:
    query = parse_query(query_for(item))

    (credential,) = query.credentials
    assert credential.id == QUERY_ID
    assert credential.meta.vct_values == (PERMIT_VCT,)
    assert [tuple(claim.path) for claim in credential.claims] == [
        CLAIM_PATHS[name] for name in item.claims
    ]
