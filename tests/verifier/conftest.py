"""A province in small: root, trust list, two county issuers, a holder's phone, a web server.

It signs real tokens with real keys and can be asked to sign wrong ones. It is written for
these tests alone and shares no code with ``issuer/`` or ``holder_sim/``.
"""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from keys.certificates import Role, issue_certificate, new_root
from keys.jws import sign_jws, x5c_header
from keys.one_time import MemoryOneTimeStore
from keys.signing_key import SoftwareSigningKey, new_signing_key
from keys.trust_list import (
    COUNTER_AUDIENCE,
    TrustedIssuer,
    TrustList,
    encode_all,
    sign_trust_list,
)
from schemas.divisions import county
from schemas.endorsement_window import expires_at
from schemas.openid4vp import KEY_BINDING_TYP
from schemas.paper_slip import SLIP_TYP
from schemas.permit_credential import CLAIM_PATHS, PERMIT_VCT, SD_JWT_VC_TYP
from schemas.sd_jwt import (
    SelectiveObject,
    conceal,
    disclosures_for,
    join_sd_jwt,
    parse_sd_jwt,
    sd_hash,
)
from schemas.status_list import STATUS_LIST_MEDIA_TYPE, STATUS_LIST_TYP, StatusList
from verifier.fetching import Fetcher
from verifier.status_cache import StatusCache
from verifier.trust_cache import TrustCache
from verifier.verify import Verifier

NOW = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
USABLE_THROUGH = date(2027, 11, 23)
INDEX = 4711
SIZE = 1 << 14
NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


def certified(
    root: bytes, root_key: SoftwareSigningKey, role: Role, name: str, identifier: str
) -> SoftwareSigningKey:
    """A fresh key with a certificate under ``root``."""
    key = new_signing_key()
    der = issue_certificate(
        root=root,
        root_key=root_key,
        public=key,
        role=role,
        name=name,
        identifier=identifier,
        now=NOW - timedelta(days=30),
    )
    key.chain = (der,)
    return key


@dataclass
class Office:
    """One county's issuer."""

    issuer: str
    county: str
    credential_key: SoftwareSigningKey
    status_key: SoftwareSigningKey

    @property
    def status_uri(self) -> str:
        return f"{self.issuer}/status/1"


