"""The holder's look at the status list: believed only under the right key, place and time."""

from typing import Any

import msgspec
import pytest

from holder_sim.errors import BadIssuerError, UnreachableError
from holder_sim.own_status import MAX_CLOCK_SKEW_S, OwnStatus
from keys.certificates import Role
from keys.jws import sign_jws, x5c_header
from keys.trust_list import encode_all
from schemas.status_list import (
    STATUS_LIST_MEDIA_TYPE,
    STATUS_LIST_TYP,
    StatusList,
    StatusListPayload,
)


class Lists:
    """Publishes a status list of the test's issuer, named in the trust list."""

    def __init__(self, holding: Any, province: Any, web: Any, new_answer: Any) -> None:
        self.key = province.certified(Role.STATUS, province.issuer)
        entry = province.entry(status_certificates=encode_all(self.key.chain))
        token = province.trust_token(entry, sequence=8)
        web.put("/trust-list", new_answer(token.encode(), media_type="application/jwt"))
        self.uri = f"{province.issuer}/status/1"
        self.path = self.uri.removeprefix(web.base_url)
        self.now_s = int(province.now.timestamp())
        self._web, self._new_answer, self._holding = web, new_answer, holding

    def publish(self, value: int, *, key: Any = None, **changes: Any) -> None:
        values: dict[str, Any] = {
            "sub": self.uri,
            "iat": self.now_s,
            "exp": self.now_s + 600,
            "status_list": StatusList.from_values(2, 64, dict.fromkeys(range(64), value)).encode(),
        }
        payload = StatusListPayload(**values | changes)
        signer = key or self.key
        token = sign_jws(
            msgspec.json.encode(payload), typ=STATUS_LIST_TYP, key=signer, x5c=x5c_header(signer)
        )
        answer = self._new_answer(token.encode(), media_type=STATUS_LIST_MEDIA_TYPE)
        self._web.put(self.path, answer)

    async def ask(self) -> Any:
        phone = self._holding
        status = OwnStatus(phone.http, phone.trust, phone.clock)
        return await status.of(phone.holdings().copies[0])


@pytest.fixture
def lists(holding: Any, province: Any, web: Any, new_answer: Any) -> Lists:
    return Lists(holding, province, web, new_answer)


@pytest.mark.parametrize("value", [0, 1, 2])
async def test_the_issuers_word_is_read(lists: Lists, clock: Any, value: int) -> None:
    lists.publish(value)

    standing = await lists.ask()

    assert (standing.value, standing.as_of) == (value, clock())


async def test_a_list_signed_by_another_key_is_not_believed(lists: Lists, province: Any) -> None:
    lists.publish(0, key=province.certified(Role.STATUS, province.issuer))

    with pytest.raises(BadIssuerError):
        await lists.ask()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"sub": "https://elsewhere.example/1"}, "another one's"),
        ({"iat": MAX_CLOCK_SKEW_S + 1}, "future"),
        ({"exp": 0}, "run out"),
    ],
)
async def test_a_list_of_another_place_or_time_is_not_believed(
    lists: Lists, changes: dict[str, Any], why: str
) -> None:
    moved = {
        name: lists.now_s + value if isinstance(value, int) else value
        for name, value in changes.items()
    }
    lists.publish(0, **moved)

    with pytest.raises(BadIssuerError, match=why):
        await lists.ask()


async def test_no_list_is_no_word(lists: Lists) -> None:
    with pytest.raises(UnreachableError):
        await lists.ask()
