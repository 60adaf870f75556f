"""Write the rows of an answer: for the terminal, as CSV, JSON Lines or Parquet."""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from auditor.batch.query import Answer
from auditor.errors import UsageError
from auditor.report.clean import one_line, well_formed
from auditor.report.table import safe

_CELL = 64
"""Columns of the terminal that one cell may take."""
_GROUP = 10_000
"""Rows that are written to Parquet at once."""


def as_text(answer: Answer, most: int) -> Iterator[str]:
    """Give aligned lines of the first `most` rows, and say when there were more."""
    rows = [[_shown(v) for v in row] for row in islice(answer.rows, most + 1)]
    more = len(rows) > most
    del rows[most:]
    head = [one_line(c, _CELL) for c in answer.columns]
    widths = [max(map(_width, column)) for column in zip(head, *rows, strict=True)]
    for row in [head, ["-" * w for w in widths], *rows]:
        cells = (c + " " * (w - _width(c)) for c, w in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()
    if more:
        yield f"… more than {most} rows; see --limit, or write them to a file"


def as_csv(answer: Answer) -> Iterator[bytes]:
    """Give CSV for spreadsheets: with a byte-order mark, and no cell that would be a formula."""
    yield "\ufeff".encode()
    yield _csv_line([safe(c) for c in answer.columns])
    for row in answer.rows:
        yield _csv_line([safe(_plain(v)) for v in row])


def as_json_lines(answer: Answer) -> Iterator[bytes]:
    """Give one object a row."""
    for row in answer.rows:
        cells = dict(zip(answer.columns, map(_json_value, row), strict=True))
        yield (json.dumps(cells, ensure_ascii=False) + "\n").encode("utf-8", "replace")


FORMATS: Mapping[str, Callable[[Answer], Iterator[bytes]]] = {
    "csv": as_csv,
    "jsonl": as_json_lines,
}
"""Formats that are written piece by piece."""


def write_parquet(answer: Answer, path: Path) -> None:
    """Write Parquet, every column as text, number or truth value by its first rows.

    Raises:
        UsageError: pyarrow is not installed, or the file cannot be written.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise UsageError(f"--format parquet needs pyarrow (extra parquet): {error}") from error
    rows = iter(answer.rows)
    group = list(islice(rows, _GROUP))
    kinds = {bool: pa.bool_(), int: pa.int64(), float: pa.float64()}
    types = [_type(column, kinds, pa.string()) for column in _columns(group, answer.columns)]
    shape = pa.schema(list(zip(answer.columns, types, strict=True)))
    part = path.with_name(f".{path.name}.part")
    try:
        with pq.ParquetWriter(part, shape) as writer:
            while True:
                cells = [
                    pa.array([_cell(v, kind, pa.string()) for v in column], type=kind)
                    for column, kind in zip(_columns(group, answer.columns), types, strict=True)
                ]
                writer.write_table(pa.Table.from_arrays(cells, schema=shape))
                if not (group := list(islice(rows, _GROUP))):
                    break
        part.replace(path)
    except (OSError, pa.ArrowException) as error:
        raise UsageError(f"cannot write {path}: {error}") from error
    finally:
        part.unlink(missing_ok=True)


def _columns(rows: Sequence[Sequence[Any]], names: Sequence[str]) -> list[list[Any]]:
    return [[row[i] for row in rows] for i in range(len(names))]


def _type(column: Iterable[Any], kinds: Mapping[type, Any], other: Any) -> Any:  # noqa: ANN401
    found = {type(v) for v in column if v is not None}
    return kinds.get(found.pop(), other) if len(found) == 1 else other


def _cell(value: Any, kind: Any, text: Any) -> Any:  # noqa: ANN401
    return _plain(value) if kind == text and value is not None else value


def _csv_line(cells: Sequence[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue().encode("utf-8", "replace")


def _plain(value: Any) -> str:  # noqa: ANN401
    if value is None:
        return ""
    if isinstance(value, bytes):
        return value.hex()
    return well_formed(str(value))


def _json_value(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, (int, float, str, bool)) or value is None:
        return well_formed(value) if isinstance(value, str) else value
    return _plain(value)


def _shown(value: Any) -> str:  # noqa: ANN401
    return one_line(_plain(value), _CELL)


def _width(text: str) -> int:
    """Columns that a text takes: ideographs take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
