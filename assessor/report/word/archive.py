"""The same bytes for the same content: members in a fixed order, at a fixed time."""

import io
import zipfile

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can hold."""


def steady(data: bytes) -> bytes:
    """A zip written anew; its table of content types first, as readers of such packages expect."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as held, zipfile.ZipFile(out, "w") as written:
        for name in sorted(held.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            member = zipfile.ZipInfo(name, EPOCH)
            member.compress_type, member.create_system = zipfile.ZIP_DEFLATED, 0
            written.writestr(member, held.read(name))
    return out.getvalue()
