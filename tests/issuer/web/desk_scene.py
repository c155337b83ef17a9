"""A county at work, behind the desk's pages: officers, residents, applications, permits.

Made once for each process and copied for each test, so a test begins with all of it and may
do to it what it likes. Another county stands beside it, for who must not see this one.
"""

import html
import re
import shutil
from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path
from secrets import token_urlsafe
from typing import Any, Final

import httpx
from argon2.profiles import CHEAPEST
from litestar import Litestar
from litestar.serialization import encode_json
from litestar.testing import AsyncTestClient
from msgspec import Struct
from msgspec.structs import replace
from PIL import Image

from issuer.app import Issuer, application_of, build_issuer
from issuer.application import Application, Channel, Kind
from issuer.application_desk import ApplicationDesk
from issuer.application_drafts import ApplicationDrafts
from issuer.demonstration_identities import demonstration_identities
from issuer.demonstration_officers import add_demonstration_officers
from issuer.desk import Desk, Grounds
from issuer.document_store import FileDocumentStore
from issuer.draft_changes import Answers
from issuer.eligibility_facts import Basis
from issuer.identity_check import VerifiedIdentity
from issuer.officer import ALL_ROLES, Officer
from issuer.particulars import Particulars
from issuer.passwords import Passwords
from issuer.proposals import Proposals
from issuer.residence_register import ResidenceRegistration
from issuer.settings import Settings
from issuer.storage import IssuerReading, IssuerStorage, IssuerTransaction
from issuer.storage_sql import SqlIssuerStorage
from issuer.stored_residences import StoredResidences
from issuer.web.desk_session import OFFICER_ID, SECOND_FACTOR
from issuer.web.page_sessions import SESSION_STORE, STARTED_AT, cookie_name
from keys.clock import Clock
from schemas.endorsement_window import add_months, day_of

BASE_URL: Final = "http://127.0.0.1:8101"
LUCHENG, PINGYANG = "330302", "330326"
LIN, AYI, CHEN_YOUNG, ZHOU, WU, XIAO, ZHENG, MO, SHI, HE, LUO = (
    "52000019920512000X",
    "650000198801030013",
    "360000200709200017",
    "420000198002290019",
    "610000199507150003",
    "340000201506010003",
    "330000194802110012",
    "450000198604040012",
    "430000198506160017",
    "410000199908090008",
    "50000020011130001X",
)
"""Invented people, by citizen number."""
SESSION_COOKIE: Final = cookie_name("session", secure=False)
GROUNDS: Final = Grounds("核查中", "《居住证暂行条例》第十八条")
LI, CHEN, WANG = (Officer(name, LUCHENG, ALL_ROLES) for name in ("li-3", "chen-5", "wang-2"))


class Numbers(Struct, frozen=True):
    """What the scene holds, by number."""

    due: str
    """A permit whose window is open."""
    lapsed: str
    usable: str
    suspended: str
    """By li-3."""
    proposed: str
    """To be revoked, by li-3."""
    proposal: str
    elsewhere: str
    """A permit of the other county."""
    exempt: str
    """An application that rests on an exemption, to be granted in the eyes of li-3."""
    eligible: str
    """Overdue, with a JPEG and a PDF."""
    bare: str
    """Without any document."""
    asked: str
    """Waits for its applicant."""
    application_elsewhere: str


def jpeg() -> bytes:
    """A small picture, as a phone sends it."""
    target = BytesIO()
    Image.new("RGB", (60, 80), "#f4efe2").save(target, "JPEG")
    return target.getvalue()


def pdf() -> bytes:
    """A document of one page."""
    target = BytesIO()
    Image.new("RGB", (60, 80), "#f4efe2").save(target, "PDF")
    return target.getvalue()


