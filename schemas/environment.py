"""Settings from environment variables, every fault reported at once.

A service declares one frozen struct; the variable of a field is the service's prefix
and the field's name in capitals. An operator who set three values wrong learns of all
three from one start, not from three.
"""

from collections.abc import Mapping
from typing import Annotated, TypeVar

import msgspec

from schemas.errors import ServiceError

S = TypeVar("S", bound=msgspec.Struct)

Seconds = Annotated[int, msgspec.Meta(ge=1)]
"""A length of time; never none at all."""
Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]
"""A TCP port."""
RedisUrl = Annotated[str, msgspec.Meta(pattern=r"^(rediss?|unix)://.")]
"""Where a Redis is reached; empty counts as unset."""


class SettingsError(ServiceError):
    """One or more settings cannot be used; the detail lists each."""

    code = "bad_settings"


def read_settings(struct: type[S], environ: Mapping[str, str], *, prefix: str) -> S:
    """A ``struct`` filled from ``environ``; an empty variable counts as not set.

    Text is converted by the field's type and its ``msgspec.Meta`` bounds.

    Raises:
        SettingsError: a value does not convert, a field without default is not set, or a
            variable with our prefix belongs to no field (most likely a typing mistake).
    """
    fields = {prefix + field.encode_name.upper(): field for field in msgspec.structs.fields(struct)}
    faults = [
        f"{name} is not a setting of this service"
        for name in environ
        if name.startswith(prefix) and name not in fields
    ]
    values: dict[str, object] = {}
    for name, field in fields.items():
        text = environ.get(name, "")
        if not text:
            if field.required:
                faults.append(f"{name} must be set")
            continue
        try:
            values[field.name] = msgspec.convert(text, field.type, strict=False)
        except msgspec.ValidationError as error:
            # Not the value: what was meant for another variable may be a password.
            faults.append(f"{name}: {error}")
    if faults:
        raise SettingsError("; ".join(faults) + ".", remedy="See README, Settings.")
    return struct(**values)
