"""What the simulated identity check knows: invented people, those of other schemes among them.

To the people who are granted a permit come three who may apply for one, and four who may not,
each for a ground of their own. As everywhere in demonstrations nobody has these numbers, and
portraits are drawn.
"""

from datetime import date
from typing import Final

from issuer.demonstration import PEOPLE, drawn_portrait
from issuer.identity_check import VerifiedIdentity
from schemas.civil_id import parse_civil_id

HOUSEHOLDS: Final = {
    "52000019920512000X": "520100",
    "650000198801030013": "650100",
    "360000200709200017": "360100",
    "420000198002290019": "420100",
    "610000199507150003": "610100",
    "340000201506010003": "340100",
    "330000194802110012": "330702",
    "450000198604040012": "450100",
    "430000198506160017": "430100",
}
"""Citizen number to the place of household registration, six digits [GBT2260]."""
_APPLICANTS: Final = (
    ("唐申样", "430000199111080009", "15", "430100", "湖南省长沙市"),
    ("严引才", "510000197508200006", "01", "510100", "四川省成都市"),
    ("许小样", "420000201603150008", "01", "420100", "湖北省武汉市"),
)
_NOT_ELIGIBLE: Final = (
    ("何未满", "410000199908090008", "01", "410100", "河南省郑州市"),
    ("罗无据", "50000020011130001X", "08", "500103", "重庆市渝中区"),
    ("叶同城", "330000199012310004", "01", "330303", "浙江省温州市龙湾区"),
    ("黎港样", "810000199306170005", "01", "810000", "香港特别行政区"),
)


def demonstration_identities(*, today: date) -> dict[str, VerifiedIdentity]:
    """Everybody the simulation passes, by citizen number."""
    people = [
        (
            p.name,
            p.citizen_id_number,
            p.ethnic_group,
            HOUSEHOLDS[p.citizen_id_number],
            p.registered_in,
        )
        for p in PEOPLE
    ]
    together = [*people, *_NOT_ELIGIBLE, *_APPLICANTS]
    identities = {}
    for house, (name, number, ethnic_group, code, place) in enumerate(together, start=1):
        civil_id = parse_civil_id(number, today=today)
        identities[number] = VerifiedIdentity(
            name=name,
            citizen_id_number=number,
            sex=civil_id.sex,
            birthdate=civil_id.birthdate,
            ethnic_group=ethnic_group,
            household_code=code,
            registered_address=f"{place}示范路{house}号",
            # As on the permits of demonstrations: a person has one photograph.
            portrait=drawn_portrait(hue=house / (len(PEOPLE) + 1)),
        )
    return identities