class Scene:
    """One browser in front of the county's desk; what it was shown last is ``page``."""

    def __init__(self, http: AsyncTestClient[Litestar], issuer: Issuer, numbers: Numbers) -> None:
        self.http = http
        self.issuer = issuer
        self.numbers = numbers
        self.page = ""

    @property
    def storage(self) -> IssuerStorage:
        return self.issuer.storage

    @property
    def text(self) -> str:
        """The page's main part as people read it."""
        main = self.page.split("<main", 1)[-1].split("</main>", 1)[0]
        return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", main)))

    def acts(self, county: str = LUCHENG) -> list[str]:
        """The county's audit log, as verbs."""
        with self.storage.reading() as register:
            return [entry.act for entry in register.audit(county)]

    def application(self, number: str) -> Application:
        with self.storage.reading() as register:
            return register.application(number)

    def hidden(self, name: str) -> str:
        """The value of a hidden field, the first of its name."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.page)
        return found[1] if found else ""

    def value(self, name: str) -> str:
        """What stands in a field of the page."""
        area = re.search(rf'<textarea[^>]* name="{name}"[^>]*>([^<]*)</textarea>', self.page)
        line = re.search(rf'<input[^>]* name="{name}"[^>]* value="([^"]*)"', self.page)
        found = area or line
        assert found, f"no field {name}: {self.text}"
        return html.unescape(found[1])

    def links(self) -> set[str]:
        """Where the links of the page lead."""
        return {html.unescape(found) for found in re.findall(r'href="([^"]*)"', self.page)}

    async def sign_in(self, officer: str, county: str = LUCHENG) -> "Scene":
        """As one of the demonstration officers; how the door opens is tested elsewhere."""
        held = {
            OFFICER_ID: f"{officer}@{county}",
            SECOND_FACTOR: False,
            STARTED_AT: datetime.now(UTC).isoformat(),
        }
        name = token_urlsafe(32)
        for cookie in [held for held in self.http.cookies.jar if held.name == SESSION_COOKIE]:
            self.http.cookies.jar.clear(cookie.domain, cookie.path, cookie.name)
        await self.http.app.stores.get(SESSION_STORE).set(name, encode_json(held), 600)
        self.http.cookies.set(SESSION_COOKIE, name)
        return self

    async def get(self, path: str, **options: Any) -> httpx.Response:
        return self._seen(await self.http.get(path, follow_redirects=False, **options))

    async def post(self, path: str, files: Any = None, **fields: Any) -> httpx.Response:
        """A form of the page shown last, with what it carries unseen."""
        carried = {name: self.hidden(name) for name in ("_csrf_token", "once", "revision")}
        form = {**{name: value for name, value in carried.items() if value}, **fields}
        answer = await self.http.post(path, data=form, files=files, follow_redirects=False)
        return self._seen(answer)

    async def follow(self, answer: httpx.Response) -> httpx.Response:
        """To where an answer leads."""
        assert answer.status_code == 303, self.text
        return await self.get(answer.headers["location"])

    def _seen(self, answer: httpx.Response) -> httpx.Response:
        if answer.headers.get("content-type", "").startswith("text/html"):
            self.page = answer.text
        return answer


@asynccontextmanager
async def desk_scene(folder: Path, keys_dir: Path, *, language: str = "en") -> AsyncIterator[Scene]:
    """A copy of the scene, served; ``folder`` is the test's own."""
    state, numbers = _template(keys_dir)
    issuer, app, register = _service(keys_dir)
    shutil.copytree(state, folder, dirs_exist_ok=True)
    register.opened = SqlIssuerStorage(_settings(folder, keys_dir).database)
    client = AsyncTestClient(app, base_url=BASE_URL, raise_server_exceptions=False)
    client.headers["accept-language"] = language
    async with client:
        yield Scene(client, issuer, numbers)


class _Exchanged(IssuerStorage):
    """A register behind which each test puts its own: making the service takes longer."""

    opened: IssuerStorage

    def transaction(self) -> AbstractContextManager[IssuerTransaction]:
        return self.opened.transaction()

    def reading(self) -> AbstractContextManager[IssuerReading]:
        return self.opened.reading()

    def close(self) -> None:
        self.opened.close()


@cache
def _service(keys_dir: Path) -> tuple[Issuer, Litestar, _Exchanged]:
    # Documents are named by what is in them, so all tests may share their folder.
    state, _ = _template(keys_dir)
    made, register = build_issuer(_settings(state, keys_dir)), _Exchanged()
    made.storage.close()
    issuer = replace(made, storage=register, pages=replace(made.pages, storage=register))
    return issuer, application_of(issuer), register


def _settings(folder: Path, keys_dir: Path) -> Settings:
    return Settings(
        state_dir=str(folder), keys_dir=str(keys_dir), base_url=BASE_URL, allow_demo_ids=True
    )


@cache
def _template(keys_dir: Path) -> tuple[Path, Numbers]:
    # Beside the keys, among the folders that pytest clears away.
    folder = keys_dir.with_name("desk-scene")
    storage = SqlIssuerStorage(_settings(folder, keys_dir).database)
    try:
        return folder, _Making(storage, folder).numbers()
    finally:
        storage.close()


