"""What became of an application, as a row of events its applicant can follow. Pure.

Sentences of notices are those of the text messages (``notice_text``), so that a message and the
page never disagree; what a refusal rests on is said ground by ground. Instants are aware.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, Protocol

from msgspec import Struct

from issuer.application import Application, Refused, Whose
from issuer.notice_text import sentences
from issuer.web.draft_steps import purposes

_TONES: Final = {
    "granted": "good",
    "endorsed": "good",
    "restored": "good",
    "replaced": "good",
    "changed": "good",
    "moved": "good",
    "refused": "bad",
    "endorsement_refused": "bad",
    "revoked": "bad",
    "suspended": "bad",
    "lapsed": "bad",
    "supplement_wanted": "warn",
}


class _Notice(Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def params(self) -> dict[str, str]: ...


class Event(Struct, frozen=True):
    """Something that happened, in both languages."""

    at: datetime
    zh: str
    en: str
    tone: str


def events(*notices: Iterable[_Notice]) -> list[Event]:
    """All notices as events, the latest first."""
    told = [_event(notice) for some in notices for notice in some]
    return sorted(told, key=lambda event: event.at, reverse=True)


def refusal_grounds(application: Application) -> list[tuple[str, str]]:
    """Every ground that failed, as its Chinese and English sentence; none unless refused."""
    if not isinstance(application.state, Refused):
        return []
    return [(finding.zh, finding.en) for finding in application.state.grounds]


def wanted_documents(application: Application) -> tuple[str, ...]:
    """What the county asks for just now, in its own words."""
    open_asks = [asked for asked in application.supplements if asked.supplied_at is None]
    return open_asks[-1].wanted if open_asks else ()


def supplement_purposes(application: Application) -> list[str]:
    """What documents of a supplement can be for; a person's own one can always be asked for."""
    return list(dict.fromkeys([*purposes(application), Whose.APPLICANT]))


def _event(notice: _Notice) -> Event:
    zh, en = sentences(notice.kind, notice.params)
    return Event(notice.at, zh, en, _TONES.get(notice.kind, "neutral"))
