"""The story of one permit, told by driving the three services from outside.

Every step states what is expected, does it over HTTP or by a command an officer would
type, and compares. The first difference ends the story.
"""

import time
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx

from holder_sim.qr_picture import picture_of, terminal_of
from holder_sim.stage import Stage
from holder_sim.story_actors import PATIENCE_S, Actors, StoryError, printed
from holder_sim.story_lines import (
    AGREES,
    BOTH_REFUSE,
    COPIES,
    COUNTED_SINCE,
    DIFFERS,
    EXPECTED,
    FACE_FAILED,
    HAPPENED,
    PICTURE,
    STATUS_KNOWN,
    STEPS,
    VERDICTS,
    VERSION,
    Line,
)
from schemas.permit_credential import CLAIM_LABELS

LUCHENG, PINGYANG = "330302", "330326"
OFFICERS = ("li-3@330302", "chen-5@330302")
GROUNDS = ("--reason", "inquiry", "--legal-basis", "SC663 18")
SHOWN = ("name", "citizen_id_tail")
CITY_CLAIMS = ("name", "citizen_id_number", "residence_address")
COUNTY_ITEM, CITY_ITEM, YEARS_ITEM = (
    "identity_look",
    "vehicle_registration",
    "public_rental_housing",
)
LARGEST_PASS = 16
"""Version that a pass with two claims may have at most."""


