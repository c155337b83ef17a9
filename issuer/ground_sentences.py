"""What each finding about an application says to people, in Chinese and English.

A finding that failed is told by its code, the others by their ground. Values in braces are
days, county names and ages; never a name or a number of a person, because findings end up in
notices and logs. Sources of the grounds: [ZJ], [ZJ-REG §2, §16, §38], [SC663 §2, §9].
"""

from collections.abc import Mapping
from typing import Final

PASSED: Final[Mapping[str, tuple[str, str]]] = {
    "identity": ("身份核验已通过。", "The identity check was passed."),
    "scope": ("属于本办法适用人员。", "The person falls under these rules."),
    "pilot": ("{city_zh}已开通电子居住证。", "{city_en} issues the electronic permit."),
    "permit": ("持有居住证，未被责令中止。", "There is a permit, and no order on it."),
    "window": (
        "已到签注期，签注期至{closes_on}止；逾期可以补办。",
        "The window, which closes on {closes_on}, has opened; late is possible.",
    ),
    "continued": ("仍符合居住证条件。", "The conditions for a permit still hold."),
    "floating_population": (
        "户籍地与居住地不在同一市区或县(市)。",
        "Household registration and residence lie in different units.",
    ),
    "registration": ("已办理居住登记。", "Residence is registered."),
    "jurisdiction": ("居住登记在{county_zh}。", "Residence is registered in {county_en}."),
    "unit": ("居住地变动与申请种类相符。", "The new place fits the kind of application."),
    "duplicate": ("名下没有有效的居住证。", "The person holds no other permit."),
    "guardian": ("由监护人代为申请。", "A guardian applies."),
    "exemption": ("符合投资创业或引进人才规定。", "A government's determination grants exemption."),
    "half_year": (
        "居住登记自{registered_on}起，已满半年。",
        "Residence has been registered since {registered_on}, half a year or more.",
    ),
    "condition": (
        "具备合法稳定就业、合法稳定住所、连续就读之一。",
        "Stable employment, stable housing or continuous study is relied on.",
    ),
    "materials": ("材料齐全。", "The documents are complete."),
    "change": ("居住证记载与现有登记不一致，需要变更。", "The permit differs from the registers."),
}
NOT_NEEDED: Final[Mapping[str, tuple[str, str]]] = {
    "window": ("没有居住证，无从签注。", "Without a permit there is no window."),
    "continued": ("没有居住证，无从延续。", "Without a permit nothing goes on."),
    "unit": ("没有居住证，无从比较。", "Without a permit there is no place to compare."),
    "change": ("没有居住证，无从变更。", "Without a permit there is nothing to change."),
    "jurisdiction": ("没有居住登记，无从判断。", "Without a registration there is no county."),
    "guardian": ("已满16周岁，无需监护人。", "At 16 or older nobody needs a guardian for this."),
    "exemption": ("未申请免除条件。", "No exemption is relied on."),
    "half_year": ("无需居住满半年。", "The half year is not looked at."),
    "condition": ("无需其他条件。", "No further condition is needed."),
    "materials": ("没有所依据的条件。", "Nothing is relied on that a document could prove."),
}
FAILED: Final[Mapping[str, tuple[str, str]]] = {
    "identity_check_failed": (
        "身份核验未通过。请重新核验，或持身份证到窗口办理。",
        "The identity check was not passed. Try again, or come to the counter with the ID card.",
    ),
    "out_of_scope_hmt": (
        "港澳台居民请申领港澳台居民居住证。",
        "Residents of Hong Kong, Macao and Taiwan have a residence permit of their own.",
    ),
    "out_of_scope_foreigner": (
        "外国人、无国籍人不适用本办法。",
        "Foreigners and stateless people do not fall under these rules.",
    ),
    "pilot_not_open": (
        "{city_zh}尚未开通电子居住证。",
        "{city_en} does not issue the electronic permit yet.",
    ),
    "permit_ended": (
        "名下没有有效的居住证。请申领居住证。",
        "The person holds no permit that has not ended. Apply for a first one.",
    ),
    "permit_suspended": (
        "居住证已被责令中止使用。恢复后方可办理。",
        "The permit is suspended by order. It has to be restored first.",
    ),
    "other_county": (
        "居住证已转由其他县(市、区)管理。请向该县(市、区)申请。",
        "The permit is another county's by now. Apply in that county.",
    ),
    "window_not_open": (
        "未到签注期。签注期自{opens_on}起至{closes_on}止。",
        "The endorsement window opens on {opens_on} and closes on {closes_on}.",
    ),
    "no_longer_eligible": (
        "不再符合居住证条件，不予签注；居住证可使用至{closes_on}。",
        "The conditions no longer hold, so it is not endorsed; it is usable through {closes_on}.",
    ),
    "other_unit": (
        "居住地已在另一市区或县(市)。请申请迁移。",
        "The residence now lies in another unit. Apply for a move.",
    ),
    "same_unit": (
        "居住地仍在同一市区或县(市)。请申请变更。",
        "The residence still lies in the same unit. Apply for a change of data.",
    ),
    "nothing_changed": (
        "居住证记载与现有登记一致，无需变更。地址变动请先办理居住登记。",
        "The permit says what the registers say. Register a new address with the police first.",
    ),
    "not_floating_population": (
        "户籍地与居住地在同一市区或县(市)，不属于流动人口。",
        "Household registration and residence lie in one unit: no residence permit is needed.",
    ),
    "no_residence_registration": (
        "没有居住登记。请先到居住地派出所办理居住登记。",
        "No residence is registered. Register it with the police of the place first.",
    ),
    "wrong_jurisdiction": (
        "居住登记不在{county_zh}。请向居住登记所在县(市、区)申请。",
        "Residence is not registered in {county_en}. Apply in the county of the registration.",
    ),
    "duplicate_permit": (
        "名下已有居住证。每人只能有一张。",
        "The person holds a permit already; each has one at most.",
    ),
    "guardian_required": (
        "未满16周岁，须由监护人代为申请。",
        "Under 16 a guardian applies.",
    ),
    "exemption_not_proven": (
        "缺少县级以上人民政府的认定文件。",
        "The determination by a government at county level or above is missing.",
    ),
    "residence_too_short": (
        "居住登记自{registered_on}起，{eligible_from}方满半年。",
        "Residence is registered since {registered_on}; half a year is full on {eligible_from}.",
    ),
    "no_qualifying_condition": (
        "不具备合法稳定就业、合法稳定住所、连续就读中的任何一项。",
        "Neither stable employment nor stable housing nor continuous study is relied on.",
    ),
    "materials_incomplete": (
        "缺少所依据条件的证明材料。",
        "No document proves the condition relied on.",
    ),
    "false_materials": ("提供的材料不真实。", "Documents handed in are false."),
}


def sentences(
    table: Mapping[str, tuple[str, str]], key: str, values: Mapping[str, str]
) -> tuple[str, str]:
    """The Chinese and the English sentence for ``key``, filled in.

    Raises:
        KeyError: no such sentence, or a value is missing; a fault of the caller.
    """
    zh, en = table[key]
    return zh.format_map(values), en.format_map(values)
