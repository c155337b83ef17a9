"""A browser in front of the portal, as far as it sends forms and keeps cookies."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import httpx
from litestar import Litestar
from litestar.testing import AsyncTestClient
from msgspec.structs import replace
from PIL import Image

from issuer.app import Issuer, application_of, build_issuer
from issuer.residence_register import ResidenceRegistration
from issuer.settings import Settings
from issuer.storage import IssuerStorage

BASE_URL: Final = "http://127.0.0.1:8101"
LIN: Final = "52000019920512000X"
XIAO: Final = "340000201506010003"
"""Eleven years old."""
ZHOU: Final = "420000198002290019"
LUCHENG: Final = "330302"


class Portal:
    """One browser; what it was shown last is ``page``."""

    def __init__(self, http: AsyncTestClient[Litestar], issuer: Issuer) -> None:
        self.http = http
        self.issuer = issuer
        self.page = ""
        self.address = ""

    @property
    def storage(self) -> IssuerStorage:
        return self.issuer.storage

    @property
    def text(self) -> str:
        """The page's main part as people read it."""
        main = self.page.split("<main", 1)[-1].split("</main>", 1)[0]
        return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", main))

    def hidden(self, name: str) -> str:
        """The value of a hidden field, the first of its name."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.page)
        return found[1] if found else ""

    async def get(self, path: str, **options: Any) -> httpx.Response:
        answer = await self.http.get(path, follow_redirects=True, **options)
        return self._seen(answer)

    async def post(self, path: str, files: Any = None, **fields: Any) -> httpx.Response:
        """A form of the page shown last, with its token and the revision it was made from."""
        form = {"_csrf_token": self.hidden("_csrf_token"), "revision": self.hidden("revision")}
        answer = await self.http.post(
            path, data={**form, **fields}, files=files, follow_redirects=True
        )
        return self._seen(answer)

    async def sign_in(self, number: str, purpose: str = "apply", next_page: str = "") -> None:
        await self.get(f"/sign-in?purpose={purpose}&next={next_page}")
        form = {"purpose": purpose, "next": self.hidden("next")}
        await self.post("/sign-in", citizen_id_number=number, **form)

    async def begin(self, kind: str = "first_permit") -> str:
        """A draft of this kind; its address."""
        await self.get("/apply")
        await self.post("/apply", kind=kind)
        return self.address.rpartition("/")[0]

    async def up_to_the_form(self, kind: str = "first_permit", **ground: Any) -> str:
        """A draft with county, ground and commitment; its address."""
        draft = await self.begin(kind)
        await self.post(f"{draft}/county", county=LUCHENG)
        await self.post(f"{draft}/ground", bases=ground.get("bases", "stable_housing"))
        await self.post(f"{draft}/notice", commitment="yes")
        return draft

    async def hand_in(self) -> str:
        """An application with a document, handed in; its receipt number."""
        draft = await self.up_to_the_form()
        await self.post(f"{draft}/form", contact_phone="13800138000", statement="")
        await self.post(f"{draft}/documents", files={"stable_housing": ("lease.png", picture())})
        await self.get(f"{draft}/check")
        await self.post(f"{draft}/check")
        return self.address.split("/")[2]

    def _seen(self, answer: httpx.Response) -> httpx.Response:
        self.page, self.address = answer.text, answer.url.path
        return answer


def picture() -> bytes:
    """A small photograph of nothing."""
    target = BytesIO()
    Image.new("RGB", (40, 30), "#ddeeff").save(target, format="PNG")
    return target.getvalue()


def register(storage: IssuerStorage, number: str, since: date = date(2025, 3, 1)) -> None:
    """Residence in Lucheng, registered long ago."""
    with storage.transaction() as tx:
        tx.put_registrations([ResidenceRegistration(number, LUCHENG, "示范路1号", since)])


@asynccontextmanager
async def portal(
    tmp_path: Path, keys_dir: Path, language: str = "en", **changes: Any
) -> AsyncIterator[Portal]:
    """A demonstration's portal, and one browser in front of it."""
    settings = Settings(
        state_dir=str(tmp_path),
        keys_dir=str(keys_dir),
        base_url=BASE_URL,
        clock_file=str(tmp_path / "offset"),
        allow_demo_ids=True,
    )
    issuer = build_issuer(replace(settings, **changes))
    client = AsyncTestClient(
        application_of(issuer), base_url=BASE_URL, raise_server_exceptions=False
    )
    async with client as http:
        http.headers["accept-language"] = language
        http.headers["accept"] = "text/html"
        yield Portal(http, issuer)
