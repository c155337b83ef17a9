"""Everybody the simulated identity check knows lives somewhere, and may apply or not."""

from datetime import date

import pytest

from issuer.demonstration_identities import demonstration_identities
from issuer.demonstration_registrations import add_demonstration_registrations
from issuer.eligibility import failed, findings
from issuer.eligibility_facts import Basis, Facts
from issuer.residence_register import ResidenceRegistration
from issuer.storage import IssuerStorage

TODAY = date(2026, 11, 23)
PEOPLE = demonstration_identities(today=TODAY)


def test_everybody_is_registered_once(storage: IssuerStorage) -> None:
    assert add_demonstration_registrations(storage, on=TODAY) == len(PEOPLE)
    assert add_demonstration_registrations(storage, on=TODAY) == 0
    with storage.reading() as register:
        assert all(len(register.registrations_of(number)) == 1 for number in PEOPLE)


def test_who_is_registered_elsewhere_stays_there(storage: IssuerStorage) -> None:
    held = ResidenceRegistration("430000199111080009", "330304", "示范路1号", date(2026, 1, 1))
    with storage.transaction() as tx:
        tx.put_registrations([held])

    add_demonstration_registrations(storage, on=TODAY)

    with storage.reading() as register:
        assert register.registrations_of(held.citizen_id_number) == [held]


@pytest.mark.parametrize(
    ("number", "codes"),
    [
        ("430000199111080009", ()),
        ("410000199908090008", ("residence_too_short",)),
        ("330000199012310004", ("not_floating_population",)),
        ("810000199306170005", ("out_of_scope_hmt",)),
    ],
)
def test_some_may_apply_and_some_may_not(
    storage: IssuerStorage, number: str, codes: tuple[str, ...]
) -> None:
    add_demonstration_registrations(storage, on=TODAY)
    with storage.reading() as register:
        registrations = tuple(register.registrations_of(number))
    facts = Facts(
        identity=PEOPLE[number],
        county=registrations[0].county,
        registrations=registrations,
        bases=frozenset({Basis.STABLE_HOUSING}),
        proven=frozenset({Basis.STABLE_HOUSING}),
    )

    assert tuple(f.code for f in failed(findings(facts, today=TODAY))) == codes
