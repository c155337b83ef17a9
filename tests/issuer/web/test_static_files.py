"""Style and scripts: named by their content, and nothing else can be had by a path."""

import re
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import AsyncTestClient

from issuer.web.static_files import FOLDER, static_address, static_file, static_files


@pytest.fixture
def app() -> Litestar:
    return Litestar([static_file], openapi_config=None)


async def test_a_file_is_kept_for_good_under_its_digest_only(app: Litestar) -> None:
    async with AsyncTestClient(app) as client:
        fresh = await client.get(static_address("design.css"))
        old = await client.get("/static/0123456789abcdef/design.css")
        again = await client.get(
            static_address("design.css"), headers={"if-none-match": fresh.headers["etag"]}
        )

    assert fresh.headers["content-type"] == "text/css; charset=utf-8"
    assert fresh.headers["cache-control"] == "public, max-age=31536000"
    assert old.headers["cache-control"] == "public, max-age=0"
    assert (again.status_code, again.text) == (304, "")
    assert fresh.text == (FOLDER / "design.css").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["nothing.css", "..%2Fpage_secret.py", "%2e%2e/static_files.py"])
async def test_nothing_else_is_there(app: Litestar, name: str) -> None:
    async with AsyncTestClient(app) as client:
        assert (await client.get(f"/static/x/{name}")).status_code == 404


def test_a_template_that_names_no_file_is_noticed() -> None:
    with pytest.raises(KeyError):
        static_address("nothing.css")


def test_nothing_is_loaded_from_another_host() -> None:
    elsewhere = re.compile(r"(?:https?:)?//[\w.-]+\.[a-z]{2,}|@import", re.IGNORECASE)
    texts = {name: file.text for name, file in static_files().items()}
    templates = Path(FOLDER).parent / "templates"
    texts |= {path.name: path.read_text(encoding="utf-8") for path in templates.glob("*.html")}
    found = {
        name: elsewhere.findall(text.replace("http://www.w3.org/2000/svg", ""))
        for name, text in texts.items()
    }

    assert {name: urls for name, urls in found.items() if urls} == {}


def test_templates_hold_no_script_and_no_style_that_the_policy_would_stop() -> None:
    inline = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", re.IGNORECASE)
    templates = Path(FOLDER).parent / "templates"
    found = {
        path.name: inline.findall(path.read_text(encoding="utf-8"))
        for path in templates.glob("*.html")
        if path.name != "desk_document.html"  # served in a frame, under a policy of its own
    }

    assert {name: parts for name, parts in found.items() if parts} == {}
