"""What applicants do: handed in with its clocks, supplemented, taken back, and nobody else's."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from issuer import application_steps as steps
from issuer.application import (
    Channel,
    Guardian,
    IdentityDocument,
    Kind,
    Material,
    SeenDocument,
    Whose,
)
from issuer.application_intake import ApplicationIntake, Request
from issuer.commitment_text import commitment_at
from issuer.demonstration_identities import demonstration_identities
from issuer.eligibility import Basis
from issuer.errors import ApplicationStateError, DeskError, UnknownApplicationError
from issuer.officer import ALL_ROLES, Officer
from issuer.permit import Permit
from issuer.phone_numbers import masked
from issuer.storage import IssuerStorage
from schemas.divisions import UnknownCountyError
from schemas.errors import InputError, ServiceError

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
LI, OUHAI = Officer("li-3", "330302", ALL_ROLES), Officer("chen-1", "330304", ALL_ROLES)
PEOPLE = demonstration_identities(today=date(2026, 11, 23))
LIN, AYI = PEOPLE["52000019920512000X"], PEOPLE["650000198801030013"]
LEASE = Material(Basis.STABLE_HOUSING, "ab" * 32)
REQUEST = Request(
    channel=Channel.APP,
    county="330302",
    bases=frozenset({Basis.STABLE_HOUSING}),
    materials=(LEASE,),
    commitment=commitment_at(NOW),
)

WHO = {"citizen_id_number": LIN.citizen_id_number, "name": LIN.name}
CARD = SeenDocument(Whose.APPLICANT, IdentityDocument.ID_CARD, "li-3", NOW)
AT_THE_COUNTER = replace(REQUEST, channel=Channel.COUNTER, seen=(CARD,))


@pytest.fixture
def intake(storage: IssuerStorage) -> ApplicationIntake:
    return ApplicationIntake(storage, lambda: NOW, allow_demo_ids=True)


def everything(storage: IssuerStorage) -> tuple[object, ...]:
    with storage.reading() as register:
        applications = register.applications()
        notices = [register.application_notices(held.number) for held in applications]
        return applications, notices, register.audit()


def test_r5_handed_in_with_receipt_clocks_entry_and_notice(
    intake: ApplicationIntake, storage: IssuerStorage
) -> None:
    made = intake.submit(REQUEST, LIN)
    deadline = made.deadline(date(2026, 11, 23))

    assert made.number.startswith("SQ33030220260000001")
    assert made.applicant == LIN
    assert deadline is not None
    assert (deadline.promised_on, deadline.statutory_on) == (date(2026, 11, 25), date(2026, 12, 8))
    with storage.reading() as register:
        assert register.applications("330302", open_only=True) == [made]
        (entry,) = register.audit("330302")
        (notice,) = register.application_notices(made.number)
    assert (entry.act, entry.actor, entry.permit_number) == ("apply", "applicant", made.number)
    assert (notice.kind, notice.params) == ("submitted", {})
    assert "林" not in str(entry)


@pytest.mark.parametrize("channel", [Channel.APP, Channel.WEB])
def test_r3_all_channels_lead_to_one_queue(
    intake: ApplicationIntake, storage: IssuerStorage, channel: Channel
) -> None:
    online = intake.submit(replace(REQUEST, channel=channel), LIN)
    entered = intake.submit(AT_THE_COUNTER, AYI, officer=LI)

    with storage.reading() as register:
        assert register.applications("330302") == [online, entered]
        assert [entry.actor for entry in register.audit()] == ["applicant", "li-3"]


@pytest.mark.parametrize(
    ("changes", "officer", "error"),
    [
        pytest.param({"commitment": None}, None, ApplicationStateError, id="R-4 no commitment"),
        pytest.param(
            {"commitment": replace(commitment_at(NOW), text_version="2021")},
            None,
            ApplicationStateError,
            id="R-4 stale form",
        ),
        pytest.param({"bases": frozenset()}, None, ApplicationStateError, id="R-4 no ground"),
        pytest.param({"kind": Kind.MOVE}, None, ApplicationStateError, id="no permit to move"),
        pytest.param({"contact_phone": "12345"}, None, InputError, id="no telephone number"),
        pytest.param({"statement": "a\nb"}, None, InputError, id="not one line"),
        pytest.param(
            {"guardian": Guardian(AYI.name, AYI.citizen_id_number)},
            None,
            ApplicationStateError,
            id="R-9 a guardian without documents",
        ),
        pytest.param(
            {"channel": Channel.COUNTER}, LI, ApplicationStateError, id="R-9 nobody was seen"
        ),
        pytest.param({"county": "999999"}, None, UnknownCountyError, id="no county"),
        pytest.param({"materials": (replace(LEASE, sha256="x"),)}, None, InputError, id="digest"),
        pytest.param(
            {"guardian": Guardian("林样例", LIN.citizen_id_number)}, None, InputError, id="guardian"
        ),
        pytest.param({}, LI, DeskError, id="an officer acts in the app"),
        pytest.param({"channel": Channel.COUNTER}, None, DeskError, id="counter without officer"),
        pytest.param({"channel": Channel.COUNTER}, OUHAI, DeskError, id="of another county"),
        pytest.param(
            {"channel": Channel.COUNTER},
            Officer("Li", "330302", ALL_ROLES),
            DeskError,
            id="officer's id",
        ),
        pytest.param({"materials": (LEASE,) * 21}, None, ApplicationStateError, id="too many"),
    ],
)
def test_what_is_refused_leaves_no_trace(
    intake: ApplicationIntake,
    storage: IssuerStorage,
    changes: dict[str, Any],
    officer: Officer | None,
    error: type[ServiceError],
) -> None:
    with pytest.raises(error):
        intake.submit(replace(REQUEST, **changes), LIN, officer=officer)

    assert everything(storage) == ([], [], [])


def test_demonstration_numbers_need_the_setting(storage: IssuerStorage) -> None:
    with pytest.raises(DeskError, match="for demonstrations"):
        ApplicationIntake(storage, lambda: NOW).submit(REQUEST, LIN)


def test_one_open_application_a_person_and_kind_wherever_it_is_made(
    intake: ApplicationIntake,
) -> None:
    first = intake.submit(REQUEST, LIN)

    with pytest.raises(ApplicationStateError, match=f"{first.number} of the same kind is open"):
        intake.submit(replace(REQUEST, county="330304"), LIN)
    intake.withdraw(first.number, LIN)
    assert intake.submit(replace(REQUEST, county="330304"), LIN).open


def test_a_withdrawal_is_written_down_and_final(
    intake: ApplicationIntake, storage: IssuerStorage
) -> None:
    number = intake.submit(REQUEST, LIN).number
    withdrawn = intake.withdraw(number, LIN)

    with storage.reading() as register:
        assert register.application(number) == withdrawn
        assert register.audit("330302")[-1].act == "withdraw"
    with pytest.raises(ApplicationStateError, match="that is withdrawn"):
        intake.withdraw(number, LIN)


def test_a_supplement_adds_documents_and_starts_the_clocks_again(
    intake: ApplicationIntake, storage: IssuerStorage
) -> None:
    made = intake.submit(replace(REQUEST, materials=()), LIN)
    asked = steps.request_supplement(made, ["租房合同"], by="li-3", at=NOW)
    with storage.transaction() as tx:
        tx.replace_application(asked)
    supplied = intake.supplement(made.number, LIN, [LEASE])

    assert (supplied.stage, supplied.materials) == ("submitted", (LEASE,))
    with storage.reading() as register:
        assert register.application(made.number) == supplied
        assert register.audit("330302")[-1].details == {"documents": "1"}


@pytest.mark.parametrize(
    "attempt",
    [
        lambda intake, number: intake.withdraw(number, AYI),
        lambda intake, number: intake.supplement(number, AYI, [LEASE]),
        lambda intake, number: intake.withdraw("SQ1", LIN),
    ],
)
def test_another_person_s_application_is_as_unknown_as_none(
    intake: ApplicationIntake,
    storage: IssuerStorage,
    attempt: Callable[[ApplicationIntake, str], object],
) -> None:
    number = intake.submit(REQUEST, LIN).number
    before = everything(storage)

    with pytest.raises(UnknownApplicationError, match="no application has this number"):
        attempt(intake, number)
    assert everything(storage) == before


def test_the_year_of_a_receipt_is_the_one_in_shanghai(storage: IssuerStorage) -> None:
    new_year = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    intake = ApplicationIntake(storage, lambda: new_year, allow_demo_ids=True)
    made = intake.submit(REQUEST, LIN)

    assert made.number.startswith("SQ3303022027")
    deadline = made.deadline(date(2027, 1, 1))
    assert deadline is not None
    assert deadline.provisional
    assert made.submitted_at == new_year > NOW + timedelta(days=1)


def test_r9_who_was_seen_and_by_which_document_is_written_down(
    intake: ApplicationIntake, storage: IssuerStorage
) -> None:
    guarded = replace(
        AT_THE_COUNTER,
        guardian=Guardian(AYI.name, AYI.citizen_id_number),
        seen=(CARD, replace(CARD, whose=Whose.GUARDIAN, document=IdentityDocument.ID_CARD)),
    )
    made = intake.submit(guarded, LIN, officer=LI)

    with storage.reading() as register:
        (entry,) = register.audit("330302")
    assert entry.details == {
        "kind": "first_permit",
        "channel": "counter",
        "seen_applicant": "id_card by li-3",
        "seen_guardian": "id_card by li-3",
    }
    assert entry.role == "approver,registrar"
    assert made.seen == guarded.seen


def test_r6_a_telephone_number_is_kept_for_messages_from_the_first_one_on(
    intake: ApplicationIntake, storage: IssuerStorage
) -> None:
    made = intake.submit(replace(REQUEST, contact_phone="+86 138 0013 8000"), LIN)

    with storage.reading() as register:
        (message,) = register.messages_about(made.number)
        assert register.contact(LIN.citizen_id_number) == "13800138000"
        entries = register.audit("330302")
    assert (message.kind, masked(message.phone)) == ("submitted", "138****8000")
    assert "138" not in str(entries)


def test_without_a_number_the_message_waits_for_nobody(
    intake: ApplicationIntake, storage: IssuerStorage
) -> None:
    made = intake.submit(REQUEST, LIN)

    with storage.reading() as register:
        assert register.contact(LIN.citizen_id_number) is None
        assert [notice.kind for notice in register.application_notices(made.number)] == [
            "submitted"
        ]


@pytest.mark.parametrize(
    ("kind", "county", "error"),
    [
        (Kind.REPLACEMENT, "330302", None),
        (Kind.REPLACEMENT, "330304", ApplicationStateError),
        (Kind.CHANGE_OF_DATA, "330304", None),
        (Kind.CHANGE_OF_DATA, "330381", ApplicationStateError),
        (Kind.MOVE, "330381", None),
        (Kind.MOVE, "330304", ApplicationStateError),
        (Kind.ENDORSEMENT, "330302", ApplicationStateError),  # a year too early
    ],
)
def test_an_application_about_a_permit_fits_it(
    storage: IssuerStorage,
    intake: ApplicationIntake,
    permit: Permit,
    kind: Kind,
    county: str,
    error: type[ServiceError] | None,
) -> None:
    with storage.transaction() as tx:
        tx.replace_permit(replace(permit, resident=replace(permit.resident, **WHO)))
    request = replace(REQUEST, kind=kind, county=county)
    if error is None:
        assert intake.submit(request, LIN).permit_number == permit.number
        return
    with pytest.raises(error):
        intake.submit(request, LIN)
    with storage.reading() as register:
        assert register.applications() == []


def test_r9_an_officer_supplements_and_takes_back_for_the_person_in_front_of_them(
    intake: ApplicationIntake, storage: IssuerStorage
) -> None:
    made = intake.submit(AT_THE_COUNTER, LIN, officer=LI)
    with storage.transaction() as tx:
        tx.replace_application(steps.request_supplement(made, ["x"], by="li-3", at=NOW))
    with pytest.raises(DeskError, match="of 330304"):
        intake.supplement(made.number, LIN, [LEASE], officer=OUHAI)
    intake.supplement(made.number, LIN, [LEASE], officer=LI)
    intake.withdraw(made.number, LIN, officer=LI)

    with storage.reading() as register:
        assert [(entry.act, entry.actor) for entry in register.audit()] == [
            ("apply", "li-3"),
            ("supplement", "li-3"),
            ("withdraw", "li-3"),
        ]
