"""The notice that an applicant reads, and commits to, before anything is submitted [ZJ].

A commitment names the version and the digest of the text that was shown, so it can be proved
later what was promised. A changed text is a new version; a commitment to an older one counts
for drafts no more. What a false commitment leads to is said in the text [SC663 §18].
"""

from datetime import datetime
from hashlib import sha256
from typing import Final

from issuer.application import Commitment

VERSION: Final = "2026-11"
ZH: Final = (
    "办理电子居住证须在本县(市、区)居住登记满半年，并具备合法稳定就业、合法稳定住所、"
    "连续就读之一；县级以上人民政府规定的投资创业人员、引进人才除外。"
    "本人已阅读上述条件，承诺所填内容和所交材料真实。承诺不实的，撤销决定，收回居住证并依法处理。"
)
EN: Final = (
    "A permit needs residence registered in this county for half a year, and stable employment, "
    "stable housing or continuous study; investors and talents determined by a government at "
    "county level or above are exempt. I have read this and stand for the truth of what I state "
    "and hand in. If it is false, the decision is withdrawn and the permit taken back."
)
SHA256: Final = sha256(f"{VERSION}\n{ZH}\n{EN}".encode()).hexdigest()


def commitment_at(given_at: datetime) -> Commitment:
    """A commitment to the present text. ``given_at`` is aware."""
    return Commitment(VERSION, SHA256, given_at)


def is_current(commitment: Commitment) -> bool:
    """Whether what was committed to is the present text."""
    return (commitment.text_version, commitment.text_sha256) == (VERSION, SHA256)
