"""`auditor makers`: apps of a store that seem to come from one maker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from auditor.commands.console import harmless, say
from auditor.commands.options import LanguageOption, RulesOption, StoreOption, catalog, language

if TYPE_CHECKING:
    from auditor.batch.makers import Maker, Sign

_WORDS = {
    "en": {
        "none": "no two apps of this store seem to come from one maker",
        "head": "maker {n}: {apps} apps",
        "signer": "same signing certificate {value}",
        "host": "same host {value}",
        "schema": "same names of fields: {value}",
        "icon": "icons that look alike",
        "terms": "terms alike, {value} of their text",
        "code": "code alike, {value} of classes and methods",
        "note": "Indications, no proof of ownership: code is bought, terms are copied.",
    },
    "zh": {
        "none": "未见此库中有两个应用疑似出自同一制作方",
        "head": "制作方 {n}：{apps} 个应用",
        "signer": "签名证书相同 {value}",
        "host": "主机相同 {value}",
        "schema": "字段名相同：{value}",
        "icon": "图标相似",
        "terms": "条款相似，占文本 {value}",
        "code": "代码相似，占类与方法 {value}",
        "note": "以上为线索，不能证明归属：代码可以购买，条款可以抄袭。",
    },
}


def makers(
    store: StoreOption = None,
    limit: Annotated[int, typer.Option(min=1, help="Most makers to print.")] = 20,
    lang: LanguageOption = None,
    rules: RulesOption = None,
) -> None:
    """Group the apps of a store by who seems to have made them, and keep the groups in it.

    Evidence: signing certificates, hosts, code (survives renaming), names of fields, icons, terms.
    Each group says what it rests on.
    """
    from auditor.batch.makers import apps_of, collect, join, names_of, save_makers
    from auditor.batch.store import open_store

    opened = open_store(store or "out/store.db")
    speaks = _WORDS[language(lang)]
    with opened.writer() as writer:
        with opened.reading() as connection:
            apps = apps_of(connection)
            evidence = collect(connection, catalog(rules))
        found = join(evidence, apps)
        writer.write(lambda c: save_makers(c, evidence, found, apps))
    with opened.reading() as connection:
        names = names_of(connection)
    if not found:
        say(speaks["none"])
        return
    for number, maker in enumerate(found[:limit], 1):
        say(speaks["head"].format(n=number, apps=maker.apps), bold=True)
        _print(maker, names, speaks)
    say(speaks["note"])


def _print(maker: Maker, names: dict[int, str], speaks: dict[str, str]) -> None:
    for name in sorted({names[v] for v in maker.versions})[:40]:
        say(f"  {harmless(name)}")
    shared: dict[Sign, int] = {}
    for _, _, signs in maker.links:
        for sign in signs:
            shared[sign] = shared.get(sign, 0) + 1
    for sign, _ in sorted(shared.items(), key=lambda pair: (-pair[0].points, -pair[1], pair[0]))[
        :6
    ]:
        say("    " + harmless(speaks[sign.kind].format(value=sign.value[:120])))
