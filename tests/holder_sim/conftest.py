"""The other side of a wallet in small: a province, an issuer and a counter on real HTTP.

They keep to the protocols by default and misbehave when a test tells them to. Written for
these tests alone; nothing of ``issuer/`` or ``verifier/`` is in it.
"""

import asyncio
import secrets
import socket
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import msgspec
import pytest
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from holder_sim.face_check import FaceCheck, Purpose, ScriptedMatcher, Unlocked
from holder_sim.held_credential import Card, HeldCopy, Holdings
from holder_sim.issuance_client import IssuanceClient
from holder_sim.presentation_client import Asked as AskedOfHolder
from holder_sim.presentation_client import PresentationClient, Sent
from holder_sim.settings import Settings
from holder_sim.vault import Vault
from holder_sim.wallet import Wallet
from holder_sim.wallet_http import WalletHttp
from holder_sim.wallet_trust import WalletTrust
from keys.certificates import Role, issue_certificate, new_root
from keys.holder_proof import verify_proof
from keys.jwe import EncryptionKey, decrypt_jwe
from keys.jws import parse_jws, public_key_from_jwk, sign_jws, verify_jws, x5c_header
from keys.signing_key import SoftwareSigningKey, new_signing_key
from keys.trust_list import COUNTER_AUDIENCE, TrustedIssuer, TrustList, encode_all, sign_trust_list
from schemas.base64url import b64url_decode
from schemas.endorsement_window import expires_at
from schemas.openid4vci import (
    PRE_AUTHORIZED_GRANT,
    CredentialOffer,
    Grants,
    PreAuthorizedGrant,
    TxCode,
    offer_uri,
)
from schemas.openid4vp import (
    AUTHORIZATION_REQUEST_MEDIA_TYPE,
    AUTHORIZATION_REQUEST_TYP,
    KEY_BINDING_TYP,
    authorization_url,
    x509_hash_client_id,
)
from schemas.permit_credential import (
    CLAIM_PATHS,
    FULL_CONFIGURATION,
    PASS_CLAIMS,
    PASS_CONFIGURATION,
    PERMIT_VCT,
    SD_JWT_VC_TYP,
)
from schemas.sd_jwt import (
    SelectiveObject,
    conceal,
    join_sd_jwt,
    parse_sd_jwt,
    process_payload,
    sd_hash,
)

NOW = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
COUNTY = "330302"
USABLE_THROUGH = date(2027, 11, 23)
TX_CODE = "493536"
CLAIMS: dict[str, Any] = {
    "name": "买买提·示范",
    "birthdate": "1990-01-01",
    "citizen_id_number": "650000199001010007",
    "citizen_id_tail": "0007",
    "residence_address": "浙江省温州市鹿城区示范路1号",
    "permit_number": "330302-2025-000001",
    "continuous_residence_since": "2025-11-23",
    "age_over_18": True,
    "record": {
        "sex": "1",
        "ethnic_group": "05",
        "portrait": "data:image/png;base64,iVBORw0KGgo",
        "registered_address": "示范县示范路2号",
        "issuing_authority": "温州市公安局鹿城区分局",
        "date_of_issuance": "2025-11-23",
    },
}


