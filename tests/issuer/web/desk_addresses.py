"""Every address of the desk, and whom it is for; what each of its forms says."""

from typing import Final

from issuer.officer import Role
from tests.issuer.web.desk_scene import MO, ZHOU

R, A, D, N = Role.REGISTRAR, Role.APPROVER, Role.AUDITOR, Role.ADMINISTRATOR
ALL, READERS = frozenset({R, A, D, N}), frozenset({R, A, D})
COUNTER, DECIDERS, AUDITORS = frozenset({R, A}), frozenset({A}), frozenset({D})
KEEPERS, KEEPERS_AND_AUDITORS = frozenset({N}), frozenset({N, D})
OFFICERS: Final = {R: "wang-2", A: "chen-5", D: "zhao-7", N: "sun-9"}
DOOR: Final = {
    "GET /desk/sign-in",
    "POST /desk/sign-in",
    "POST /desk/sign-out",
    "GET /desk/second-factor",
    "POST /desk/second-factor",
}
"""For who is on the way in or out; ``test_sign_in_pages`` tries these."""
WORDS: Final = {"reason": "示范原因", "legal_basis": "示范条例第一条"}
COHORT: Final = {"officer": "li-3", "basis": "", "first_day": "", "last_day": ""}
FORMS: Final[dict[str, dict[str, str]]] = {
    "POST /desk/applications/{number}/{act}": WORDS | {"wanted": "劳动合同"},
    "POST /desk/campaigns/start": {"due": "in_window"},
    "POST /desk/counter/begin": {"kind": "first_permit"},
    "POST /desk/counter/identify": {"citizen_id_number": MO, "document": "id_card"},
    "POST /desk/mass-acts/propose": WORDS | COHORT,
    "POST /desk/mass-acts/{act_id}/{act}": WORDS,
    "POST /desk/officers": {"id": "neu-1", "name": "新示范", "role": "registrar"},
    "POST /desk/officers/{officer_id}/roles": {"role": "auditor"},
    "POST /desk/permits/search": {"number": ZHOU},
    "POST /desk/permits/{number}/{act}": WORDS | {"shown": "id_card", "cause": "death"},
    "POST /desk/proposals/{proposal_id}/{decision}": WORDS,
}
"""What each form says: all that it could ask for, so that a refusal is for nothing missing."""
OPEN_TO: Final[dict[str, frozenset[Role]]] = {
    "GET /desk": ALL,
    "GET /desk/applications": READERS,
    "GET /desk/applications/{number}": READERS,
    "GET /desk/applications/{number}/documents/{sha256}": READERS,
    "GET /desk/applications/{number}/documents/{sha256}/picture": READERS,
    "GET /desk/applications/{number}/{act}": READERS,
    "POST /desk/applications/{number}/{act}": DECIDERS,
    "GET /desk/audit": AUDITORS,
    "POST /desk/audit/export": AUDITORS,
    "POST /desk/audit/verify": AUDITORS,
    "GET /desk/campaigns": READERS,
    "GET /desk/campaigns/preview": DECIDERS,
    "POST /desk/campaigns/start": DECIDERS,
    "GET /desk/campaigns/{campaign_id}": READERS,
    "GET /desk/campaigns/{campaign_id}/progress": READERS,
    "POST /desk/campaigns/{campaign_id}/{act}": DECIDERS,
    "GET /desk/counter": COUNTER,
    "POST /desk/counter/begin": COUNTER,
    "POST /desk/counter/done": COUNTER,
    "POST /desk/counter/identify": COUNTER,
    "GET /desk/counter/person": COUNTER,
    "GET /desk/counter/drafts/{number}": COUNTER,
    "GET /desk/counter/drafts/{number}/abandon": COUNTER,
    "POST /desk/counter/drafts/{number}/abandon": COUNTER,
    "POST /desk/counter/drafts/{number}/{act}": COUNTER,
    "GET /desk/counter/receipts/{number}": COUNTER,
    "GET /desk/counter/supplements/{number}": COUNTER,
    "POST /desk/counter/supplements/{number}/add": COUNTER,
    "GET /desk/counter/withdrawals/{number}": COUNTER,
    "POST /desk/counter/withdrawals/{number}/confirm": COUNTER,
    "GET /desk/counts": READERS,
    "GET /desk/counts/csv": READERS,
    "GET /desk/mass-acts": READERS,
    "GET /desk/mass-acts/new": DECIDERS,
    "POST /desk/mass-acts/propose": DECIDERS,
    "GET /desk/mass-acts/{act_id}": READERS,
    "GET /desk/mass-acts/{act_id}/progress": READERS,
    "POST /desk/mass-acts/{act_id}/{act}": DECIDERS,
    "GET /desk/officers": KEEPERS_AND_AUDITORS,
    "POST /desk/officers": KEEPERS,
    "GET /desk/officers/{officer_id}": KEEPERS_AND_AUDITORS,
    "POST /desk/officers/{officer_id}/disable": KEEPERS,
    "POST /desk/officers/{officer_id}/enable": KEEPERS,
    "POST /desk/officers/{officer_id}/passkeys": KEEPERS,
    "POST /desk/officers/{officer_id}/password": KEEPERS,
    "POST /desk/officers/{officer_id}/roles": KEEPERS,
    "GET /desk/passkeys": ALL,
    "POST /desk/passkeys": ALL,
    "POST /desk/passkeys/new": ALL,
    "POST /desk/passkeys/remove": ALL,
    "GET /desk/password": ALL,
    "POST /desk/password": ALL,
    "GET /desk/permits": READERS,
    "POST /desk/permits/search": READERS,
    "GET /desk/permits/{number}": READERS,
    "GET /desk/permits/{number}/{act}": READERS,
    "POST /desk/permits/{number}/{act}": DECIDERS,
    "GET /desk/proposals": READERS,
    "GET /desk/proposals/{proposal_id}": READERS,
    "POST /desk/proposals/{proposal_id}/{decision}": DECIDERS,
}
"""Address to the roles that it is for; whoever has none of them is refused."""
