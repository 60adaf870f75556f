"""Run the command line where nothing but the output folder may be written: used by `test_confined`.

    python -m tests.confined OUT COMMAND…

An audit hook, which cannot be taken off again, ends the process with 99 at the first forbidden
event: a socket, a started program, a file opened for writing or changed outside OUT.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

FORBIDDEN = ("socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.spawn", "os.system",
             "os.fork", "os.startfile", "pty.", "ftplib.", "smtplib.", "urllib.", "http.",
             "telnetlib.", "winreg.", "webbrowser.", "ctypes.dlopen", "os.kill")  # fmt: skip
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.chmod",
           "os.chown", "os.truncate", "os.utime", "os.setxattr", "shutil.")  # fmt: skip
REFUSED = 99


def confine(out: Path) -> None:
    """Allow reading, and writing below `out`."""
    allowed = os.path.realpath(out)

    def inside(path: object) -> bool:
        if isinstance(path, int):
            return True
        real = os.path.realpath(os.fsdecode(path))  # type: ignore[arg-type]
        return real == allowed or real.startswith(allowed + os.sep) or real == os.devnull

    def look(event: str, args: tuple[object, ...]) -> None:
        wrong = event.startswith(FORBIDDEN) and args[:1] != (None,)  # dlopen(None): this program
        if event == "open":
            path, mode, flags = args
            writes = bool(set(str(mode or "")) & set("wax+")) or bool(int(flags or 0) & WRITING)  # type: ignore[call-overload]
            wrong = writes and not inside(path)
        elif event.startswith(CHANGES):
            paths = [a for a in args if isinstance(a, str | bytes | os.PathLike)]
            wrong = not all(inside(path) for path in paths)
        if wrong:
            sys.stderr.write(f"refused: {event} {args!r}\n")
            sys.stderr.flush()
            os._exit(REFUSED)

    sys.addaudithook(look)


def main() -> None:
    """Confine this process, then run the program."""
    sys.dont_write_bytecode = True
    out, command = Path(sys.argv[1]), sys.argv[2:]
    confine(out)
    if command[0] == "try":
        exec(command[1])  # noqa: S102  to see that the confinement holds
        return
    from auditor.cli import run

    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    sys.exit(run(command))


if __name__ == "__main__":
    main()