@dataclass
class Asked:
    """One request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    def json(self) -> dict[str, Any]:
        value: dict[str, Any] = msgspec.json.decode(self.body)
        return value


@dataclass
class Answer:
    """One answer; ``chunks`` are sent one by one with ``pause_s`` between them."""

    body: bytes = b""
    status: int = 200
    media_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    chunks: int = 1
    pause_s: float = 0.0


Handler = Callable[[Asked], Answer]


def says(value: object, *, status: int = 200) -> Answer:
    """A JSON answer."""
    return Answer(msgspec.json.encode(value), status)


class Web:
    """A server on a loopback port: one handler for each path, every request remembered."""

    def __init__(self) -> None:
        self.handlers: dict[str, Handler] = {}
        self.asked: list[Asked] = []
        self.base_url = ""

    def clear(self) -> None:
        self.handlers, self.asked = {}, []

    def put(self, path: str, answer: Answer) -> str:
        self.handlers[path] = lambda _: answer
        return self.base_url + path

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    async def __call__(
        self,
        scope: Mapping[str, Any],
        receive: Callable[[], Awaitable[dict[str, Any]]],
        send: Callable[[dict[str, Any]], Awaitable[None]],
    ) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        asked = Asked(scope["method"], scope["path"], headers, body)
        self.asked.append(asked)
        handler = self.handlers.get(asked.path)
        answer = handler(asked) if handler else Answer(status=404)
        all_headers = {"content-type": answer.media_type, **answer.headers}
        if answer.chunks == 1:
            all_headers["content-length"] = str(len(answer.body))
        await send(
            {
                "type": "http.response.start",
                "status": answer.status,
                "headers": [(n.encode(), v.encode()) for n, v in all_headers.items()],
            }
        )
        for _ in range(answer.chunks - 1):
            await send({"type": "http.response.body", "body": answer.body, "more_body": True})
            await asyncio.sleep(answer.pause_s)
        await send({"type": "http.response.body", "body": answer.body})


@pytest.fixture(scope="session")
def _server() -> Iterator[Web]:
    web = Web()
    # With the protocol named, the event loop turns Nagle's algorithm off: 40 ms a request.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    web.base_url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    config = uvicorn.Config(web, log_level="critical", lifespan="off", ws="none", loop="asyncio")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        time.sleep(0.005)
    yield web
    server.should_exit = server.force_exit = True
    thread.join()


@pytest.fixture
def web(_server: Web) -> Web:
    _server.clear()
    return _server


class Province:
    """The root, and what it signs: certificates and the trust list."""

    verifier_role = Role.VERIFIER

    def __init__(self, issuer: str, *, now: datetime = NOW) -> None:
        self.now = now
        self.issuer = issuer
        self.root_key = new_signing_key()
        self.root = new_root(self.root_key, name="Test Province", now=now - timedelta(days=60))
        self.list_signer = self.certified(Role.TRUST_LIST, "https://province.example")
        self.credential_key = self.certified(Role.CREDENTIAL, issuer)
        self.verifier_key = self.certified(Role.VERIFIER, "https://counter.example")

    def certified(self, role: Role, identifier: str, **changes: Any) -> SoftwareSigningKey:
        """A fresh key with a certificate under the root."""
        key = new_signing_key()
        values: dict[str, Any] = {
            "root": self.root,
            "root_key": self.root_key,
            "public": key,
            "role": role,
            "name": "Test Office",
            "identifier": identifier,
            "now": self.now - timedelta(days=30),
        }
        key.chain = (issue_certificate(**values | changes),)
        return key

    def root_pem(self) -> bytes:
        return x509.load_der_x509_certificate(self.root).public_bytes(Encoding.PEM)

    def entry(self, **changes: Any) -> TrustedIssuer:
        made = TrustedIssuer(
            issuer=self.issuer,
            name_zh="鹿城公安机关",
            name_en="Police of Lucheng",
            anchor=encode_all([self.root])[0],
            credential_certificates=encode_all(self.credential_key.chain),
            status_certificates=(),
            counties=(COUNTY,),
            credential_types=(PERMIT_VCT,),
            valid_from=date(2021, 6, 7),
            valid_until=date(2031, 12, 31),
        )
        return msgspec.structs.replace(made, **changes)

    def trust_list(self, *entries: TrustedIssuer, **changes: Any) -> TrustList:
        made = TrustList(
            sequence=7,
            iat=int(self.now.timestamp()) - 3600,
            exp=int(self.now.timestamp()) + 30 * 86400,
            counter_audience=COUNTER_AUDIENCE,
            issuers=entries or (self.entry(),),
            verifier_anchors=encode_all([self.root]),
        )
        return msgspec.structs.replace(made, **changes)

    def trust_token(self, *entries: TrustedIssuer, **changes: Any) -> str:
        return sign_trust_list(self.trust_list(*entries, **changes), self.list_signer)


def concealed(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: SelectiveObject(value) if isinstance(value, dict) else value
        for name, value in values.items()
    }


class Issuer:
    """Follows OpenID4VCI; each attribute named after a step changes that step."""

    def __init__(self, web: Web, province: Province) -> None:
        self.web = web
        self.province = province
        self.identifier = province.issuer
        self.url_path = province.issuer.removeprefix(web.base_url)
        self.codes = {"code-1": TX_CODE}
        self.refresh_tokens = {"refresh-1"}
        self.tokens: set[str] = set()
        self.nonces: list[str] = []
        self.proven: list[dict[str, str]] = []
        self.issued: list[str] = []
        self.issue_count = 0
        self.refusals: list[str] = []
        """Error codes with which the next credential requests are refused."""
        self.usable_through = USABLE_THROUGH
        self.claims = CLAIMS
        self.alter_metadata: dict[str, Any] = {}
        self.alter_server: dict[str, Any] = {}
        self.alter_token: dict[str, Any] = {}
        self.visible: dict[str, Any] = {}
        self.alter_payload: Callable[[dict[str, Any]], dict[str, Any]] = lambda payload: payload
        self.alter_credential: Callable[[str], str] = lambda credential: credential
        self.alter_keys: Callable[[list[dict[str, str]]], list[dict[str, str]]] = lambda keys: keys
        self.key = province.credential_key
        self.typ = SD_JWT_VC_TYP
        self.header: dict[str, Any] = {}
        self._open()

    def _open(self) -> None:
        path = self.url_path
        self.web.handlers |= {
            f"/.well-known/openid-credential-issuer{path}": lambda _: says(self.metadata()),
            f"/.well-known/oauth-authorization-server{path}": lambda _: says(self.server()),
            # Not where joining strings would lead: only metadata says where endpoints are.
            f"{path}/t": self.token,
            f"{path}/n": self.nonce,
            f"{path}/c": self.credential,
        }

    def metadata(self) -> dict[str, Any]:
        configuration = {
            "format": SD_JWT_VC_TYP,
            "vct": PERMIT_VCT,
            "scope": "permit",
            "cryptographic_binding_methods_supported": ["jwk"],
            "proof_types_supported": {"jwt": {"proof_signing_alg_values_supported": ["ES256"]}},
        }
        return {
            "credential_issuer": self.identifier,
            "credential_endpoint": f"{self.identifier}/c",
            "nonce_endpoint": f"{self.identifier}/n",
            "batch_credential_issuance": {"batch_size": 10},
            "credential_configurations_supported": {
                FULL_CONFIGURATION: configuration,
                PASS_CONFIGURATION: configuration,
            },
            "something_new": {"ignored": True},
        } | self.alter_metadata

    def server(self) -> dict[str, Any]:
        return {
            "issuer": self.identifier,
            "token_endpoint": f"{self.identifier}/t",
            "grant_types_supported": [PRE_AUTHORIZED_GRANT, "refresh_token"],
        } | self.alter_server

    def offer(self, **changes: Any) -> CredentialOffer:
        grant = PreAuthorizedGrant(pre_authorized_code="code-1", tx_code=TxCode(length=6))
        made = CredentialOffer(
            credential_issuer=self.identifier,
            credential_configuration_ids=(FULL_CONFIGURATION, PASS_CONFIGURATION),
            grants=Grants(pre_authorized=grant),
        )
        return msgspec.structs.replace(made, **changes)

    def offer_uri(self, **changes: Any) -> str:
        return offer_uri(self.offer(**changes))

    def token(self, asked: Asked) -> Answer:
        form = asked.form()
        if form["grant_type"] == PRE_AUTHORIZED_GRANT:
            code = form.get("pre-authorized_code", "")
            if self.codes.get(code) != form.get("tx_code"):
                return says({"error": "invalid_grant", "error_description": "no"}, status=400)
            del self.codes[code]
        elif form.get("refresh_token") in self.refresh_tokens:
            self.refresh_tokens.discard(form["refresh_token"])
        else:
            return says({"error": "invalid_grant"}, status=400)
        token, refresh = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
        self.tokens.add(token)
        self.refresh_tokens.add(refresh)
        answer = {"access_token": token, "token_type": "Bearer", "refresh_token": refresh}
        return says(answer | {"expires_in": 300, "something_new": 1} | self.alter_token)

    def nonce(self, _: Asked) -> Answer:
        self.nonces.append(secrets.token_urlsafe(16))
        return says({"c_nonce": self.nonces[-1], "something_new": 1})

    def credential(self, asked: Asked) -> Answer:
        if asked.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return says({"error": "invalid_token"}, status=401)
        if self.refusals:
            return says({"error": self.refusals.pop(0)}, status=400)
        request = asked.json()
        proven = [
            verify_proof(proof, audience=self.identifier, now=self.province.now)
            for proof in request["proofs"]["jwt"]
        ]
        if {key.nonce for key in proven} != {self.nonces[-1]}:
            return says({"error": "invalid_nonce"}, status=400)
        self.proven += [key.jwk for key in proven]
        keys = self.alter_keys([key.jwk for key in reversed(proven)])
        configuration = request["credential_configuration_id"]
        self.issued = [self.alter_credential(self.issue(configuration, key)) for key in keys]
        credentials = [{"credential": text, "something_new": 1} for text in self.issued]
        return says({"credentials": credentials, "notification_id": "n"})

    def issue(self, configuration: str, jwk: dict[str, str]) -> str:
        """One copy for the key ``jwk``."""
        self.issue_count += 1
        day_s = int(self.province.now.timestamp()) // 86400 * 86400
        visible = {
            "iss": self.identifier,
            "vct": PERMIT_VCT,
            "iat": day_s,
            "nbf": day_s,
            "exp": int(expires_at(self.usable_through).timestamp()),
            "cnf": {"jwk": jwk},
            "status": {
                "status_list": {"idx": self.issue_count, "uri": f"{self.identifier}/status/1"}
            },
            "jurisdiction": COUNTY,
            "endorsement": {"sequence": 1, "usable_through": self.usable_through.isoformat()},
        } | self.visible
        hidden = self.claims
        if configuration == PASS_CONFIGURATION:
            hidden = {name: hidden[name] for name in PASS_CLAIMS}
        hidden = {name: value for name, value in hidden.items() if name not in visible}
        payload, disclosures = conceal(visible, concealed(hidden))
        header = {"x5c": x5c_header(self.key)} | self.header
        token = sign_jws(
            msgspec.json.encode(self.alter_payload(payload)), typ=self.typ, key=self.key, **header
        )
        return join_sd_jwt(token, [disclosure.encoded for disclosure in disclosures])


class Counter:
    """Asks over OpenID4VP; remembers what was posted to it."""

    def __init__(self, web: Web, province: Province) -> None:
        self.web = web
        self.province = province
        self.key = province.verifier_key
        self.encryption_key = EncryptionKey.new("kid-1")
        self.nonce = secrets.token_urlsafe(16)
        self.typ = AUTHORIZATION_REQUEST_TYP
        self.header: dict[str, Any] = {}
        self.answer = says({"redirect_uri": "https://counter.example/done#code"})
        self.posted: list[bytes] = []
        web.handlers["/response"] = self._take

    @property
    def client_id(self) -> str:
        return x509_hash_client_id(self.key.chain[0])

    def _take(self, asked: Asked) -> Answer:
        self.posted.append(asked.body)
        return self.answer

    def members(self, *claims: str, mode: str = "direct_post.jwt") -> dict[str, Any]:
        """The request for these claims of a permit."""
        query: dict[str, Any] = {
            "id": "permit",
            "format": SD_JWT_VC_TYP,
            "meta": {"vct_values": [PERMIT_VCT]},
        }
        if claims:
            query["claims"] = [{"path": list(CLAIM_PATHS[name])} for name in claims]
        metadata: dict[str, Any] = {"vp_formats_supported": {SD_JWT_VC_TYP: {}}}
        if mode.endswith(".jwt"):
            metadata["jwks"] = {"keys": [self.encryption_key.public_jwk()]}
            metadata["encrypted_response_enc_values_supported"] = ["A128GCM", "A256GCM"]
        now_s = int(self.province.now.timestamp())
        return {
            "client_id": self.client_id,
            "aud": "https://self-issued.me/v2",
            "response_type": "vp_token",
            "response_mode": mode,
            "response_uri": self.web.base_url + "/response",
            "nonce": self.nonce,
            "state": "state-1",
            "dcql_query": {"credentials": [query]},
            "client_metadata": metadata,
            "iat": now_s,
            "exp": now_s + 300,
        }

    def ask(self, members: Mapping[str, Any], **link: Any) -> str:
        """Sign and serve a request; members that are ``None`` are left out. Gives the link."""
        present = {name: value for name, value in members.items() if value is not None}
        header = {"x5c": x5c_header(self.key)} | self.header
        token = sign_jws(
            msgspec.json.encode(present),
            typ=self.typ,
            key=self.key,
            **{name: value for name, value in header.items() if value is not None},
        )
        self.web.put("/object", Answer(token.encode(), media_type=AUTHORIZATION_REQUEST_MEDIA_TYPE))
        values = {"client_id": self.client_id, "request_uri": self.web.base_url + "/object"}
        return authorization_url(**values | link)

    def response(self) -> dict[str, Any]:
        """What was in the last answer: decrypted where it was encrypted."""
        fields = dict(parse_qsl(self.posted[-1].decode(), keep_blank_values=True))
        if "response" in fields:
            assert fields.keys() == {"response"}
            return dict(
                msgspec.json.decode(
                    decrypt_jwe(
                        fields["response"], private_key=self.encryption_key, encs=["A256GCM"]
                    )
                )
            )
        if "vp_token" in fields:
            return {**fields, "vp_token": msgspec.json.decode(fields["vp_token"])}
        return dict(fields)

    def claims(self) -> dict[str, Any]:
        """Claims of the one presentation in the last answer, after its checks."""
        vp_token = self.response()["vp_token"]
        assert list(vp_token) == ["permit"]
        (presentation,) = vp_token["permit"]
        return checked(presentation, audience=self.client_id, nonce=self.nonce)


def checked(presentation: str, *, audience: str, nonce: str | None) -> dict[str, Any]:
    """The claims of a presentation, its key binding checked as a verifier would."""
    sd_jwt = parse_sd_jwt(presentation)
    payload = msgspec.json.decode(b64url_decode(sd_jwt.issuer_jwt.split(".")[1]))
    claims = process_payload(payload, sd_jwt.disclosures).claims
    assert sd_jwt.kb_jwt is not None
    jws = parse_jws(sd_jwt.kb_jwt, typ=KEY_BINDING_TYP)
    verify_jws(jws, public_key_from_jwk(claims["cnf"]["jwk"]))
    binding = msgspec.json.decode(jws.payload)
    assert binding.keys() == {"iat", "aud", "nonce", "sd_hash"}
    assert 0 <= binding["iat"] - NOW.timestamp() < 60  # a process of its own may be a little later
    assert binding["aud"] == audience
    assert nonce is None or binding["nonce"] == nonce
    assert binding["sd_hash"] == sd_hash(sd_jwt.signed_part)
    return claims


@dataclass
class Clock:
    """A clock that a test moves."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def _province(_server: Web) -> Province:
    return Province(f"{_server.base_url}/{COUNTY}")


