"""What a notice says to the resident, as a text message and under progress.

One table for every kind of notice. Nothing of it names a person or a number: messages are read
on locked screens [ZJ]. Values are days and grounds only; other params are never repeated, so
no free text of anybody gets into a message. In Chinese each fits one text message of 70
characters, with room left for the signature that the gateway puts before it.
"""

import re
from collections.abc import Mapping
from typing import Final

LONGEST_ZH: Final = 60
"""Characters, counted as text messages count them: in units of UTF-16."""

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ANY_NEWS: Final = (
    "您的居住证业务有新进展，请在“办理进度”查看。",
    "There is news about your residence permit. See Progress.",
)
# A day, never how many are left: a message may arrive after midnight, or days late.
_DUE: Final = (
    "您的居住证即将到期，请尽快申请签注，逾期将中止使用。",
    "Your residence permit runs out soon. Ask for its endorsement, or it is suspended.",
)
_DUE_BY: Final = (
    "您的居住证可使用至{usable_through}，请尽快申请签注，逾期将中止使用。",
    "Your residence permit is usable through {usable_through}. "
    "Ask for its endorsement, or it is suspended.",
)
_PLAIN: Final[Mapping[str, tuple[str, str]]] = {
    "submitted": (
        "您的居住证申请已收到，将在2个工作日内办理。可在“办理进度”查看。",
        "Your application was received. It is decided within two working days; see Progress.",
    ),
    "supplement_wanted": (
        "您的居住证申请需要补充材料，请在“办理进度”查看并在30日内补交。",
        "Your application lacks something. See Progress, and hand it in within 30 days.",
    ),
    "granted": (
        "您的居住证已签发，请在卡包中搜索“居住证”并核验身份后添加。",
        "Your residence permit was granted. Search for it in the card pack to add it.",
    ),
    "refused": (
        "您的居住证申请未获批准。理由及申诉途径请在“办理进度”查看。",
        "Your application was refused. See Progress for the reasons and how to appeal.",
    ),
    "lapsed": (
        "您的居住证申请因逾期未补充材料已终止，可以重新申请。",
        "Your application ended because nothing was handed in. You can apply again.",
    ),
    "endorsed": (
        "您的居住证已签注，可继续使用。",
        "Your residence permit was endorsed and stays usable.",
    ),
    "endorsement_refused": (
        "您的居住证签注申请未获批准。理由及申诉途径请在“办理进度”查看。",
        "Your endorsement was refused. See Progress for the reasons and how to appeal.",
    ),
    "endorsement_due_30": _DUE,
    "endorsement_due_7": _DUE,
    "endorsement_due_1": _DUE,
    "suspended": (
        "您的居住证已中止使用。详情请向签发机关查询。",
        "Your residence permit is suspended. The issuing authority says why.",
    ),
    "restored": (
        "您的居住证已恢复使用。",
        "Your residence permit is usable again.",
    ),
    "revoked": (
        "您的居住证已被撤销。理由及申诉途径请向签发机关查询。",
        "Your residence permit was revoked. The issuing authority says why and how to appeal.",
    ),
    "cancelled": (
        "您的居住证已注销。如有疑问请向签发机关查询。",
        "Your residence permit was cancelled. Ask the issuing authority if this is wrong.",
    ),
    "replaced": (
        "您的居住证已换发，原有的电子证照全部失效，请在卡包中重新添加。",
        "Your residence permit was replaced. All old copies are void; add it again.",
    ),
    "changed": (
        "您的居住证信息已变更，原有的电子证照全部失效，请在卡包中重新添加。",
        "The data of your residence permit were changed. All old copies are void; add it again.",
    ),
    "moved": (
        "您的居住证已迁至新居住地，原证已注销，请在卡包中添加新证。",
        "Your residence permit moved with you. The old one is cancelled; add the new one.",
    ),
}
# Kinds that say more where the day until which the permit is usable comes with them.
_WITH_DAY: Final[Mapping[str, tuple[str, str]]] = {
    "endorsed": (
        "您的居住证已签注，可使用至{usable_through}。",
        "Your residence permit was endorsed and is usable through {usable_through}.",
    ),
    "endorsement_due_30": (
        "您的居住证可使用至{usable_through}。请在此前一个月内申请签注。",
        "Your residence permit is usable through {usable_through}. "
        "Ask for its endorsement in the month before.",
    ),
    "endorsement_due_7": _DUE_BY,
    "endorsement_due_1": _DUE_BY,
}
_REFUSED: Final[Mapping[str, tuple[str, str]]] = {
    "refused": (
        "您的居住证申请未获批准：{grounds}。详见“办理进度”。",
        "Your application was refused: {grounds}. See Progress.",
    ),
    "endorsement_refused": (
        "您的居住证签注未获批准：{grounds}。详见“办理进度”。",
        "Your endorsement was refused: {grounds}. See Progress.",
    ),
}
GROUNDS: Final[Mapping[str, tuple[str, str]]] = {
    "identity_check_failed": ("身份核验未通过", "identity check not passed"),
    "out_of_scope_hmt": ("应申领港澳台居民居住证", "another permit is for you"),
    "out_of_scope_foreigner": ("不属于适用人员", "these rules are not for you"),
    "pilot_not_open": ("当地尚未开通", "not issued there yet"),
    "permit_ended": ("没有有效的居住证", "no permit to act on"),
    "permit_suspended": ("居住证已被责令中止", "permit suspended by order"),
    "other_county": ("居住证已转他县管理", "permit of another county by now"),
    "window_not_open": ("未到签注期", "endorsement window not open"),
    "no_longer_eligible": ("不再符合条件", "conditions no longer hold"),
    "other_unit": ("居住地已在另一市县", "residence in another unit"),
    "same_unit": ("居住地未迁出本市县", "residence in the same unit"),
    "nothing_changed": ("登记信息没有变化", "nothing changed"),
    "not_floating_population": ("不属于流动人口", "registered and living in one unit"),
    "no_residence_registration": ("没有居住登记", "no residence registration"),
    "wrong_jurisdiction": ("居住登记不在该县", "registered in another county"),
    "duplicate_permit": ("名下已有居住证", "a permit is held already"),
    "guardian_required": ("须由监护人申请", "a guardian must apply"),
    "exemption_not_proven": ("缺少认定文件", "no determination handed in"),
    "residence_too_short": ("居住未满半年", "less than half a year"),
    "no_qualifying_condition": ("不具备规定条件", "no qualifying condition"),
    "materials_incomplete": ("证明材料不全", "documents incomplete"),
    "false_materials": ("材料不真实", "false documents"),
}
"""Codes of grounds that failed, short; in full they stand under progress."""