@dataclass
class World:
    """Everything on the other side of the verifier."""

    base_url: str = "https://issuer.example"
    now: datetime = NOW
    sequence: int = 7
    holder: SoftwareSigningKey = field(default_factory=new_signing_key)

    def __post_init__(self) -> None:
        self.root_key = new_signing_key()
        self.root = new_root(self.root_key, name="Test Province", now=NOW - timedelta(days=60))
        self.list_signer = self._certified(Role.TRUST_LIST, "Test Province", "https://p.example")
        self.lucheng = self.office("330302")
        self.pingyang = self.office("330326")

    def _certified(self, role: Role, name: str, identifier: str) -> SoftwareSigningKey:
        return certified(self.root, self.root_key, role, name, identifier)

    def office(self, code: str) -> Office:
        issuer, name = f"{self.base_url}/{code}", f"Police of {code}"
        return Office(
            issuer,
            code,
            self._certified(Role.CREDENTIAL, name, issuer),
            self._certified(Role.STATUS, name, issuer),
        )

    def trusted(self, office: Office, **changes: Any) -> TrustedIssuer:
        entry = TrustedIssuer(
            issuer=office.issuer,
            name_zh="公安局",
            name_en=f"Police of {office.county}",
            anchor=encode_all([self.root])[0],
            credential_certificates=encode_all(office.credential_key.chain),
            status_certificates=encode_all(office.status_key.chain),
            counties=(office.county,),
            credential_types=(PERMIT_VCT,),
            valid_from=date(2021, 6, 7),
            valid_until=date(2031, 12, 31),
        )
        return msgspec.structs.replace(entry, **changes)

    def trust_list(self, *entries: TrustedIssuer, **changes: Any) -> TrustList:
        made = TrustList(
            sequence=self.sequence,
            iat=int(self.now.timestamp()) - 3600,
            exp=int(self.now.timestamp()) + 30 * 86400,
            counter_audience=COUNTER_AUDIENCE,
            issuers=entries or (self.trusted(self.lucheng), self.trusted(self.pingyang)),
            verifier_anchors=encode_all([self.root]),
        )
        return msgspec.structs.replace(made, **changes)

    def trust_token(self, *entries: TrustedIssuer, **changes: Any) -> str:
        return sign_trust_list(self.trust_list(*entries, **changes), self.list_signer)

    # -- permits ---------------------------------------------------------------------

    def visible(self, office: Office | None = None, **changes: Any) -> dict[str, Any]:
        """The always visible part; a change to ``None`` leaves the member out."""
        office = office or self.lucheng
        day_s = int(self.now.timestamp()) // 86400 * 86400
        through = changes.pop("usable_through", USABLE_THROUGH)
        members = {
            "iss": office.issuer,
            "vct": PERMIT_VCT,
            "iat": day_s,
            "nbf": day_s,
            "exp": int(expires_at(through).timestamp()),
            "cnf": {"jwk": self.holder.public_jwk()},
            "status": {"status_list": {"idx": INDEX, "uri": office.status_uri}},
            "jurisdiction": office.county,
            "endorsement": {"sequence": 1, "usable_through": through.isoformat()},
        } | changes
        return {name: value for name, value in members.items() if value is not None}

    def hidden(self) -> dict[str, Any]:
        return {
            "name": "买买提·示范",
            "birthdate": "1990-01-01",
            "citizen_id_number": "650000199001010007",
            "citizen_id_tail": "0007",
            "residence_address": "浙江省温州市鹿城区示范路1号",
            "permit_number": "330302-2025-000001",
            "continuous_residence_since": "2025-11-23",
            "age_over_18": True,
            "record": SelectiveObject(
                {
                    "sex": "1",
                    "ethnic_group": "05",
                    "portrait": "data:image/png;base64,AAAA",
                    "registered_address": "示范县示范路2号",
                    "issuing_authority": "温州市公安局鹿城区分局",
                    "date_of_issuance": "2025-11-23",
                }
            ),
        }

    def issue(
        self,
        office: Office | None = None,
        *,
        visible: Mapping[str, Any] | None = None,
        hidden: Mapping[str, Any] | None = None,
        alter: Callable[[dict[str, Any]], dict[str, Any]] = lambda payload: payload,
        typ: str = SD_JWT_VC_TYP,
        key: SoftwareSigningKey | None = None,
        **header: Any,
    ) -> str:
        """A whole SD-JWT; ``alter`` changes the payload before it is signed."""
        office = office or self.lucheng
        payload, disclosures = conceal(
            visible if visible is not None else self.visible(office),
            hidden if hidden is not None else self.hidden(),
        )
        key = key or office.credential_key
        token = sign_jws(
            msgspec.json.encode(alter(payload)),
            typ=typ,
            key=key,
            **({"x5c": x5c_header(key)} if key.chain else {}) | header,
        )
        return join_sd_jwt(token, [disclosure.encoded for disclosure in disclosures])

    def select(self, issued: str, show: Sequence[str]) -> str:
        """``issued`` with only the disclosures that ``show`` needs."""
        sd_jwt = parse_sd_jwt(issued)
        payload = payload_of(sd_jwt.issuer_jwt)
        kept = disclosures_for(payload, sd_jwt.disclosures, [CLAIM_PATHS[name] for name in show])
        return join_sd_jwt(sd_jwt.issuer_jwt, kept)

    def bind(
        self,
        shown: str,
        *,
        key: SoftwareSigningKey | None = None,
        typ: str = KEY_BINDING_TYP,
        header: Mapping[str, Any] | None = None,
        **changes: Any,
    ) -> str:
        """``shown`` with a key binding behind it; ``changes`` to its claims."""
        claims = {
            "iat": int(self.now.timestamp()),
            "aud": COUNTER_AUDIENCE,
            "nonce": secrets.token_urlsafe(16),
            "sd_hash": sd_hash(shown),
        } | changes
        present = {name: value for name, value in claims.items() if value is not None}
        return shown + sign_jws(
            msgspec.json.encode(present), typ=typ, key=key or self.holder, **dict(header or {})
        )

    def present(
        self,
        issued: str | None = None,
        *,
        show: Sequence[str] = ("name", "citizen_id_tail"),
        **changes: Any,
    ) -> str:
        """What a wallet sends, sound unless ``changes`` say otherwise."""
        return self.bind(self.select(issued or self.issue(), show), **changes)

    # -- slips on paper --------------------------------------------------------------

    def slip_claims(self, office: Office | None = None, **changes: Any) -> dict[str, Any]:
        """What a slip says; a change to ``None`` leaves the member out."""
        office = office or self.lucheng
        through = changes.pop("usable_through", USABLE_THROUGH)
        members = {
            "iss": office.issuer,
            "iat": int(self.now.timestamp()) // 86400 * 86400,
            "exp": int(expires_at(through).timestamp()),
            "jti": "7K3M-Q9TD-V2XA",
            "kind": "paper",
            "status": {"status_list": {"idx": INDEX, "uri": office.status_uri}},
            "jurisdiction": office.county,
            "permit_number": "ZJ330302202600000012",
            "citizen_id_tail": "0007",
            "endorsement": {"sequence": 1, "usable_through": through.isoformat()},
            "name": "买买提·示范",
            "residence_address": "浙江省温州市鹿城区示范路1号",
        } | changes
        return {name: value for name, value in members.items() if value is not None}

    def slip(
        self,
        office: Office | None = None,
        *,
        claims: Mapping[str, Any] | None = None,
        typ: str = SLIP_TYP,
        key: SoftwareSigningKey | None = None,
        **changes: Any,
    ) -> str:
        """A slip's token, sound unless ``changes`` say otherwise."""
        office = office or self.lucheng
        key = key or office.credential_key
        members = claims if claims is not None else self.slip_claims(office, **changes)
        header = {"x5c": x5c_header(key)} if key.chain else {}
        return sign_jws(msgspec.json.encode(members), typ=typ, key=key, **header)

    # -- status ----------------------------------------------------------------------

    def status_token(
        self,
        office: Office | None = None,
        values: Mapping[int, int] | None = None,
        *,
        key: SoftwareSigningKey | None = None,
        typ: str = STATUS_LIST_TYP,
        **changes: Any,
    ) -> str:
        office = office or self.lucheng
        key = key or office.status_key
        now_s = int(self.now.timestamp())
        claim = StatusList.from_values(2, SIZE, values or {}).encode()
        claims = {
            "sub": office.status_uri,
            "iat": now_s - 10,
            "exp": now_s + 86400,
            "ttl": 60,
            "status_list": {"bits": claim.bits, "lst": claim.lst},
        } | changes
        present = {name: value for name, value in claims.items() if value is not None}
        return sign_jws(msgspec.json.encode(present), typ=typ, key=key, x5c=x5c_header(key))