@pytest.fixture
def province(_province: Province, web: Web, tmp_path: Path) -> Province:
    """The province, its list served and its root in a file."""
    web.put("/trust-list", Answer(_province.trust_token().encode(), media_type="application/jwt"))
    (tmp_path / "root.pem").write_bytes(_province.root_pem())
    return _province


@pytest.fixture
def issuer(web: Web, province: Province) -> Issuer:
    return Issuer(web, province)


@pytest.fixture
def counter(web: Web, province: Province) -> Counter:
    return Counter(web, province)


class Phone:
    """A wallet put together on a clock that the test moves."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock
        self.directory = Path(settings.state_dir)
        self.http = WalletHttp(timeout_s=2)
        self.vault = Vault(self.directory)
        self.face = FaceCheck(self.vault, ScriptedMatcher(), settings, clock)
        self.trust = WalletTrust(
            source=settings.trust_list,
            root_certificate=Path(settings.root_certificate),
            directory=self.directory,
            http=self.http,
            clock=clock,
        )
        self.wallet = Wallet(
            issuance=IssuanceClient(self.http, self.trust, clock, settings.copies),
            presentations=PresentationClient(self.http),
            trust=self.trust,
            clock=clock,
        )
        self.seen: list[AskedOfHolder] = []

    def unlock(self, purpose: Purpose) -> Unlocked:
        return self.face.unlock(b"match", purpose)

    async def accept(self, uri: str, tx_code: str | None = TX_CODE) -> tuple[Card, ...]:
        return await self.wallet.accept(self.unlock(Purpose.COLLECT), uri, tx_code)

    async def answer(self, url: str, *, agree: bool = True) -> Sent:
        def consent(asked: AskedOfHolder) -> bool:
            self.seen.append(asked)
            return agree

        return await self.wallet.answer(self.unlock(Purpose.PRESENT), url, consent)

    def holdings(self) -> Holdings:
        return self.unlock(Purpose.VIEW).holdings()

    def copies(self, configuration: str) -> list[HeldCopy]:
        return [c for c in self.holdings().copies if c.configuration == configuration]


def settings_for(web: Web, folder: Path) -> Settings:
    return Settings(
        state_dir=str(folder / "wallet"),
        trust_list=f"{web.base_url}/trust-list",
        root_certificate=str(folder / "root.pem"),
        copies=2,
    )


@pytest.fixture
def settings(web: Web, tmp_path: Path) -> Settings:
    return settings_for(web, tmp_path)


@pytest.fixture
async def phone(province: Province, settings: Settings, clock: Clock) -> AsyncIterator[Phone]:
    made = Phone(settings, clock)
    yield made
    await made.http.close()


@dataclass
class Taken:
    """A wallet's folder after taking a permit, and the issuer's memory of it."""

    files: dict[str, bytes]
    refresh_tokens: set[str]


@pytest.fixture(scope="session")
def _taken(_server: Web, _province: Province, tmp_path_factory: pytest.TempPathFactory) -> Taken:
    """Done once, by the real steps; each test gets a copy of the folder."""
    folder = tmp_path_factory.mktemp("taken")
    handlers, _server.handlers = _server.handlers, {}
    _server.put("/trust-list", Answer(_province.trust_token().encode(), 200, "application/jwt"))
    (folder / "root.pem").write_bytes(_province.root_pem())
    issuer = Issuer(_server, _province)

    async def take() -> None:
        phone = Phone(settings_for(_server, folder), Clock())
        await phone.accept(issuer.offer_uri())
        await phone.http.close()

    asyncio.run(take())
    _server.handlers = handlers
    files = {path.name: path.read_bytes() for path in (folder / "wallet").iterdir()}
    return Taken(files, issuer.refresh_tokens)


@pytest.fixture
def holding(_taken: Taken, phone: Phone, issuer: Issuer, web: Web) -> Phone:
    """A phone with a permit on it."""
    for name, data in _taken.files.items():
        (phone.directory / name).write_bytes(data)
    issuer.refresh_tokens |= _taken.refresh_tokens
    web.asked.clear()
    return phone


@pytest.fixture
def checked_presentation() -> Callable[..., dict[str, Any]]:
    """Checks a presentation as a verifier would; gives its claims."""
    return checked


@pytest.fixture
def new_answer() -> type[Answer]:
    """Makes an answer for ``web``."""
    return Answer


@pytest.fixture
def moved_clock(settings: Settings, clock: Clock) -> Callable[[float], None]:
    """Writes the file that moves a wallet's process to the time of these tests."""
    file = Path(f"{settings.state_dir}-clock")

    def move(further_s: float) -> None:
        ahead = clock.now - datetime.now(UTC) + timedelta(seconds=further_s)
        file.write_text(str(int(ahead.total_seconds())), encoding="ascii")

    return move
