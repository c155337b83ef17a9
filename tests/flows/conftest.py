"""A stage for flows: issuer, verifier and wallet as processes, with the keys of two counties."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import httpx
import pytest

from holder_sim.stage import SERVICES, Stage, free_ports

COUNTIES = ("330302", "330326")
LUCHENG = "330302"


class Phone:
    """A resident's wallet, by the interface its own pages use."""

    def __init__(self, stage: Stage, number: str) -> None:
        self._stage = stage
        self.number = number

    def get(self, path: str) -> httpx.Response:
        return self._stage.client.get(self._stage.urls["holder_sim"] + path)

    def post(self, path: str, **body: Any) -> httpx.Response:
        return self._stage.client.post(self._stage.urls["holder_sim"] + path, json=body)

    def face(self, purpose: str, sample: str = "match") -> httpx.Response:
        return self.post("/face-checks", sample=sample, purpose=purpose)

    def offered(self) -> dict[str, str]:
        """A fresh offer of the resident's permit, as it is put to ``/offers``."""
        words = self._stage.command("issuer", "offer", self.number).split()
        return {"uri": words[1], "tx_code": words[4]}

    def hold(self) -> None:
        """See to it that a permit is held, whoever's, and that the wallet is locked."""
        self.face("view")
        if not self.get("/cards").json()["cards"]:
            self.take()
        self.post("/locks")

    def take(self) -> None:
        """An offer of this resident's permit, and the permit kept."""
        assert self.face("collect").is_success
        taken = self.post("/offers", **self.offered())
        assert taken.status_code == 200, taken.text

    def code(self, *claims: str) -> str:
        """A fresh code behind a face check of its own."""
        assert self.face("present").is_success
        shown = self.post("/showings", claims=claims)
        assert shown.status_code == 200, shown.text
        return str(shown.json()["code"])


@pytest.fixture(scope="session")
def new_stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Stage]]:
    """Makes a stage with keys, on which nothing is started yet."""
    with ExitStack() as stages:

        def make() -> Stage:
            directory = tmp_path_factory.mktemp("stage")
            stage = stages.enter_context(closing(Stage(directory, free_ports())))
            stage.make_keys(COUNTIES)
            return stage

        yield make


@pytest.fixture(scope="session")
def stage(new_stage: Callable[[], Stage]) -> Stage:
    """Everything is up and stays so."""
    stage = new_stage()
    for service in SERVICES:
        stage.start(service)
    return stage


@pytest.fixture(scope="session")
def permits(stage: Stage) -> list[str]:
    """Numbers of the permits of the invented people of Lucheng."""
    granted = stage.command("issuer", "demo-data", "--county", LUCHENG)
    return [line.split()[0] for line in granted.splitlines()]


@pytest.fixture
def phone(stage: Stage, permits: list[str]) -> Phone:
    """The only one on the stage: locked, and holding whatever was taken before."""
    phone = Phone(stage, permits[1])
    phone.post("/locks")
    return phone