def payload_of(token: str) -> dict[str, Any]:
    from schemas.base64url import b64url_decode

    payload: dict[str, Any] = msgspec.json.decode(b64url_decode(token.split(".")[1]))
    return payload


class Web:
    """A web server on loopback that answers what a test tells it to, byte by byte."""

    def __init__(self) -> None:
        self.answers: dict[str, bytes] = {}
        self.requests: list[str] = []
        self.heads: list[str] = []
        self.delay_s = 0.0
        self.tasks: set[asyncio.Task[None]] = set()
        self.base_url = ""

    def put(
        self,
        path: str,
        body: bytes | str,
        *,
        status: str = "200 OK",
        media_type: str = STATUS_LIST_MEDIA_TYPE,
        **headers: str,
    ) -> None:
        data = body.encode() if isinstance(body, str) else body
        lines = [
            f"HTTP/1.1 {status}",
            f"content-type: {media_type}",
            f"content-length: {len(data)}",
            "connection: close",
        ]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.answers[path] = "\r\n".join([*lines, "", ""]).encode() + data

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.tasks.add(cast("asyncio.Task[None]", asyncio.current_task()))
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            path = head.split(" ")[1]
            self.requests.append(path)
            self.heads.append(head)
            await asyncio.sleep(self.delay_s)
            writer.write(self.answers.get(path, NOT_FOUND))
            await writer.drain()
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def close(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks)


