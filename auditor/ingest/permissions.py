"""Permissions that Android grants along with others, though the manifest does not ask for them.

When Android divides a permission, apps for older versions keep what they had. Source:
`frameworks/base/data/etc/platform.xml` (`<split-permission>`), and for targets below 4
`ParsingPackageUtils.addImplicitPermissions` (Android's list of "new permissions").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from auditor.model import PermissionRequest

_ALWAYS = 1 << 30
_DIVIDED = (
    ("READ_CONTACTS", "READ_CALL_LOG", 16),
    ("WRITE_CONTACTS", "WRITE_CALL_LOG", 16),
    ("WRITE_EXTERNAL_STORAGE", "READ_EXTERNAL_STORAGE", _ALWAYS),
    ("ACCESS_FINE_LOCATION", "ACCESS_BACKGROUND_LOCATION", 29),
    ("ACCESS_COARSE_LOCATION", "ACCESS_BACKGROUND_LOCATION", 29),
)
"""Asked for, granted with it, to apps with a target SDK below."""
_BELOW_4 = ("WRITE_EXTERNAL_STORAGE", "READ_PHONE_STATE")
_PREFIX = "android.permission."


def implied(requests: Iterable[PermissionRequest], target_sdk: int) -> Iterator[PermissionRequest]:
    """Yield the permissions that come with those asked for, each once."""
    names = {request.name for request in requests}
    if target_sdk < 4:
        for granted in _BELOW_4:
            if _PREFIX + granted not in names:
                names.add(_PREFIX + granted)
                yield PermissionRequest(_PREFIX + granted, implied_by="targetSdkVersion < 4")
    for asked, granted, below in _DIVIDED:
        missing = _PREFIX + asked in names and _PREFIX + granted not in names
        if missing and target_sdk < below:
            names.add(_PREFIX + granted)
            yield PermissionRequest(_PREFIX + granted, implied_by=_PREFIX + asked)
