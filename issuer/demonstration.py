"""Invented residents for demonstrations: nobody has these numbers, names or addresses.

Each number has a whole province as its region, which no real number has, and a sequence that
is never given out. Addresses say 示范, demonstration. Portraits are drawn, not taken.
"""

from colorsys import hsv_to_rgb
from datetime import date
from io import BytesIO
from typing import Final

from msgspec import Struct
from PIL import Image, ImageDraw

from issuer.desk import Desk
from issuer.officer import ALL_ROLES, Officer
from issuer.particulars import Particulars
from issuer.permit import Permit
from issuer.storage import IssuerStorage
from schemas.divisions import county
from schemas.endorsement_window import add_months

ACTOR: Final = "demo-data"
_WIDTH, _HEIGHT = 120, 150


class DemonstrationPerson(Struct, frozen=True):
    """One invented resident."""

    name: str
    citizen_id_number: str
    ethnic_group: str
    registered_in: str
    county: str
    months_registered: int
    """How long before the grant residence was registered."""


PEOPLE: Final = (
    DemonstrationPerson("林样例", "52000019920512000X", "01", "贵州省贵阳市", "330302", 8),
    DemonstrationPerson(
        "阿依样·示例江", "650000198801030013", "05", "新疆维吾尔自治区乌鲁木齐市", "330304", 33
    ),
    DemonstrationPerson("陈示范", "360000200709200017", "01", "江西省南昌市", "330381", 14),
    DemonstrationPerson("周投资样", "420000198002290019", "15", "湖北省武汉市", "330383", 1),
    DemonstrationPerson("吴人才样", "610000199507150003", "03", "陕西省西安市", "330382", 1),
    DemonstrationPerson("小满示", "340000201506010003", "22", "安徽省合肥市", "330303", 21),
    DemonstrationPerson("郑老样", "330000194802110012", "01", "浙江省金华市", "330324", 12),
    DemonstrationPerson("莫虚构", "450000198604040012", "08", "广西壮族自治区南宁市", "330329", 15),
    # U+20BB7, outside the BMP: names are longer in UTF-16 than they look.
    DemonstrationPerson("𠮷示范", "430000198506160017", "01", "湖南省长沙市", "330302", 10),
)


def grant_demonstration(
    storage: IssuerStorage, desk: Desk, *, on: date, counties: tuple[str, ...] = ()
) -> list[Permit]:
    """One permit for each person of ``counties`` (of all, if none is named).

    Whoever holds a permit keeps it, so a second run grants nothing new. ``on`` must be the
    day of the desk's clock.

    Raises:
        issuer.errors.DeskError: the desk does not take demonstration numbers.
    """
    permits = []
    for number, person in enumerate(PEOPLE, start=1):
        if counties and person.county not in counties:
            continue
        with storage.reading() as register:
            held = [p for p in register.permits_of(person.citizen_id_number) if not p.ended]
        particulars = demonstration_particulars(person, house=number, on=on)
        permits.append(
            held[0] if held else desk.grant(particulars, Officer(ACTOR, person.county, ALL_ROLES))
        )
    return permits


def demonstration_particulars(person: DemonstrationPerson, *, house: int, on: date) -> Particulars:
    """What the person's application would have said on the day ``on``."""
    place = county(person.county)
    # A county-level city is named on its own; a district or county follows its city's name.
    city = "" if place.kind == "county_level_city" else place.city_name_zh
    return Particulars(
        name=person.name,
        citizen_id_number=person.citizen_id_number,
        ethnic_group=person.ethnic_group,
        registered_address=f"{person.registered_in}示范路{house}号",
        residence_address=f"浙江省{city}{place.name_zh}示范街道示范路{house}号",
        residence_registered_on=add_months(on, -person.months_registered),
        portrait=drawn_portrait(hue=house / (len(PEOPLE) + 1)),
    )


def drawn_portrait(*, hue: float) -> bytes:
    """A plain head and shoulders on a ground of colour ``hue`` (0 to 1), as PNG of about 1 kB."""
    ground, cloth = _colour(hue, 0.25, 0.95), _colour(hue, 0.55, 0.55)
    picture = Image.new("RGB", (_WIDTH, _HEIGHT), ground)
    draw = ImageDraw.Draw(picture)
    draw.ellipse((10, 98, 110, 210), fill=cloth)
    draw.rectangle((50, 80, 70, 110), fill="#d9b08c")
    draw.ellipse((36, 28, 84, 96), fill="#e8c39e")
    draw.pieslice((33, 20, 87, 84), 180, 360, fill="#333333")
    draw.text((40, 134), "DEMO", fill="white")
    target = BytesIO()
    picture.quantize(colors=16).save(target, format="PNG", optimize=True)
    return target.getvalue()


def _colour(hue: float, saturation: float, value: float) -> tuple[int, int, int]:
    red, green, blue = hsv_to_rgb(hue, saturation, value)
    return int(red * 255), int(green * 255), int(blue * 255)