def sentences(kind: str, params: Mapping[str, str]) -> tuple[str, str]:
    """The Chinese and the English sentence of a notice.

    A kind that this table does not have yet still says that there is news.
    """
    day = params.get("usable_through", "")
    if kind in _WITH_DAY and _DAY.fullmatch(day):
        zh, en = _WITH_DAY[kind]
        return zh.format(usable_through=day), en.format(usable_through=day)
    known = [code for code in params.get("grounds", "").split(",") if code in GROUNDS]
    if kind in _REFUSED and known:
        return _refusal(*_REFUSED[kind], known)
    return _PLAIN.get(kind, _ANY_NEWS)


def message_text(kind: str, params: Mapping[str, str], *, english: bool) -> str:
    """The text message: Chinese, and English on a second line if it is wanted."""
    zh, en = sentences(kind, params)
    return f"{zh}\n{en}" if english else zh


def length_zh(text: str) -> int:
    """How many characters of a text message a text is."""
    return len(text.encode("utf-16-le")) // 2


def _refusal(zh: str, en: str, codes: list[str]) -> tuple[str, str]:
    """As many grounds as one message holds, the first in any case; the rest as 等."""
    for count in range(len(codes), 0, -1):
        told = "、".join(GROUNDS[code][0] for code in codes[:count])
        whole = zh.format(grounds=told + ("等" if count < len(codes) else ""))
        if length_zh(whole) <= LONGEST_ZH:
            break
    return whole, en.format(grounds=", ".join(GROUNDS[code][1] for code in codes))
