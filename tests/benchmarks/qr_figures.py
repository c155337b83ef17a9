"""The code at the counter: its size at each error level, packing and unpacking."""

import qrcode
from qrcode.constants import ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q

from holder_sim.qr_picture import picture_of
from schemas.permit_credential import (
    CLAIM_PATHS,
    FULL_CONFIGURATION,
    PASS_CLAIMS,
    PASS_CONFIGURATION,
)
from schemas.presentation_qr import pack, unpack
from tests.benchmarks.measuring import Figure, median_us
from tests.benchmarks.scene import Scene
from verifier.qr_reader import read_codes

TWO = ("name", "citizen_id_tail")
ROWS = (
    ("full permit, 2 claims", FULL_CONFIGURATION, TWO, 19),
    (
        "full permit, 13 claims (all but the portrait)",
        FULL_CONFIGURATION,
        tuple(name for name in CLAIM_PATHS if name != "portrait"),
        None,
    ),
    ("pass, 2 claims", PASS_CONFIGURATION, TWO, 16),
    ("pass, all 4 claims", PASS_CONFIGURATION, PASS_CLAIMS, None),
)
LEVELS = (ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q)


def sizes(scene: Scene) -> list[str]:
    """A table: what is shown, characters as a string and packed, version at L, M, Q."""
    lines = [f"{'shown':<48}{'string':>8}{'packed':>8}{'version L / M / Q':>20}"]
    for name, configuration, claims, most in ROWS:
        presentation = scene.present(claims, configuration)
        text = pack(presentation)
        versions = [picture_of(text, error_correction=level).version for level in LEVELS]
        line = f"{name:<48}{len(presentation):>8}{len(text):>8}{' / '.join(map(str, versions)):>20}"
        if most is not None:
            line += f"   at most {most}-M: {'met' if versions[1] <= most else 'MISSED'}"
        lines.append(line)
    plain = qrcode.QRCode(error_correction=ERROR_CORRECT_L)
    plain.add_data(scene.present(TWO, PASS_CONFIGURATION))
    plain.make(fit=True)
    lines.append(
        f"for comparison: the pass with 2 claims as a plain string, version {plain.version}-L"
    )
    return lines


def figures(scene: Scene, verify_us: float) -> list[Figure]:
    """Packing, unpacking, drawing and reading, beside one raw verification."""
    presentation = scene.present(TWO)
    text = pack(presentation)
    certificates = scene.trust_list.certificates()
    assert unpack(text, certificates=certificates) == presentation
    png = picture_of(text).png
    assert read_codes(png) == text
    floor = ("one raw verification", verify_us)
    return [
        Figure("pack a presentation of 2 claims", median_us(lambda: pack(presentation)), *floor),
        Figure(
            "unpack it",
            median_us(lambda: unpack(text, certificates=certificates)),
            *floor,
        ),
        Figure("draw it as PNG", median_us(lambda: picture_of(text)), *floor),
        Figure("read it from the PNG", median_us(lambda: read_codes(png)), *floor),
    ]
