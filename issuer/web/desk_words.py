"""What the desk's pages call things: kinds, stages, standings, acts. Msgids, as in templates.

One name for one thing on every page. A value without a name here is shown as it is, so that a
page about it still works.
"""

from collections.abc import Mapping
from typing import Final

from issuer.web.error_sentences import N_

KINDS: Final[Mapping[str, str]] = {
    "first_permit": N_("First permit"),
    "endorsement": N_("Endorsement"),
    "replacement": N_("Replacement"),
    "change_of_data": N_("Change of data"),
    "move": N_("Move from another place"),
}
CHANNELS: Final[Mapping[str, str]] = {
    "app": N_("App"),
    "web": N_("Web"),
    "counter": N_("Counter"),
}
STAGES: Final[Mapping[str, str]] = {
    "draft": N_("Draft"),
    "submitted": N_("To be decided"),
    "needs_supplement": N_("Waiting for the applicant"),
    "granted": N_("Granted"),
    "refused": N_("Refused"),
    "withdrawn": N_("Withdrawn"),
    "lapsed": N_("Ended without an answer"),
    "abandoned": N_("Given up"),
}
STAGE_TONES: Final[Mapping[str, str]] = {
    "needs_supplement": "warn",
    "granted": "good",
    "refused": "bad",
}
BASES: Final[Mapping[str, str]] = {
    "stable_employment": N_("Lawful stable employment"),
    "stable_housing": N_("Lawful stable housing"),
    "continuous_schooling": N_("Continuous study"),
    "investor_exempt": N_("Investor or entrepreneur"),
    "talent_exempt": N_("Talent brought in"),
}
RELATIONS: Final[Mapping[str, str]] = {
    "guardian": N_("Guardian"),
    "near_relative": N_("Near relative"),
}
IDENTITY_DOCUMENTS: Final[Mapping[str, str]] = {
    "id_card": N_("ID card"),
    "temporary_id_card": N_("Temporary ID card"),
    "household_register": N_("Household register"),
    "electronic_permit": N_("Electronic permit"),
}
STANDINGS: Final[Mapping[str, str]] = {
    "usable": N_("Usable"),
    "lapsed": N_("Suspended: endorsement missed"),
    "suspended": N_("Suspended by order"),
    "revoked": N_("Revoked"),
    "cancelled": N_("Cancelled"),
}
STANDING_TONES: Final[Mapping[str, str]] = {
    "usable": "good",
    "lapsed": "warn",
    "suspended": "bad",
    "revoked": "bad",
}
OUTCOMES: Final[Mapping[str, str]] = {
    "passed": N_("Passed"),
    "failed": N_("Failed"),
    "not_needed": N_("Not needed"),
}
OUTCOME_TONES: Final[Mapping[str, str]] = {"passed": "good", "failed": "bad"}
MESSAGE_STATES: Final[Mapping[str, str]] = {
    "queued": N_("Text message waits"),
    "sending": N_("Text message is being sent"),
    "sent": N_("Text message sent"),
    "failed": N_("Text message failed"),
    "no_phone": N_("No telephone number known"),
}
SEXES: Final[Mapping[str, str]] = {"1": N_("Male"), "2": N_("Female")}
PROPOSAL_STAGES: Final[Mapping[str, str]] = {
    "open": N_("Waits for a second officer"),
    "confirmed": N_("Confirmed"),
    "rejected": N_("Rejected"),
}
ACTS: Final[Mapping[str, str]] = {
    "open_draft": N_("Draft begun at the counter"),
    "save_draft": N_("Draft filled in"),
    "commit_draft": N_("Commitment given"),
    "see_document": N_("Identity document seen"),
    "attach_document": N_("Document added"),
    "detach_document": N_("Document taken out"),
    "abandon_draft": N_("Draft given up"),
    "apply": N_("Application handed in"),
    "supplement": N_("Documents supplied"),
    "withdraw": N_("Withdrawn"),
    "lapse": N_("Ended without an answer"),
    "look": N_("Record looked at"),
    "look_at_document": N_("Document looked at"),
    "search_person": N_("Searched for"),
    "identify_person": N_("Person identified at the counter"),
    "ask_supplement": N_("Asked for a supplement"),
    "propose_grant": N_("Proposed to grant, for a second opinion"),
    "disagree": N_("Sent back by the second officer"),
    "grant_application": N_("Application granted"),
    "refuse_application": N_("Application refused"),
    "grant": N_("Permit granted"),
    "endorse": N_("Endorsed"),
    "suspend": N_("Suspended by order"),
    "restore": N_("Restored"),
    "propose_revocation": N_("Proposed to revoke"),
    "reject_revocation": N_("Proposal to revoke rejected"),
    "revoke": N_("Revoked"),
    "cancel": N_("Cancelled"),
    "replace": N_("Replaced"),
    "change": N_("Data changed"),
    "hand_over": N_("Handed over to another county"),
    "move_away": N_("Moved to another county"),
    "create_offer": N_("Offer made for a wallet"),
    "issue_copies": N_("Copies issued to a wallet"),
    "print_slip": N_("Confirmation slip printed"),
    "print_slip_again": N_("Confirmation slip printed again"),
}
"""Verbs of the audit log about applications and permits."""
ACT_TONES: Final[Mapping[str, str]] = {
    "grant": "good",
    "grant_application": "good",
    "endorse": "good",
    "restore": "good",
    "suspend": "warn",
    "ask_supplement": "warn",
    "propose_revocation": "warn",
    "propose_grant": "warn",
    "refuse_application": "bad",
    "disagree": "warn",
    "revoke": "bad",
    "cancel": "bad",
    "move_away": "bad",
}
ACTORS: Final[Mapping[str, str]] = {
    "applicant": N_("the applicant"),
    "console": N_("at the console"),
    "issuance": N_("the service, for a wallet"),
    "calendar": N_("the calendar"),
    "automatic-endorsement": N_("the service, by its setting"),
    "demo-data": N_("demonstration data"),
}
"""Who acted where it was no officer."""
ROLES: Final[Mapping[str, str]] = {
    "registrar": N_("Registrar"),
    "approver": N_("Approver"),
    "auditor": N_("Auditor"),
    "administrator": N_("Administrator"),
}
LOOKS: Final = frozenset({"look", "look_at_document", "search_person"})
"""Acts that changed nothing; shown apart, so that they do not bury the others."""
LEGAL_BASES: Final = (
    "《居住证暂行条例》第二条",
    "《居住证暂行条例》第九条",
    "《居住证暂行条例》第十条",
    "《居住证暂行条例》第十一条",
    "《居住证暂行条例》第十八条",
    "《居住证暂行条例》第十九条",
    "《浙江省流动人口居住登记条例》第二条",
    "《浙江省流动人口居住登记条例》第十六条",
    "《浙江省流动人口居住登记条例》第十九条",
    "《浙江省流动人口居住登记条例》第三十八条",
)
"""Provisions that acts at the desk rest on, to choose from; another may be typed. They are
Chinese in every language, as in the decision itself."""


def word(table: Mapping[str, str], value: str) -> str:
    """The name of ``value``, or the value itself where it has none."""
    return table.get(value, value)
