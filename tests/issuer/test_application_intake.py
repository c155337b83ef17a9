"""What applicants do: handed in with its clocks, supplemented, taken back, and nobody else's."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from issuer import application_steps as steps
from issuer.application import Channel, Guardian, Kind, Material
from issuer.application_intake import ApplicationIntake, Request
from issuer.commitment_text import commitment_at
from issuer.demonstration_identities import demonstration_identities
from issuer.desk import Officer
from issuer.eligibility import Basis
from issuer.errors import ApplicationStateError, DeskError, UnknownApplicationError
from issuer.storage import IssuerStorage
from schemas.divisions import UnknownCountyError
from schemas.errors import InputError, ServiceError

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
LI, OUHAI = Officer("li-3", "330302"), Officer("chen-1", "330304")
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
    entered = intake.submit(replace(REQUEST, channel=Channel.COUNTER), AYI, officer=LI)

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
        pytest.param({"kind": Kind.MOVE}, None, ApplicationStateError, id="kind not taken"),
        pytest.param({"county": "999999"}, None, UnknownCountyError, id="no county"),
        pytest.param({"materials": (replace(LEASE, sha256="x"),)}, None, InputError, id="digest"),
        pytest.param(
            {"guardian": Guardian("林样例", LIN.citizen_id_number)}, None, InputError, id="guardian"
        ),
        pytest.param({}, LI, DeskError, id="an officer acts in the app"),
        pytest.param({"channel": Channel.COUNTER}, None, DeskError, id="counter without officer"),
        pytest.param({"channel": Channel.COUNTER}, OUHAI, DeskError, id="of another county"),
        pytest.param(
            {"channel": Channel.COUNTER}, Officer("Li", "330302"), DeskError, id="officer's id"
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
