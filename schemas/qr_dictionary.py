"""What codes of version 1 may take as known: the texts every permit repeats.

Deflate looks for repetitions in what came before; here it starts with this text before
it. Likely texts stand near the end, where references to them are shortest. Reader and
writer must have the very same bytes, so the text is frozen with the version number of
the code: a better one takes a new version.
"""

from typing import Final

DICTIONARY_1: Final = (
    '["portrait","data:image/jpeg;base64,/9j/4AAQSkZJRgABAQdata:image/png;base64,iVBORw0KGgo'
    "AAAANSUhEUgAA"
    "北京市天津市上海市重庆市河北省山西省辽宁省吉林省黑龙江省江苏省安徽省福建省江西省山东省"
    "河南省湖北省湖南省广东省海南省四川省贵州省云南省陕西省甘肃省青海省内蒙古自治区"
    "广西壮族自治区西藏自治区宁夏回族自治区新疆维吾尔自治区自治州自治县"
    "街道社区居委会村民委员会大道路号弄幢栋单元室巷里组镇乡村大厦花园小区公寓(演示)示范"
    "杭州市宁波市嘉兴市湖州市绍兴市金华市衢州市舟山市台州市丽水市"
    "洞头区永嘉县平阳县苍南县文成县泰顺县瑞安市乐清市龙港市龙湾区瓯海区"
    '"],"_sd":\x08}\x1f[\x01,"record",{"_sd":\x08}]'
    '\x1f[\x01,"sex","1"]\x1f[\x01,"ethnic_group","01"]\x1f[\x01,"registered_address","'
    '"]\x1f[\x01,"issuing_authority","温州市公安局鹿城区分局'
    '"]\x1f[\x01,"issuing_authority","鹿城区公安机关'
    '"]\x1f[\x01,"date_of_issuance",\x0f]\x1f[\x01,"record",{"_sd":\x08}]'
    '\x1f{"iss":"https://permit.zj.gov.cn/http://127.0.0.1:8101/https://issuer.example/'
    '\x1f[\x01,"name",\x17]\x1f[\x01,"birthdate",\x0f]\x1f[\x01,"citizen_id_number",\x16]'
    '\x1f[\x01,"citizen_id_tail",\x15]\x1f[\x01,"residence_address","浙江省温州市鹿城区示范路1号'
    '"]\x1f[\x01,"permit_number","ZJ330302202600000'
    '"]\x1f[\x01,"permit_number","330302-2026-000001'
    '"]\x1f[\x01,"continuous_residence_since",\x0f]\x1f[\x01,"age_over_18",false]'
    '\x1f[\x01,"age_over_18",true]'
    '\x1f{"alg":"ES256","typ":"dc+sd-jwt","x5c":[\x06]}\x1f{"iss":"https://permit.zj.example/\x13'
    '","vct":"urn:zhejiang:residence-permit:1","iat":\x0b,"nbf":\x0e,"exp":\x0b'
    ',"cnf":{"jwk":{"kty":"EC","crv":"P-256","x":\x02,"y":\x07}},"status":{"status_list":{"idx":\x11'
    ',"uri":"https://permit.zj.example/\x14/status/1"}},"jurisdiction":"\x14'
    '","endorsement":{"sequence":\x12,"usable_through":\x10},"_sd":\x08,"_sd_alg":"sha-256"}'
    '\x1f[\x01,"name",\x17]\x1f[\x01,"citizen_id_tail",\x15]'
    '\x1e{"alg":"ES256","typ":"kb+jwt"}\x1e{"iat":\x0c'
    ',"aud":"urn:zhejiang:counter","nonce":\x01,"sd_hash":\x05}'
).encode()
"""As UTF-8, markers of ``presentation_qr`` included."""