class Story:
    """Tells and checks the steps on one stage."""

    def __init__(self, stage: Stage, language: str, say: Callable[[str], None]) -> None:
        self._stage = stage
        self._language = language
        self._say = say
        self._do = Actors(stage)
        self.told = 0

    def tell(self) -> None:
        """All steps, in order.

        Raises:
            StoryError: at the first step that differs from what was expected.
            StageError: a service does not start again, or an officer's command fails.
        """
        try:
            self._steps()
        except httpx.HTTPError as error:
            raise StoryError(f"after step {self.told} a service did not answer") from error

    def _steps(self) -> None:
        self._granted_and_taken()
        self._face_failed()
        picture = self._shown()
        self._accepted_offline_then_replayed(picture)
        self._out_of_area()
        self._city_item()
        self._suspended_and_restored()
        self._lapsed_and_endorsed_late()
        self._revoked()

    def _granted_and_taken(self) -> None:
        granted = self._do.officer("demo-data", "--county", LUCHENG)
        self._do.number = granted.split()[0]
        offer = self._do.officer("offer", self._do.number)
        uri, tx_code = printed(offer, "offer"), printed(offer, "transaction code")
        self._step("granted", tx_code.isdigit(), f"{self._do.number} · {uri}")

        self._do.pass_face_check("collect")
        answer = self._do.wallet("/offers", uri=uri, tx_code=tx_code)
        kept = {card["configuration"]: card["copies"] for card in answer["cards"]}
        counts = [self._in(line, copies=kept.get(name, 0)) for name, line in COPIES.items()]
        self._step("taken", kept.keys() == COPIES.keys(), ", ".join(counts))

    def _face_failed(self) -> None:
        self._do.wallet("/locks")
        checked, refusal = self._do.wallet_says(
            "/face-checks", sample="mismatch", purpose="present"
        )
        shown, answer = self._do.wallet_says("/showings", claims=SHOWN)
        nothing = checked == shown == 403 and "code" not in answer
        happened = self._in(FACE_FAILED, checked=refusal.get("error"), shown=answer.get("error"))
        self._step("face_failed", nothing, happened)

    def _shown(self) -> bytes:
        code = self._do.show_code(*SHOWN)
        picture = picture_of(code)
        path = self._stage.directory / "permit.png"
        path.write_bytes(picture.png)
        self._say(terminal_of(code))
        version = self._in(VERSION, version=picture.version)
        self._step("shown", picture.version <= LARGEST_PASS, version)
        self._say("    " + self._in(PICTURE, path=_short(path), version=picture.version))
        return path.read_bytes()

    def _accepted_offline_then_replayed(self, picture: bytes) -> None:
        self._do.wait_for_status_lists()
        self._stage.stop("issuer")
        verdict = self._do.check(LUCHENG, COUNTY_ITEM, picture)
        known, age = verdict["status_known_as_of"], verdict["status_age_s"]
        detail = self._in(STATUS_KNOWN, known=known, age=age)
        self._judge("accepted_offline", verdict, "accepted", also=known is not None, detail=detail)
        verdict = self._do.check(LUCHENG, COUNTY_ITEM, picture)
        self._judge("replayed", verdict, "refused", "replayed")
        self._stage.start("issuer")

    def _out_of_area(self) -> None:
        verdict = self._do.check(PINGYANG, COUNTY_ITEM, self._do.show_code(*SHOWN))
        sentence = next(c for c in verdict["checks"] if c["check"] == "jurisdiction")
        said = sentence[self._language]
        names = ("鹿城", "平阳") if self._language == "zh" else ("Lucheng", "Pingyang")
        both = all(name in said for name in names)
        self._judge("out_of_area", verdict, "refused", "out_of_area", also=both, detail=said)

    def _city_item(self) -> None:
        verdict = self._do.present(PINGYANG, CITY_ITEM)
        exact = set(verdict["claims"]) == set(CITY_CLAIMS)
        labels = [Line(*CLAIM_LABELS[name]) for name in verdict["claims"]]
        shown = ", ".join(self._in(label) for label in labels)
        self._judge("city_item", verdict, "accepted", also=exact, detail=shown)

    def _suspended_and_restored(self) -> None:
        self._do.act("suspend", OFFICERS[0], *GROUNDS)
        published_s = time.monotonic()
        near = self._do.until("suspended", LUCHENG, COUNTY_ITEM, *SHOWN)
        far = self._do.until("suspended", PINGYANG, CITY_ITEM, *CITY_CLAIMS)
        in_time = self._do.began_s - published_s <= PATIENCE_S
        both = in_time and far["reason"] == "suspended"
        detail = self._in(BOTH_REFUSE, took=f"{time.monotonic() - published_s:.1f}")
        self._judge("suspended", near, "refused", "suspended", also=both, detail=detail)

        self._do.act("restore", OFFICERS[1], *GROUNDS)
        self._judge("restored", self._do.until(None, LUCHENG, COUNTY_ITEM, *SHOWN), "accepted")

    def _lapsed_and_endorsed_late(self) -> None:
        through = date.fromisoformat(self._do.told_of("usable through"))
        today = date.today()  # noqa: DTZ011 - a few hours do not matter on a calendar
        self._stage.move_clock(timedelta(days=(through - today).days + 10))
        # The year has passed for everyone: the province has signed newer trust lists meanwhile.
        keys, clock = str(self._stage.directory / "keys"), str(self._stage.clock_file)
        self._stage.command("keys", "trust-list", "--directory", keys, "--clock-file", clock)
        verdict = self._do.until("lapsed", LUCHENG, COUNTY_ITEM, *SHOWN)
        remedy = verdict["tell"][self._language]
        self._judge("lapsed", verdict, "refused", "lapsed", detail=remedy, day=through)

        self._do.act("endorse", OFFICERS[0])
        self._do.pass_face_check("collect")
        self._do.wallet("/refreshes")
        since = self._do.told_of("residence since")
        verdict = self._do.present(LUCHENG, YEARS_ITEM)
        counted = verdict["claims"].get("continuous_residence_since")
        restarted = counted == since and since > through.isoformat()
        detail = self._in(COUNTED_SINCE, since=counted)
        self._judge("endorsed_late", verdict, "accepted", also=restarted, detail=detail)

    def _revoked(self) -> None:
        self._do.officer(
            "revoke",
            self._do.number,
            "--proposed-by",
            OFFICERS[0],
            "--confirmed-by",
            OFFICERS[1],
            *GROUNDS,
        )
        verdict = self._do.until("revoked", LUCHENG, COUNTY_ITEM, *SHOWN)
        self._judge("revoked", verdict, "refused", "revoked")

    def _judge(
        self,
        key: str,
        verdict: Mapping[str, Any],
        expected: str,
        reason: str | None = None,
        *,
        also: bool = True,
        detail: str = "",
        **values: object,
    ) -> None:
        given, why = verdict["verdict"], verdict["reason"]
        word = self._in(VERDICTS[given])
        happened = f"{word} ({why}) {detail}" if why else f"{word} {detail}"
        self._step(key, given == expected and why == reason and also, happened.strip(), **values)

    def _step(self, key: str, agrees: bool, happened: str, **values: object) -> None:
        self.told += 1
        step = STEPS[key]
        self._say(f"\n{self.told:>2}. {self._in(step.title, **values)}")
        self._say(f"    {self._in(EXPECTED)}: {self._in(step.expected, **values)}")
        outcome = self._in(AGREES if agrees else DIFFERS)
        self._say(f"    {self._in(HAPPENED)}: {happened}  [{outcome}]")
        if not agrees:
            raise StoryError(f"step {self.told} ({key}) went differently")

    def _in(self, line: Line, **values: object) -> str:
        return line.say(self._language, **values)


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