class _Making:
    """Puts the scene together, act by act, each at its time."""

    def __init__(self, storage: IssuerStorage, folder: Path) -> None:
        self.storage = storage
        self.documents = FileDocumentStore(folder / "documents")
        self.now = datetime.now(UTC)
        self.today = day_of(self.now)
        self.people = demonstration_identities(today=self.today)

    def numbers(self) -> Numbers:
        add_demonstration_officers(
            self.storage,
            [LUCHENG, PINGYANG],
            self.now - timedelta(days=900),
            Passwords(CHEAPEST),
        )
        self._register()
        due, lapsed = self._permit(LIN, 345), self._permit(AYI, 380)
        usable, suspended = self._permit(CHEN_YOUNG, 30), self._permit(ZHOU, 60)
        proposed = self._permit(SHI, 90)
        Desk(self.storage, self._at(5)).suspend(suspended, LI, GROUNDS)
        proposals = Proposals(self.storage, self._at(2))
        proposal = proposals.propose_revocation(proposed, LI, GROUNDS)
        exempt = self._applied(WU, 0.1, [Basis.TALENT_EXEMPT])
        eligible = self._applied(ZHENG, 12, [Basis.STABLE_HOUSING, Basis.STABLE_EMPLOYMENT])
        bare = self._applied(MO, 0.1, [])
        asked = self._applied(LUO, 1, [])
        desk = ApplicationDesk(
            self.storage, StoredResidences(self.storage), self._at(0.05), allow_demo_ids=True
        )
        desk.second_opinion(exempt, LI)
        desk.request_supplement(asked, WANG, ["劳动合同"])
        return Numbers(
            due=due,
            lapsed=lapsed,
            usable=usable,
            suspended=suspended,
            proposed=proposed,
            proposal=proposal.id,
            elsewhere=self._permit(HE, 40, county=PINGYANG),
            exempt=exempt,
            eligible=eligible,
            bare=bare,
            asked=asked,
            application_elsewhere=self._applied(
                LIN, 0.2, [Basis.STABLE_HOUSING], county=PINGYANG, kind=Kind.MOVE
            ),
        )

    def _at(self, days: float) -> Clock:
        return lambda: self.now - timedelta(days=days)

    def _register(self) -> None:
        since = add_months(self.today, -14)
        rows = [
            ResidenceRegistration(number, LUCHENG, f"示范街道示范路{house}号", since)
            for house, number in enumerate(self.people, start=1)
        ]
        with self.storage.transaction() as tx:
            tx.put_registrations(rows)

    def _permit(self, number: str, days: float, *, county: str = LUCHENG) -> str:
        person = self.people[number]
        particulars = Particulars(
            name=person.name,
            citizen_id_number=number,
            ethnic_group=person.ethnic_group,
            registered_address=person.registered_address,
            residence_address="示范街道示范路8号",
            residence_registered_on=self.today - timedelta(days=days + 200),
            portrait=person.portrait,
        )
        desk = Desk(self.storage, self._at(days), allow_demo_ids=True)
        return desk.grant(particulars, Officer("li-3", county, ALL_ROLES)).number

    def _applied(
        self,
        number: str,
        days: float,
        proven: Iterable[Basis],
        *,
        county: str = LUCHENG,
        kind: Kind = Kind.FIRST_PERMIT,
    ) -> str:
        person, bases = self.people[number], list(proven)
        drafts = ApplicationDrafts(
            self.storage, self.documents, self._at(days), allow_demo_ids=True
        )
        draft = drafts.open(person, kind, Channel.WEB)
        relied_on = frozenset(bases or [Basis.STABLE_EMPLOYMENT])
        answers = Answers(county=county, bases=relied_on)
        drafts.save(draft.number, person, answers, revision=draft.revision)
        draft = drafts.commit(draft.number, person)
        phone = Answers(contact_phone="13800000000")
        drafts.save(draft.number, person, phone, revision=draft.revision)
        self._attach(drafts, draft.number, person, bases)
        return drafts.submit(draft.number, person).number

    def _attach(
        self, drafts: ApplicationDrafts, number: str, person: VerifiedIdentity, bases: list[Basis]
    ) -> None:
        for place, basis in enumerate(bases):
            data, name = (pdf(), "合同.pdf") if place else (jpeg(), "照片.jpg")
            government = "示范市人民政府" if basis is Basis.TALENT_EXEMPT else ""
            drafts.attach(number, person, basis, data, name, government)
