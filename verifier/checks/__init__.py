"""The checks a presentation has to pass, one file each, in the order they run.

Two halves with opposite manners.

AUTHENTICITY raises. When it fails nothing of the presentation may be shown or fetched,
not even its status address, so that a forger cannot choose what our server requests
[TSL §8.3]:

1. signature    the issuer's token, its certificate, the disclosures, the permit's shape
2. key_binding  shown by the holder it was issued to, with these very claims
3. freshness    for us, for this request, just now

STANDING returns. All of it runs and every finding is shown, because a clerk must see the
whole reason at once; the verdict's reason is the first in this order that failed:

4. revocation        what the status list says, and how old it is
5. endorsement       the yearly confirmation, by the calendar
6. validity          nbf and exp, for readers that know no endorsements
7. jurisdiction      may this authority permit this, and does it hold at this counter
8. requested_claims  all that the service item needs was shown

A confirmation slip on paper has the same standing checks and other ones of authenticity,
PAPER: its own signature (``slip_signature.py``), and in place of a holder's key the clerk,
who compares the ID card. That it is fresh cannot be asked of paper.

Not here: whether a shown code was seen before. That needs a store and is the last step
of ``verify.py``.
"""

AUTHENTICITY = ("signature", "key_binding", "freshness")
PAPER = ("signature", "paper")
STANDING = ("revocation", "endorsement", "validity", "jurisdiction", "requested_claims")
