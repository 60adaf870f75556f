"""Messages between processes: a JSON header and byte strings, each with its length before it.

Nothing that a process reads can make it run code: no pickle, no names of classes.
"""

from __future__ import annotations

import json
import os
import select
import struct
import time
from collections.abc import Sequence
from typing import Any

MAX_BYTES = 1 << 30
"""Bytes of one message; a longer one is refused."""
MAX_PARTS = 10_000
_LENGTH = struct.Struct("<Q")
_CHUNK = 1 << 20

Header = dict[str, Any]


class ClosedError(Exception):
    """The other side went away, or sent what is no message."""


class LateError(Exception):
    """The other side did not answer in time."""


def packed(header: Header, parts: Sequence[bytes] = ()) -> bytes:
    """Join a header and its parts to one byte string."""
    every = [json.dumps(header, sort_keys=True).encode("ascii"), *parts]
    lengths = b"".join(_LENGTH.pack(len(part)) for part in every)
    return _LENGTH.pack(len(every)) + lengths + b"".join(every)


def unpacked(message: bytes) -> tuple[Header, list[bytes]]:
    """Take apart what `packed` joined.

    Raises:
        ClosedError: it is cut, or no message.
    """
    try:
        (count,) = _LENGTH.unpack_from(message)
        if not 1 <= count <= MAX_PARTS:
            raise ClosedError("not a message")
        at = _LENGTH.size * (count + 1)
        lengths = [n for (n,) in _LENGTH.iter_unpack(message[_LENGTH.size : at])]
        if len(lengths) != count or at + sum(lengths) != len(message):
            raise ClosedError("a message of another length")
        parts = []
        for length in lengths:
            parts.append(message[at : at + length])
            at += length
        return json.loads(parts[0]), parts[1:]
    except (struct.error, ValueError) as error:
        raise ClosedError(f"not a message: {error}") from error


def send(descriptor: int, message: bytes) -> None:
    """Write a message with its length.

    Raises:
        ClosedError: nobody reads.
    """
    view = memoryview(_LENGTH.pack(len(message)) + message)
    try:
        while view:
            view = view[os.write(descriptor, view) :]
    except OSError as error:
        raise ClosedError(str(error)) from error


def receive(descriptor: int, deadline: float | None = None) -> bytes:
    """Read a message; `deadline` is a time of `time.monotonic`.

    Raises:
        ClosedError: the other side closed, or the message is longer than `MAX_BYTES`.
        LateError: the deadline passed.
    """
    (length,) = _LENGTH.unpack(_exactly(descriptor, _LENGTH.size, deadline))
    if length > MAX_BYTES:
        raise ClosedError(f"a message of {length} bytes")
    return _exactly(descriptor, length, deadline)


def _exactly(descriptor: int, count: int, deadline: float | None) -> bytes:
    found: list[bytes] = []
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    while count:
        if deadline is not None:
            left = deadline - time.monotonic()
            if left <= 0 or not poll.poll(left * 1000):
                raise LateError
        try:
            data = os.read(descriptor, min(count, _CHUNK))
        except OSError as error:
            raise ClosedError(str(error)) from error
        if not data:
            raise ClosedError("closed")
        found.append(data)
        count -= len(data)
    return b"".join(found)
