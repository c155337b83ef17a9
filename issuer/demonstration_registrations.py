"""Residence registrations of invented people, so that a demonstration can be applied in.

Those who hold a permit are registered where it was granted. Of the others most live in one
county: whoever may apply, and whoever may not because they came too late or rely on nothing.
"""

from datetime import date
from typing import Final

from issuer.demonstration import PEOPLE
from issuer.residence_register import ResidenceRegistration
from issuer.storage import IssuerStorage
from schemas.divisions import county
from schemas.endorsement_window import add_months

LUCHENG: Final = "330302"
_MONTHS: Final = {
    "430000199111080009": 9,
    "510000197508200006": 1,
    "420000201603150008": 20,
    "410000199908090008": 2,
    "50000020011130001X": 12,
    "330000199012310004": 24,
    "810000199306170005": 12,
}
"""Citizen number of everybody without a permit to the months since they registered there."""


def add_demonstration_registrations(storage: IssuerStorage, *, on: date) -> int:
    """Register every invented person; who is registered somewhere already stays as they are.

    Args:
        storage: the register.
        on: the day from which months are counted back, Asia/Shanghai.

    Returns:
        How many were added.
    """
    wanted = [
        *((p.citizen_id_number, p.county, p.months_registered) for p in PEOPLE),
        *((number, LUCHENG, months) for number, months in _MONTHS.items()),
    ]
    with storage.transaction() as tx:
        missing = [row for row in wanted if not tx.registrations_of(row[0])]
        tx.put_registrations(
            ResidenceRegistration(
                citizen_id_number=number,
                county=code,
                address=_address(code, house),
                registered_on=add_months(on, -months),
            )
            for house, (number, code, months) in enumerate(missing, start=1)
        )
    return len(missing)


def _address(code: str, house: int) -> str:
    place = county(code)
    city = "" if place.kind == "county_level_city" else place.city_name_zh
    return f"浙江省{city}{place.name_zh}示范街道示范路{house}号"
