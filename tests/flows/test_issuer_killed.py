"""The issuer dies at any moment between granting and answering, and nothing is half done.

Twenty times a service process that is granting permits and serving wallets is killed without
warning. After each restart the register is whole, no status index was used twice, and every
wallet gets its permit by asking again.
"""

import asyncio
import os
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from signal import SIGKILL, SIGTERM
from socket import socket

import httpx
import msgspec
import pytest

from issuer.audit_log import verify_chain
from issuer.offers import Offers
from issuer.settings import load_settings
from issuer.storage_sql import SqlIssuerStorage
from keys.clock import system_clock
from keys.holder_proof import make_proof
from keys.jws import parse_jws
from keys.province import Province
from keys.signing_key import new_signing_key
from schemas.openid4vci import PRE_AUTHORIZED_GRANT, CredentialOffer, parse_offer_uri
from schemas.sd_jwt import parse_sd_jwt
from schemas.status_list import status_reference

ROOT = Path(__file__).parents[2]
KILLS = 20
MOST_EVENTS = 40
"""Offers made and requests answered in the longest life."""
WALLETS_AT_ONCE = 6
COPIES = 3
LUCHENG = "330302"

SERVICE = """
import os, sys, threading
from msgspec.structs import replace
from issuer.app import serve
from issuer.demonstration import PEOPLE, demonstration_particulars
from issuer.desk import Desk
from issuer.officer import ALL_ROLES, Officer
from issuer.offers import Offers
from issuer.settings import load_settings
from issuer.storage_sql import SqlIssuerStorage
from keys.clock import system_clock
from schemas.civil_id import check_character
from schemas.endorsement_window import day_of

def say(*words):
    # One write, so that a line is there whole or not at all.
    os.write(1, (" ".join(words) + "\\n").encode())

def grant_and_offer(settings, life):
    storage = SqlIssuerStorage(settings.database)
    desk, today = Desk(storage, system_clock, allow_demo_ids=True), day_of(system_clock())
    offers = Offers(storage, system_clock, settings)
    anybody = demonstration_particulars(PEOPLE[0], house=1, on=today)
    for n in range(28):
        first17 = f"3300001990{life % 12 + 1:02d}{n + 1:02d}00{life // 12}"
        particulars = replace(anybody, citizen_id_number=first17 + check_character(first17))
        permit = desk.grant(particulars, Officer("granter", "330302", ALL_ROLES))
        offer = offers.create(permit.number, officer=None, by_reference=False)
        say("offer", permit.number, offer.tx_code, offer.uri)

settings = load_settings(os.environ)
for life in sys.stdin:
    # Forked with all imports done, so that a restart costs milliseconds.
    pid = os.fork()
    if pid == 0:
        say("started", str(os.getpid()))
        threading.Thread(target=grant_and_offer, args=(settings, int(life)), daemon=True).start()
        serve(settings)
    os.waitpid(pid, 0)
    say("ended")
"""


class Wallet:
    """What one resident's wallet holds, whatever the service forgot to say."""

    def __init__(self, number: str, tx_code: str, uri: str) -> None:
        self.number = number
        self.access_token: str | None = None
        self.spent = False
        """The code was spent by a request whose answer was lost."""
        self.copies: list[str] = []
        self.offered(tx_code, uri)

    def offered(self, tx_code: str, uri: str) -> None:
        offer = parse_offer_uri(uri)
        assert isinstance(offer, CredentialOffer)
        assert offer.grants is not None
        assert offer.grants.pre_authorized is not None
        self.form = {
            "grant_type": PRE_AUTHORIZED_GRANT,
            "pre-authorized_code": offer.grants.pre_authorized.pre_authorized_code,
            "tx_code": tx_code,
        }
        self.spent = False

    async def ask(self, http: httpx.AsyncClient) -> None:
        """As far as the service lives: token, nonce, copies."""
        if self.access_token is None:
            answer = await http.post(f"/{LUCHENG}/token", data=self.form)
            if answer.status_code == 400:
                self.spent = answer.json()["error"] == "invalid_grant"
                return
            self.access_token = answer.json()["access_token"]
        nonce = (await http.post(f"/{LUCHENG}/nonce")).json()["c_nonce"]
        issuer, now = str(http.base_url).rstrip("/") + f"/{LUCHENG}", datetime.now(UTC)
        proofs = [
            make_proof(new_signing_key(), audience=issuer, nonce=nonce, now=now)
            for _ in range(COPIES)
        ]
        answer = await http.post(
            f"/{LUCHENG}/credential",
            json={"credential_configuration_id": "residence_permit", "proofs": {"jwt": proofs}},
            headers={"Authorization": f"Bearer {self.access_token}"},
        )
        assert answer.status_code == 200, answer.text
        self.copies = [copy["credential"] for copy in answer.json()["credentials"]]


class Life:
    """One life of the service: what it has offered and answered so far, and its end."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.events = 0
        self.over = asyncio.Event()

    async def last(self, events: int, jitter_s: float) -> None:
        """Until so much has happened, and then killed in the middle of what comes next."""
        while self.events < events:
            await asyncio.sleep(0.001)
        await asyncio.sleep(jitter_s)
        os.kill(self.pid, SIGKILL)
        self.over.set()


class Service:
    """A process that forks services, each of which is killed by its own number."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._orders, self._lines = process.stdin, process.stdout

    async def start(self, number: int) -> Life:
        self._orders.write(f"{number}\n".encode())
        word, pid = (await self._lines.readline()).decode().split()
        assert word == "started"
        return Life(int(pid))

    async def read_offers(self, life: Life, wallets: list[Wallet]) -> None:
        """A wallet for each offer, until the service is dead."""
        while (line := await self._lines.readline()) != b"ended\n":
            life.events += 1
            number, tx_code, uri = line.decode().split()[1:]
            wallets.append(Wallet(number, tx_code, uri))


