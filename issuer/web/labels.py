"""What an applicant's pages call kinds, grounds and states: a msgid, and for states a tone.

Things are called as at the desk (``desk_words``), stages as their applicant sees them. Tones
are those of ``ui.badge``; the words say it too, so nobody needs to see the colour.
"""

from collections.abc import Mapping
from typing import Final

from issuer.web.desk_words import (
    BASES,
    CHANNELS,
    KINDS,
    RELATIONS,
    SEXES,
    STAGE_TONES,
    STANDING_TONES,
    STANDINGS,
)
from issuer.web.error_sentences import N_

STAGES: Final[Mapping[str, str]] = {
    "draft": N_("Draft"),
    "submitted": N_("Handed in, waits for the decision"),
    "needs_supplement": N_("Waits for your documents"),
    "granted": N_("Granted"),
    "refused": N_("Refused"),
    "withdrawn": N_("Withdrawn"),
    "lapsed": N_("Ended without an answer"),
    "abandoned": N_("Given up"),
}
DOCUMENT_PURPOSES: Final[Mapping[str, str]] = {
    **BASES,
    "applicant": N_("Identity document of the applicant"),
    "guardian": N_("Identity document of who applies for them"),
}
_LABELS: Final[Mapping[str, str]] = {
    **KINDS,
    "move": N_("Move to another county"),  # the desk sees it from the other end
    **CHANNELS,
    **BASES,
    **RELATIONS,
    **SEXES,
}


def label(name: str) -> str:
    """The msgid of a kind, channel, basis, relation or sex; the name itself for others."""
    return _LABELS.get(name, name)


def document_purpose(name: str) -> str:
    """The msgid of what a document is to prove: a ground, or who a person is."""
    return DOCUMENT_PURPOSES.get(name, name)


def stage(name: str) -> tuple[str, str]:
    """Msgid and tone of an application's stage."""
    return STAGES.get(name, name), STAGE_TONES.get(name, "neutral")


def standing(name: str) -> tuple[str, str]:
    """Msgid and tone of a permit's standing."""
    return STANDINGS.get(name, name), STANDING_TONES.get(name, "neutral")
