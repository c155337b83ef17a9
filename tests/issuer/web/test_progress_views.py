"""What happened to an application, in the words of its messages."""

from datetime import UTC, date, datetime, timedelta

from msgspec.structs import replace

from issuer.application import (
    Application,
    Channel,
    Guardian,
    Kind,
    NeedsSupplement,
    Refused,
    Supplement,
    Whose,
)
from issuer.application_storage import ApplicationNotice
from issuer.demonstration_identities import demonstration_identities
from issuer.eligibility import Basis, Finding, Ground, Outcome
from issuer.notice_text import sentences
from issuer.storage import Notice
from issuer.web.progress_views import (
    events,
    refusal_grounds,
    supplement_purposes,
    wanted_documents,
)

AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
HELD = Application(
    number="SQ1",
    kind=Kind.FIRST_PERMIT,
    channel=Channel.WEB,
    county="330302",
    applicant=demonstration_identities(today=date(2026, 11, 23))["52000019920512000X"],
    bases=frozenset({Basis.STABLE_HOUSING}),
)


def test_all_notices_are_told_the_latest_first_in_the_words_of_the_message() -> None:
    submitted = ApplicationNotice("SQ1", "330302", "submitted", AT)
    granted = Notice("ZJ1", "330302", "granted", AT + timedelta(hours=1))
    told = events([submitted], [granted])

    assert [event.tone for event in told] == ["good", "neutral"]
    assert [(event.zh, event.en) for event in told] == [
        sentences("granted", {}),
        sentences("submitted", {}),
    ]


def test_a_refusal_names_each_ground_and_nothing_else_has_any() -> None:
    failed = Finding(Ground.HALF_YEAR, Outcome.FAILED, "residence_too_short", "未满", "short")
    refused = replace(HELD, state=Refused(AT, "li-3", (failed, failed)))

    assert refusal_grounds(refused) == [("未满", "short")] * 2
    assert refusal_grounds(HELD) == []


def test_what_is_asked_for_is_shown_until_it_came() -> None:
    asked = Supplement(AT, "li-3", ("lease",))
    waiting = replace(HELD, state=NeedsSupplement(), supplements=(asked,))

    assert wanted_documents(HELD) == ()
    assert wanted_documents(waiting) == ("lease",)
    assert wanted_documents(replace(waiting, supplements=(replace(asked, supplied_at=AT),))) == ()


def test_a_persons_own_document_can_always_be_asked_for_and_once() -> None:
    guarded = replace(HELD, guardian=Guardian("王示范", "330000194802110012"))

    assert supplement_purposes(HELD) == [Basis.STABLE_HOUSING, Whose.APPLICANT]
    assert supplement_purposes(guarded) == [Basis.STABLE_HOUSING, *Whose]
