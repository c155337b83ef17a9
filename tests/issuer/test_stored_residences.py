"""The embedded register reads what was imported."""

from datetime import date

from issuer.residence_register import ResidenceRegister, ResidenceRegistration
from issuer.storage import IssuerStorage
from issuer.stored_residences import StoredResidences


def test_it_finds_one_person_s_registrations(storage: IssuerStorage) -> None:
    here = ResidenceRegistration("52000019920512000X", "330302", "示范路1号", date(2026, 3, 2))
    other = ResidenceRegistration("650000198801030013", "330302", "示范路2号", date(2026, 3, 2))
    with storage.transaction() as tx:
        tx.put_registrations([here, other])
    register = StoredResidences(storage)

    assert register.registrations_of("52000019920512000X") == [here]
    assert register.registrations_of("430000198506160017") == []
    # Asked for several at once, the answers are those that it gives one by one.
    people = ["650000198801030013", "430000198506160017", "52000019920512000X"]
    assert register.registrations_of_each(people) == {
        person: register.registrations_of(person) for person in people
    }
    assert register.registrations_of_each(people) == ResidenceRegister.registrations_of_each(
        register, people
    )
