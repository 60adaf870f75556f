"""Render the page: one self-contained HTML file, every language in it, no script, no request.

The language is switched by radio buttons and CSS alone. The Content-Security-Policy forbids
everything but the one style sheet inside, by its hash: even if a string of the app became markup, a
browser would neither run nor fetch anything.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from auditor.model import AuditReport, Level
from auditor.report.clean import one_line, visible
from auditor.report.page import gather, in_both
from auditor.report.picture import narrow, wide
from auditor.report.spoken import spoken
from auditor.report.view import owner, readable, recipient
from auditor.report.where import checks_off
from auditor.report.words import Code, Name, Said, Value, Words, languages, say, words

_HERE = Path(__file__).parents
TEMPLATES = next(
    (folder for folder in (_HERE[1] / "templates",) if folder.is_dir()),
    _HERE[2] / "reports" / "templates",
)
"""In an installed wheel beside the package, in a checkout under `reports/`."""

GLOSSARY = (
    "apk",
    "permission",
    "endpoint",
    "sdk",
    "path",
    "mask",
    "packer",
    "hash",
    "offset",
    "indicator",
)


def render_html(report: AuditReport, lang: str = "en") -> str:
    """Render `report` as HTML; `lang` is shown first, the others by the switch.

    Raises:
        UsageError: there are no messages in `lang`.
    """
    page = gather(report)
    langs = _languages(lang)
    return render_page(
        "page.html.j2",
        lang,
        page=page,
        report=report,
        wide=wide(page.flows, langs) if page.flows else None,
        narrow=narrow(page.flows, langs) if page.flows else None,
        levels=tuple(Level),
        glossary=GLOSSARY,
        local=in_both,
        recipient=recipient,
        owner=owner,
        readable=readable,
        checks_off=checks_off,
    )


def render_page(template: str, lang: str, **values: object) -> str:
    """Render one template of `reports/templates/` in every language, `lang` first.

    Raises:
        UsageError: there are no messages in `lang`.
    """
    langs = _languages(lang)
    css = stylesheet(tuple(langs))
    text = (
        _environment()
        .get_template(template)
        .render(
            langs=langs,
            first=langs[lang],
            css=Markup(css),  # our own file, no foreign text in it
            style_hash=base64.b64encode(hashlib.sha256(css.encode()).digest()).decode(),
            say=say,
            Name=Name,
            Code=Code,
            spoken=spoken,
            **_sayers(langs),
            **values,
        )
    )
    return _BLANK.sub("\n", text)


def _languages(lang: str) -> Mapping[str, Words]:
    first = words(lang)
    return {lang: first, **{c: w for c, w in languages().items() if c != lang}}


def stylesheet(langs: Sequence[str]) -> str:
    """Give the style sheet, with the rules that show one language of `langs` at a time."""
    rules = [(TEMPLATES / "style.css").read_text(encoding="utf-8")]
    for code in langs:
        rules.append(f'#l-{code}:checked~* [data-l]:not([data-l="{code}"]){{display:none}}')
        rules.append(f'#l-{code}:checked~header label[for="l-{code}"]{{{_CHOSEN}}}')
        rules.append(f'#l-{code}:focus-visible~header label[for="l-{code}"]{{{_FOCUSED}}}')
    return _minified("\n".join(rules))


_CHOSEN = "background:var(--ink);color:var(--paper)"
_FOCUSED = "outline:3px solid var(--link);outline-offset:2px"
_BLANK = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")


@lru_cache(maxsize=1)
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["line"] = one_line
    made.filters["data_word"] = partial(Name, "data_type")
    made.filters["shown"] = visible
    return made


def _sayers(langs: Mapping[str, Words]) -> dict[str, Callable[..., Markup | str]]:
    """Make the functions by which templates speak: `t` a value, `tt` sentences, `plain` a title."""

    def every(texts: Mapping[str, Markup]) -> Markup:
        shown = list(texts.values())
        if len(set(shown)) == 1:
            return shown[0]
        return Markup("").join(
            Markup('<span data-l="{}" lang="{}">{}</span>').format(code, langs[code].tag, text)
            for code, text in texts.items()
        )

    def t(value: Value, **values: Value) -> Markup:
        said = Said(value, values) if isinstance(value, str) else value
        return every({code: w.html(said) for code, w in langs.items()})

    def tt(values: Sequence[Value]) -> Markup:
        return every({code: Markup(w.sentences(values, html=True)) for code, w in langs.items()})

    def foreign(text: str, limit: int = 1_000) -> Markup:
        return Markup("<bdi>{}</bdi>").format(escape(visible(text, limit)))

    def plain(key: str, **values: Value) -> str:
        return next(iter(langs.values())).text(Said(key, values))

    return {"t": t, "tt": tt, "foreign": foreign, "plain": plain}


def _minified(css: str) -> str:
    """Drop comments and indentation of our own style sheet."""
    bare = re.sub(r"/\*[^*]*\*+(?:[^/*][^*]*\*+)*/", "", css)
    return "\n".join(line.strip() for line in bare.splitlines() if line.strip())