@pytest.fixture(scope="session")
def world() -> World:
    """For tests that need no network; nobody may change it."""
    return World()


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    served = Web()
    server = await asyncio.start_server(served.handle, "127.0.0.1", 0)
    served.base_url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield served
        await served.close()


@dataclass
class Counters:
    """A verifier with its caches, in front of a world that is served by ``web``."""

    world: World
    web: Web
    directory: Path
    verifier: Verifier
    trust: TrustCache
    statuses: StatusCache

    def publish(self, values: Mapping[int, int] | None = None, **changes: Any) -> None:
        """Status lists of both offices."""
        for office in (self.world.lucheng, self.world.pingyang):
            path = office.status_uri.removeprefix(self.world.base_url)
            self.web.put(path, self.world.status_token(office, values, **changes))


@pytest.fixture
def new_counters(web: Web, tmp_path: Path) -> Callable[..., Counters]:
    """Makes a verifier anew over the same folder: a restart."""
    world = World(base_url=web.base_url)

    def make() -> Counters:
        web.put("/trust-list", world.trust_token(), media_type="application/jwt")
        fetcher = Fetcher(timeout_s=1)
        trust = TrustCache(
            f"{web.base_url}/trust-list", root=world.root, directory=tmp_path, fetcher=fetcher
        )
        statuses = StatusCache(tmp_path / "status-lists", fetcher=fetcher)
        verifier = Verifier(
            trust=trust, statuses=statuses, used_codes=MemoryOneTimeStore(), group="test"
        )
        made = Counters(world, web, tmp_path, verifier, trust, statuses)
        made.publish()
        return made

    return make


@pytest.fixture
def counters(new_counters: Callable[..., Counters]) -> Counters:
    return new_counters()


class Bundles:
    """Makes counter bundles of a world, sound unless told otherwise."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.key = world._certified(Role.BUNDLE, "Counters", "https://counter.example")

    def lines(self, *, trust: str | None = None, **lists: str) -> dict[str, str]:
        """The lines by name; ``lists`` by the last word of their address at Lucheng."""
        from verifier.counter_bundle import lines_of

        world = self.world
        of_lucheng = {f"{world.lucheng.issuer}/status/{name}": lists[name] for name in lists}
        return lines_of(
            trust_list=trust or world.trust_token(),
            lists=of_lucheng or {world.lucheng.status_uri: world.status_token()},
            divisions=b"divisions",
            items=b"items",
        )

    def bundle(
        self,
        lines: Mapping[str, str] | None = None,
        *,
        after: int = 0,
        key: SoftwareSigningKey | None = None,
        now: datetime | None = None,
    ) -> bytes:
        """The file."""
        from verifier.bundle_manifest import sign_manifest, write_lines

        lines = lines if lines is not None else self.lines()
        signed = sign_manifest(lines, after=after, key=key or self.key, now=now or self.world.now)
        return write_lines(signed.token, tuple(lines.values()))


@pytest.fixture
def bundles(world: World) -> Bundles:
    return Bundles(world)


@pytest.fixture
def new_bundles() -> type[Bundles]:
    """For a world of one's own."""
    return Bundles


@pytest.fixture
def lucheng_counter() -> Any:
    from verifier.verify import Counter

    return Counter(county("330302"))
