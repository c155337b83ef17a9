"""Status lists of 2^20 entries: making, signing, reading one."""

import random
from functools import partial

import msgspec

from keys.jws import parse_jws, public_key_from_jwk, sign_jws, verify_jws, x5c_header
from schemas.status_list import (
    STATUS_LIST_TYP,
    StatusList,
    decode_status_list,
    parse_status_payload,
)
from tests.benchmarks.measuring import Figure, median_us
from tests.benchmarks.scene import NOW, Scene

SIZE = 1 << 20
SHARES = (0.001, 0.01, 0.05)


def figures(scene: Scene, verify_us: float) -> tuple[list[str], list[Figure]]:
    """Sizes on the wire, and times beside one raw verification."""
    floor = ("one raw verification", verify_us)
    lines, taken = [f"{'2^20 entries of 2 bits':<48}{'token bytes':>16}"], []
    key = public_key_from_jwk(scene.status_key.public_jwk())
    for share in SHARES:
        values = _values(share)
        token = _publish(scene, values)
        name = f"{share:.1%} of the entries set"
        lines.append(f"{name:<48}{len(token):>16,}")
        taken.append(
            Figure(f"publish, {name}", median_us(partial(_publish, scene, values)), *floor)
        )

        def read(token: str = token) -> StatusList:
            jws = parse_jws(token, typ=STATUS_LIST_TYP, max_bytes=8 << 20)
            verify_jws(jws, key)
            return decode_status_list(parse_status_payload(jws.payload).status_list)

        taken.append(Figure(f"verify and inflate, {name}", median_us(read), *floor))
    status_list = StatusList.from_values(2, SIZE, _values(0.01))
    taken.append(Figure("look one entry up", median_us(lambda: status_list.value(734_211)), *floor))
    return lines, taken


def _values(share: float) -> dict[int, int]:
    chance = random.Random(7)  # the same list in every run
    return {chance.randrange(SIZE): chance.choice((1, 2)) for _ in range(int(SIZE * share))}


def _publish(scene: Scene, values: dict[int, int]) -> str:
    claim = StatusList.from_values(2, SIZE, values).encode()
    now_s = int(NOW.timestamp())
    payload = {
        "sub": f"{scene.issuer}/status/1",
        "iat": now_s,
        "exp": now_s + 86_400,
        "ttl": 300,
        "status_list": claim,
    }
    return sign_jws(
        msgspec.json.encode(payload),
        typ=STATUS_LIST_TYP,
        key=scene.status_key,
        x5c=x5c_header(scene.status_key),
    )
