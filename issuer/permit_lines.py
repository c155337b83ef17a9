"""A permit on one line, as commands print it; without the person."""

from datetime import date

from issuer.permit import Permit
from schemas.endorsement_window import next_window


def permit_line(permit: Permit, on: date, *more: str) -> str:
    """Where the permit stands ``on`` a day, Asia/Shanghai, and its dates; ``more`` at the end."""
    words = (
        permit.number,
        permit.county,
        permit.standing_on(on).value,
        f"usable through {permit.usable_through}",
        f"next endorsement from {next_window(permit.issued_on, permit.usable_through).opens_on}",
        f"residence since {permit.continuous_residence_since}",
    )
    return "  ".join((*words, *more))
