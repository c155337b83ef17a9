"""What an application's state says to its applicant, in Chinese and English, and what to do next.

Values in braces are days, county names and numbers of permits or receipts; never a name. Days
are Asia/Shanghai. Sources: [ZJ], [SC663 §9, §10].
"""

from collections.abc import Mapping
from typing import Final

from issuer.eligibility_facts import Kind

Sentence = tuple[str, str]
"""Chinese, English."""

STATES: Final[Mapping[str, Sentence]] = {
    "draft": ("尚未提交，已填内容均已保存。", "Not submitted yet; all you filled in is kept."),
    "submitted": (
        "已提交，{county_zh}公安机关将于{promised_on}前办结。",
        "Submitted. The police of {county_en} decide by the end of {promised_on}.",
    ),
    "late": (
        "已提交。原定{promised_on}前办结，已超过期限，仍在办理。",
        "Submitted. It should have been decided by {promised_on}; it is late, and still open.",
    ),
    "needs_supplement": (
        "需要补充材料，最迟{supplement_by}；补充前办理期限暂停。",
        "Something is lacking, to come by {supplement_by}; the time to decide stands still.",
    ),
    "refused": ("未予批准，理由见下。", "Refused, for the reasons below."),
    "withdrawn": ("您已撤回申请。", "You took this application back."),
    "lapsed": (
        "未在期限内补充材料，申请已终止，未作决定。",
        "What was lacking did not come in time. It was closed, and nothing was decided.",
    ),
    "abandoned": ("您已放弃这份草稿。", "You gave this draft up."),
}
GRANTED: Final[Mapping[Kind, Sentence]] = {
    Kind.FIRST_PERMIT: ("已签发居住证{permit}。", "Permit {permit} was granted."),
    Kind.ENDORSEMENT: (
        "居住证{permit}已签注，可使用至{usable_through}。",
        "Permit {permit} was endorsed; it is usable through {usable_through}.",
    ),
    Kind.REPLACEMENT: (
        "居住证{permit}已补领，原有电子副本全部作废。",
        "Permit {permit} was replaced; every old copy is void.",
    ),
    Kind.CHANGE_OF_DATA: (
        "居住证{permit}已变更，原有电子副本全部作废。",
        "Permit {permit} was put right; every old copy is void.",
    ),
    Kind.MOVE: (
        "已在{county_zh}签发居住证{permit}，原居住证已终止。",
        "Permit {permit} was granted in {county_en}; the old one has ended.",
    ),
}
NEXT: Final[Mapping[str, Sentence]] = {
    "draft": ("继续填写并提交。", "Go on with it, and submit it."),
    "submitted": ("请等待短信通知，无需再次申请。", "Wait for the message; do not apply again."),
    "needs_supplement": (
        "请一次补齐所列材料。",
        "Add all that is listed, at once; it is not asked for again.",
    ),
    "granted": (
        "请在卡包中搜索“居住证”添加，或到窗口领取确认单。",
        "Add it to the card pack: search for 居住证. Or have a slip printed at the counter.",
    ),
    "endorsed": (
        "无需操作，卡包中的居住证会自动更新。",
        "Nothing: the copies in your wallet renew themselves.",
    ),
    "refused": (
        "可在条件具备后重新申请；对决定不服的，可依法申请行政复议。",
        "Apply again when the reasons are gone; you may also ask for administrative review.",
    ),
    "endorsement_refused": (
        "居住证可使用至{usable_through}；对决定不服的，可依法申请行政复议。",
        "The permit is usable through {usable_through}. You may ask for administrative review.",
    ),
    "lapsed": ("材料备齐后请重新申请。", "Apply again when you have what was lacking."),
}
NOTHING: Final[Sentence] = ("", "")


def filled(sentence: Sentence, values: Mapping[str, str]) -> Sentence:
    """Both with their values. Raises ``KeyError`` where one is missing."""
    zh, en = sentence
    return zh.format_map(values), en.format_map(values)
