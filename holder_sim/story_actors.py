"""What the story does: an officer's commands, the wallet's and the counters' HTTP."""

import re
import time
from typing import Any

import httpx

from holder_sim.stage import Stage
from schemas.errors import ServiceError

PATIENCE_S = 2.0
"""How long after its publication a change may take to reach a counter, in seconds."""
SYNC_TIMEOUT_S = 10.0
"""How long the counters may take to fetch the status lists ahead, in seconds."""
CASE = {"case_number": "demo-1", "purpose": "demonstration"}
"""Some services bind a check to a case; the others take no notice of one."""


class StoryError(ServiceError):
    """A step went differently from what was expected."""

    code = "story_differs"


class Actors:
    """Officer, resident and clerks, all of them outside the services."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.number = ""
        """The permit the story is about."""
        self.began_s = 0.0
        """When the last try of ``until`` began, on the machine's monotonic clock."""

    def officer(self, *words: str) -> str:
        """What an issuer's command prints."""
        return self._stage.command("issuer", *words)

    def act(self, act: str, officer: str, *words: str) -> str:
        """One officer's act on the permit."""
        return self.officer(act, self.number, "--officer", officer, *words)

    def told_of(self, what: str) -> str:
        """A value that ``python -m issuer show`` prints of the permit."""
        return printed(self.officer("show", self.number), what)

    def wallet(self, path: str, **body: object) -> dict[str, Any]:
        """What the wallet answers; an error of it ends the story."""
        status, answer = self.wallet_says(path, **body)
        if status >= 400:
            raise StoryError(f"the wallet answered {status} at {path}: {answer}")
        return answer

    def wallet_says(self, path: str, **body: object) -> tuple[int, dict[str, Any]]:
        """Status and answer of the wallet."""
        response = self._stage.client.post(self._stage.urls["holder_sim"] + path, json=body)
        return response.status_code, response.json() if response.content else {}

    def pass_face_check(self, purpose: str = "present") -> None:
        """The resident looks into the camera."""
        self.wallet("/face-checks", sample="match", purpose=purpose)

    def show_code(self, *claims: str) -> str:
        """A fresh code, behind a face check of its own."""
        self.pass_face_check()
        code: str = self.wallet("/showings", claims=claims)["code"]
        return code

    def wait_for_status_lists(self) -> None:
        """Until the counters hold the issuer's lists, as they do all day.

        Raises:
            StoryError: they do not get them.
        """
        until = time.monotonic() + SYNC_TIMEOUT_S
        health = self._stage.urls["verifier"] + "/health"
        while not self._stage.client.get(health).json().get("status_lists"):
            if time.monotonic() > until:
                raise StoryError("the counters did not fetch the status lists ahead")
            time.sleep(0.1)

    def check(self, county: str, item: str, shown: bytes | str) -> dict[str, Any]:
        """A counter's verdict on a code's text or picture."""
        response = self._stage.client.post(
            self._stage.urls["verifier"] + "/checks",
            params={"county": county, "item": item},
            content=shown,
            headers={
                "content-type": "image/png" if isinstance(shown, bytes) else "text/plain",
                "case-number": CASE["case_number"],
                "case-purpose": CASE["purpose"],
            },
        )
        return _answer(response)

    def present(self, county: str, item: str) -> dict[str, Any]:
        """One OpenID4VP round: the counter asks, the wallet answers, the counter reads."""
        verifier, client = self._stage.urls["verifier"], self._stage.client
        wanted = {"county": county, "item": item, **CASE}
        asked = _answer(client.post(verifier + "/requests", json=wanted))
        self.pass_face_check()
        self.wallet("/presentations", url=asked["authorization_url"])
        answered = client.get(
            f"{verifier}/requests/{asked['id']}",
            headers={"authorization": f"Bearer {asked['transaction_id']}"},
        )
        result: dict[str, Any] = _answer(answered)["result"]
        return result

    def until(self, reason: str | None, county: str, item: str, *claims: str) -> dict[str, Any]:
        """A counter's verdict on fresh codes, as soon as it has ``reason`` or patience ends.

        Counted is when the resident reached for the phone (``began_s``): what came of that
        may come late on a machine that has other things to do.
        """
        since_s = time.monotonic()
        while True:
            self.began_s = time.monotonic()
            verdict = self.check(county, item, self.show_code(*claims))
            if verdict["reason"] == reason or self.began_s - since_s > PATIENCE_S:
                return verdict
            time.sleep(0.1)


def _answer(response: httpx.Response) -> dict[str, Any]:
    """What a counter's service answers; an error of it ends the story."""
    if response.is_error:
        raise StoryError(f"the verifier answered {response.status_code}: {response.text}")
    answer: dict[str, Any] = response.json()
    return answer


def printed(output: str, what: str) -> str:
    """The word after ``what`` in a command's output.

    Raises:
        StoryError: the command does not say it.
    """
    found = re.search(rf"{re.escape(what)}\s+(\S+)", output)
    if found is None:
        raise StoryError(f"the command does not say {what!r}")
    return found.group(1)
