"""Write notices in the forms that regulators publish (research: notice_formats.md).

    miit   序号, 应用名称, 应用开发者, 应用来源, 应用版本, 所涉问题: one row an app
    cac    one table a type of app: 序号, App名称, 版本, App运营者/来源, 主要问题
    cverc  prose, one numbered problem after the other, with the apps that it concerns
    csv    one row a finding, with everything that leads to the evidence

In: `Notice` rows. Out: text. Whatever form: 疑似 before a problem, 线索 with it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence

from auditor.report.notices import Clue, Notice, problems
from auditor.report.table import safe

MIIT = ("序号", "应用名称", "应用开发者", "应用来源", "应用版本", "所涉问题")
CAC = ("序号", "App名称", "版本", "App运营者/来源", "主要问题")
IDS = ("包名", "版本号", "SHA-256")
"""Columns that no notice has and every check needs; appended when asked for."""
FULL = (
    *("app_name", "developer", "source", "version_name", "version_code", "package", "sha256"),
    *("signer_sha256", "lending", "partly_visible", "problem_code", "miit", "category", "item"),
    *("provision", "clue", "clue_en", "rule", "finding", "severity", "confidence", "disclosure"),
    *("title", "why", "not_shown", "evidence", "indicators"),
)
_TYPES = {True: "网络借贷类", False: "其他类", None: "类别未能判定"}
_PREFACE = (
    "以下为静态分析得出的线索，仅说明安装包中的代码能够做什么，均为疑似，未经核实，不构成对任何应用或企业的认定。",
    "问题名称沿用《App违法违规收集使用个人信息行为认定方法》等文件的用语。",
)
_PARTLY = "（部分代码不可见，线索可能不全）"


def render_miit(rows: Sequence[Notice], ids: bool = False) -> str:
    """Write the table of MIIT's lists; `ids` appends package, version code and SHA-256."""
    body: list[list[str]] = []
    for row in rows:
        words = dict.fromkeys(c.problem.miit for c in row.clues if c.problem.miit)
        if not words:
            continue
        cell = "；".join(f"疑似{word}" for word in words) + "（线索）"
        cells = [str(len(body) + 1), row.app_name, row.developer, row.source, row.version, cell]
        body.append([*cells, *(_identity(row) if ids else ())])
    return _csv([[*MIIT, *(IDS if ids else ())], *body])


def render_cac(rows: Sequence[Notice], ids: bool = False) -> str:
    """Write one table a type of app, problems by category of the 2019 Methods."""
    table: list[list[str]] = []
    for lending, name in _TYPES.items():
        own = [(row, _categories(row)) for row in rows if row.lending is lending]
        own = [(row, cell) for row, cell in own if cell]
        if not own:
            continue
        table += [[name], [*CAC, *(IDS if ids else ())]]
        for number, (row, cell) in enumerate(own, 1):
            who = f"{row.developer}/{row.source}"
            table.append([str(number), row.app_name, row.version, who, cell])
            table[-1] += _identity(row) if ids else []
    return _csv(table or [list(CAC)])


def _identity(row: Notice) -> list[str]:
    return [row.package, row.version_code, row.sha256]


def _categories(row: Notice) -> str:
    """Join the categories, each with the items that its clues point to."""
    items: dict[str, dict[str, None]] = {}
    for clue in row.clues:
        if clue.problem.category:
            items.setdefault(clue.problem.category, {})[item_of(clue.problem.provision)] = None
    said = [f"疑似{name}（{'、'.join(found)}）" for name, found in items.items()]
    return "；".join(said) + ("（线索）" if said else "") + (_PARTLY if said and row.partly else "")


def render_cverc(rows: Sequence[Notice], ids: bool = False) -> str:
    """Write prose by problem: an app stands under each problem that it may have."""
    lines = [*_PREFACE, ""]
    number = 0
    for problem in problems():
        own = [row for row in rows if any(c.problem.id == problem.id for c in row.clues)]
        if not own:
            continue
        number += 1
        item = item_of(problem.provision)
        basis = f"（线索，{item}）" if item else "（线索）"
        lines.append(f"{number}、{problem.sentence}{basis}，涉及{len(own)}款移动应用如下：")
        lines += [f"{'、'.join(_named(row, ids) for row in own)}。", ""]
    if not number:
        lines.append("没有线索。没有线索不等于没有问题，请同时查看各报告中未能检查的部分。")
    return "\n".join(lines).rstrip("\n") + "\n"


def _named(row: Notice, ids: bool) -> str:
    said = f"《{row.app_name}》（版本{row.version or '不详'}，{row.source}）"
    if ids:
        said += f"［{row.package}，SHA-256 {row.sha256}］"
    return said + (_PARTLY if row.partly else "")


def render_full(rows: Sequence[Notice], ids: bool = False) -> str:
    """Write one row a clue and finding, with what leads to the evidence; ids are always in it."""
    del ids
    body = [
        [_full(row, clue, number).get(name, "") for name in FULL]
        for row in rows
        for clue in row.clues
        for number in range(len(clue.findings))
    ]
    return _csv([list(FULL), *body])


def _full(row: Notice, clue: Clue, number: int) -> Mapping[str, str]:
    finding, problem = clue.findings[number], clue.problem
    texts = finding.texts
    return {
        "app_name": row.app_name,
        "developer": row.developer,
        "source": row.source,
        "version_name": row.version,
        "version_code": row.version_code,
        "package": row.package,
        "sha256": row.sha256,
        "signer_sha256": row.signer_sha256,
        "lending": {True: "true", False: "false", None: ""}[row.lending],
        "partly_visible": str(row.partly).lower(),
        "problem_code": problem.id,
        "miit": f"疑似{problem.miit}" if problem.miit else "",
        "category": f"疑似{problem.category}" if problem.category else "",
        "item": item_of(problem.provision),
        "provision": problem.provision,
        "clue": f"{problem.sentence}（线索）",
        "clue_en": f"Clue: {problem.en}",
        "rule": finding.rule,
        "finding": finding.id,
        "severity": str(finding.severity),
        "confidence": finding.confidence,
        "disclosure": str(finding.disclosure or ""),
        "title": texts.get("title.zh", finding.title),
        "why": texts.get("why.zh", finding.why),
        "not_shown": texts.get("not_shown.zh", "\n".join(finding.not_shown)).replace("\n", " "),
        "evidence": " ; ".join(finding.evidence[:20]),
        "indicators": " ; ".join(f"{i.provision} {i.article}" for i in finding.indicators[:20]),
    }


_NUMERALS = "〇一二三四五六七八九"


def item_of(provision: str) -> str:
    """Name an item as people cite it: `cn-app-2019.4.1` is 四.1, `cn-pipl.51` 个保法第51条."""
    text, _, rest = provision.partition(".")
    if text == "cn-app-2019":
        category, _, number = rest.partition(".")
        return _NUMERALS[int(category)] + (f".{number}" if number else "")
    return f"个保法第{rest}条" if text == "cn-pipl" else ""


def _csv(table: Iterable[Sequence[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([safe(cell) for cell in cells] for cells in table)
    return "\ufeff" + out.getvalue()


NOTICES: Mapping[str, Callable[[Sequence[Notice], bool], str]] = {
    "miit": render_miit,
    "cac": render_cac,
    "cverc": render_cverc,
    "csv": render_full,
}
"""Forms by name; all but `cverc` are CSV."""