def check_register(storage: SqlIssuerStorage, database: Path, wallets: list[Wallet]) -> None:
    """Nothing is half done: not in the register, and not between it and the wallets."""
    with storage.reading() as register:
        permits = [permit.number for permit in register.permits()]
        entries = register.audit()
    verify_chain(entries)
    assert sorted(permits) == sorted(e.permit_number for e in entries if e.act == "grant")
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT list_number, idx, permit_number FROM status_entries")
        places = {(number, idx): permit for number, idx, permit in rows}
    issued = sum(int(e.details["copies"]) for e in entries if e.act == "issue_copies")
    assert issued == len(places)
    held = [(place_of(copy), wallet.number) for wallet in wallets for copy in wallet.copies]
    assert len({place for place, _ in held}) == len(held)
    assert all(places[place] == number for place, number in held)


def place_of(copy: str) -> tuple[int, int]:
    jws = parse_jws(parse_sd_jwt(copy).issuer_jwt, typ="dc+sd-jwt")
    reference = status_reference(msgspec.json.decode(jws.payload))
    return int(reference.uri.rsplit("/", 1)[1]), reference.idx


async def ask_until(over: asyncio.Event, wallets: list[Wallet], http: httpx.AsyncClient) -> None:
    """Every wallet without copies asks again and again, a few at a time."""
    while not over.is_set():
        hungry = [wallet for wallet in wallets if not wallet.copies and not wallet.spent]
        for answer in await asyncio.gather(
            *(wallet.ask(http) for wallet in hungry[:WALLETS_AT_ONCE]), return_exceptions=True
        ):
            # Not reached, or cut off: what a wallet sees of a service that is not there.
            if answer is not None and not isinstance(answer, httpx.TransportError):
                raise answer
        await asyncio.sleep(0.001)


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base_url = f"http://127.0.0.1:{port}"
    Province(tmp_path / "keys").initialise(
        issuer_url=base_url,
        counties=[LUCHENG],
        verifier_url="http://127.0.0.1:1",
        now=datetime.now(UTC),
    )
    return {
        **os.environ,
        "ISSUER_PORT": str(port),
        "ISSUER_BASE_URL": base_url,
        "ISSUER_KEYS_DIR": str(tmp_path / "keys"),
        "ISSUER_STATE_DIR": str(tmp_path),
        "ISSUER_ALLOW_DEMO_IDS": "true",
    }


@asynccontextmanager
async def forking(environ: dict[str, str], log_file: Path) -> AsyncIterator[Service]:
    with log_file.open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", SERVICE),
            cwd=ROOT,
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
        try:
            yield Service(process)
        finally:
            # With all it forked: a test that failed leaves nothing behind.
            os.killpg(process.pid, SIGKILL)
            await process.wait()


async def test_killed_at_any_moment_nothing_is_half_done(
    environ: dict[str, str], tmp_path: Path
) -> None:
    seed = int(os.environ.get("TEST_SEED", time.time_ns()))
    print(f"TEST_SEED={seed}")  # shown when the test fails
    moments = random.Random(seed)
    settings = load_settings({k: v for k, v in environ.items() if k.startswith("ISSUER_")})
    storage = SqlIssuerStorage(settings.database)
    offers = Offers(storage, system_clock, settings)
    wallets: list[Wallet] = []

    async with httpx.AsyncClient(base_url=settings.base_url, trust_env=False) as http:
        async with forking(environ, tmp_path / "service.log") as service:
            for number in range(KILLS):
                life = await service.start(number)
                http.event_hooks = {"response": [counting(life)]}
                await asyncio.gather(
                    life.last(moments.randint(0, MOST_EVENTS), moments.uniform(0, 0.01)),
                    service.read_offers(life, wallets),
                    ask_until(life.over, wallets, http),
                )
                check_register(storage, tmp_path / "register.sqlite", wallets)
                offer_again(wallets, offers)
        http.event_hooks = {}
        with last_life(environ, tmp_path):
            await asyncio.wait_for(ask_all(wallets, offers, http), timeout=60)
            assert (await http.get("/health")).status_code == 200
    check_register(storage, tmp_path / "register.sqlite", wallets)
    storage.close()
    assert all(len(wallet.copies) == COPIES for wallet in wallets)


def counting(life: Life) -> Callable[[httpx.Response], Awaitable[None]]:
    async def count(_: httpx.Response) -> None:
        life.events += 1

    return count


async def ask_all(wallets: list[Wallet], offers: Offers, http: httpx.AsyncClient) -> None:
    """Until all have their copies; some learn only now that an answer to them was lost."""
    while any(not wallet.copies for wallet in wallets):
        offer_again(wallets, offers)
        over = asyncio.Event()
        asking = asyncio.create_task(ask_until(over, wallets, http))
        await asyncio.sleep(0.1)
        over.set()
        await asking


def offer_again(wallets: list[Wallet], offers: Offers) -> None:
    for wallet in wallets:
        if wallet.spent:
            again = offers.create(wallet.number, officer=None, by_reference=False)
            wallet.offered(again.tx_code, again.uri)


@contextmanager
def last_life(environ: dict[str, str], tmp_path: Path) -> Iterator[None]:
    """The service as an operator starts it; this time it is asked to end."""
    with (tmp_path / "last.log").open("wb") as log:
        command = [sys.executable, "-m", "issuer", "serve"]
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stderr=log)
        try:
            yield
        finally:
            process.terminate()
            # The server ends in order, and then by the signal that asked it to.
            assert process.wait() == -SIGTERM
