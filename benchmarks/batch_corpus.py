"""Make a folder of package files for batches: real ones, and what is wrong in the wild.

    python -m benchmarks.batch_corpus OUT --from FOLDER… [--count 520] [--key KEYSTORE]

Takes every package under the folders (samples, corpora, `benchmarks.fetch`'s cache), then adds
variants by turns until there are enough: re-signed with another key (needs apksigner and keytool),
cut off, with bytes changed. The same input gives the same files, but for the key of the re-signed.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import shutil
import subprocess
import sys
from pathlib import Path

ENDINGS = (".apk", ".xapk", ".apks", ".apkm")
PASSWORD = "benchmark"
LARGEST = 3 << 20
"""Variants are made of packages up to this size."""


def packages(folders: list[Path]) -> list[Path]:
    """Every distinct package under the folders, sorted by its content."""
    found: dict[str, Path] = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in ENDINGS and path.is_file():
                found.setdefault(hashlib.sha256(path.read_bytes()).hexdigest(), path)
    return [found[digest] for digest in sorted(found)]


def resign(source: Path, target: Path, keys: Path) -> None:
    subprocess.run(
        [
            *("apksigner", "sign", "--ks", str(keys), "--ks-pass", f"pass:{PASSWORD}"),
            *("--min-sdk-version", "21", "--v4-signing-enabled", "false"),
            *("--out", str(target), str(source)),
        ],
        check=True,
        capture_output=True,
    )


def make_key(path: Path) -> None:
    subprocess.run(
        [
            *("keytool", "-genkeypair", "-keystore", str(path), "-storepass", PASSWORD),
            *("-keyalg", "RSA", "-keysize", "2048", "-validity", "9999", "-alias", "k"),
            *("-dname", "CN=Benchmark, O=Other Maker"),
        ],
        check=True,
        capture_output=True,
    )


def cut(source: Path, target: Path, pick: random.Random) -> None:
    data = source.read_bytes()
    target.write_bytes(data[: int(len(data) * pick.uniform(0.05, 0.98))])


def change(source: Path, target: Path, pick: random.Random) -> None:
    data = bytearray(source.read_bytes())
    for _ in range(pick.choice((1, 20, 400))):
        data[pick.randrange(len(data))] = pick.randrange(256)
    target.write_bytes(data)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--from", dest="folders", type=Path, nargs="+", required=True)
    parser.add_argument("--count", type=int, default=520)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    real = packages(given.folders)
    for number, path in enumerate(real):
        shutil.copyfile(path, given.out / f"real-{number:04}{path.suffix.lower()}")
    pick = random.Random(20)
    small = [p for p in real if p.stat().st_size <= LARGEST and p.suffix.lower() == ".apk"]
    key = given.out / ".key"
    signs = bool(shutil.which("apksigner") and shutil.which("keytool"))
    if signs:
        key.unlink(missing_ok=True)
        make_key(key)
    made = {"real": len(real), "resigned": 0, "cut": 0, "changed": 0}
    for number in range(given.count - len(real)):
        source = small[number // 3 % len(small)]
        kind = ("resigned", "cut", "changed")[number % 3]
        if kind == "resigned" and not signs:
            kind = "cut"
        target = given.out / f"{kind}-{number:04}.apk"
        if kind == "resigned":
            try:
                resign(source, target, key)
            except subprocess.CalledProcessError as error:
                print(f"{source}: {error.stderr.decode()[:200]}", file=sys.stderr)
                cut(source, target, pick)
                kind = "cut"
        else:
            (cut if kind == "cut" else change)(source, target, pick)
        made[kind] += 1
    key.unlink(missing_ok=True)
    total = sum(p.stat().st_size for p in given.out.iterdir())
    print(f"{sum(made.values())} files, {total / 2**20:.0f} MB: {made}")


if __name__ == "__main__":
    main()
