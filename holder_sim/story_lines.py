"""What the demonstration says, in Chinese and English; ``LANG`` decides which.

Each step has a title and what is expected; what happened is filled in by the story.
"""

from collections.abc import Mapping

from msgspec import Struct


class Line(Struct, frozen=True):
    """One sentence in both languages; may hold ``{placeholders}``."""

    zh: str
    en: str

    def say(self, language: str, **values: object) -> str:
        """The sentence in ``language`` ("zh" or "en") with its placeholders filled."""
        return (self.zh if language == "zh" else self.en).format(**values)


class Step(Struct, frozen=True):
    """One step of the story: what is done, and what must come of it."""

    title: Line
    expected: Line


def language_of(environ: Mapping[str, str]) -> str:
    """Chinese ("zh") where LC_ALL, LC_MESSAGES or LANG asks for it, else "en"."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environ.get(name):
            return "zh" if environ[name].lower().startswith("zh") else "en"
    return "en"


OPENING = Line(
    "浙江省电子居住证 · 演示。三个服务已在本机启动:"
    "签发 {issuer},核验 {verifier},钱包 {wallet}。人物与证件均为虚构。",
    "Electronic residence permit of Zhejiang, a demonstration. Three services run on this machine: "
    "issuer {issuer}, verifier {verifier}, wallet {wallet}. All people and permits are made up.",
)
EXPECTED = Line("预期", "expected")
HAPPENED = Line("实际", "happened")
AGREES = Line("一致", "as expected")
DIFFERS = Line("不一致", "DIFFERENT")
CLOSING = Line("全部 {count} 步与预期一致。", "All {count} steps went as expected.")
PICTURE = Line("二维码已存为 {path}(版本 {version})", "QR saved as {path} (version {version})")
FACE_FAILED = Line("人脸核验:{checked};出示:{shown}", "face check: {checked}; showing: {shown}")
VERSION = Line("版本 {version}", "version {version}")
STATUS_KNOWN = Line("状态信息截至 {known}({age} 秒前)", "status known as of {known}, {age} s ago")
BOTH_REFUSE = Line("{took} 秒后两地窗口都拒绝", "both counters after {took} s")
COUNTED_SINCE = Line("自 {since} 起算", "counted since {since}")
COPIES = {
    "residence_permit": Line("居住证 {copies} 份", "{copies} copies of the permit"),
    "residence_permit_pass": Line("精简证 {copies} 份", "{copies} copies of the pass"),
}
VERDICTS = {
    "accepted": Line("通过", "accepted"),
    "refused": Line("拒绝", "refused"),
    "cannot_say": Line("无法判断", "cannot say"),
}
SERVING = Line(
    "申请与进度 {issuer}/\n民警工作台 {issuer}/desk(账号 li-3@330302、chen-5@330302 等,"
    "密码 demonstration)\n窗口 {verifier}/counter(设置用 PIN {pin})\n卡包 {wallet}/\n"
    "服务已启动,按 Ctrl-C 结束。",
    "Applying and progress: {issuer}/\nThe officers' desk: {issuer}/desk "
    "(li-3@330302, chen-5@330302 and others; password: demonstration)\n"
    "A counter: {verifier}/counter (PIN to set it up: {pin})\n"
    "The wallet: {wallet}/\nThe services are up; Ctrl-C ends them.",
)

STEPS: dict[str, Step] = {
    "granted": Step(
        Line(
            "公安机关在鹿城区签发居住证,并向住户发出领取邀请",
            "Lucheng police grant a permit and offer it to the resident",
        ),
        Line(
            "有证件编号、领取链接和交易码", "a permit number, an offer link and a transaction code"
        ),
    ),
    "taken": Step(
        Line(
            "住户在钱包中通过人脸核验,用交易码领取",
            "The resident passes the face check and takes the permit with the code",
        ),
        Line(
            "钱包逐项核对后收下居住证和精简证",
            "the wallet checks and keeps the permit and its pass",
        ),
    ),
    "face_failed": Step(
        Line("出示前人脸核验未通过", "Before showing, the face check fails once"),
        Line("什么也不显示", "nothing is shown"),
    ),
    "shown": Step(
        Line("人脸核验通过,显示二维码", "The face check passes and the QR is drawn"),
        Line(
            "图片中的二维码可读,且不大于版本 16",
            "the QR in the picture can be read, version 16 or smaller",
        ),
    ),
    "accepted_offline": Step(
        Line(
            "切断与签发方的网络,鹿城窗口扫描该图片",
            "The network to the issuer is cut; a Lucheng counter scans the picture",
        ),
        Line("通过,并注明状态信息的时间", "accepted, with the age of the status"),
    ),
    "replayed": Step(
        Line("再次出示同一张图片", "The same picture is shown again"),
        Line("拒绝:已使用过的二维码", "refused: replayed"),
    ),
    "out_of_area": Step(
        Line(
            "平阳窗口办理仅限本县的事项", "A Pingyang counter scans a fresh code for a county item"
        ),
        Line("拒绝:不在适用地域,并写明两地", "refused: out of area, naming both counties"),
    ),
    "city_item": Step(
        Line(
            "平阳窗口通过 OpenID4VP 办理全市通办事项",
            "The Pingyang counter asks over OpenID4VP for a city item",
        ),
        Line("通过,且只收到该事项需要的信息", "accepted, with only the claims the item needs"),
    ),
    "suspended": Step(
        Line("一名民警责令中止该证", "An officer suspends the permit"),
        Line(
            "状态到达后两秒内,两地窗口都拒绝",
            "both counters refuse within two seconds of the publication reaching them",
        ),
    ),
    "restored": Step(
        Line("另一名民警恢复该证", "Another officer restores it"),
        Line("通过", "accepted"),
    ),
    "lapsed": Step(
        Line(
            "日历越过签注有效期({day})",
            "The calendar passes the day the endorsement holds through ({day})",
        ),
        Line("拒绝:使用功能中止,并告知如何补办签注", "refused: lapsed, with the way to mend it"),
    ),
    "endorsed_late": Step(
        Line(
            "补办签注,钱包取回新的凭证",
            "The permit is endorsed late and the wallet fetches new copies",
        ),
        Line(
            "通过,连续居住年限从补办之日起重新计算",
            "accepted, and the residence count has restarted",
        ),
    ),
    "revoked": Step(
        Line("两名民警共同撤销该证", "Two officers revoke the permit"),
        Line("拒绝:已撤销,不可恢复", "refused for good: revoked"),
    ),
}
