"""What the DEX side hands to scripts, as interfaces that the scripts call: the two halves joined.

The data flow ends where a bridge gives data to the page (`sink_kind` web); which script call asks
for it is told by the names on both sides: a method marked for scripts, the action of a Cordova
plug-in, the function that the app calls in the page, the channel of a Flutter plug-in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from auditor.facts.code import Code
from auditor.facts.hybrid.js.apis import JsApi
from auditor.facts.hybrid.words import speaks_of
from auditor.model import DataType, Flow, Level, SinkKind

_MARKED = (
    "Landroid/webkit/JavascriptInterface;",
    "Lcom/facebook/react/bridge/ReactMethod;",
    "Lcom/getcapacitor/PluginMethod;",
    "Lio/dcloud/feature/uniapp/annotation/UniJSMethod;",
    "Lcom/taobao/weex/annotation/JSMethod;",
    "Lcom/tencent/smtt/export/external/interfaces/JavascriptInterface;",
)
"""Annotations of methods that scripts may call by name."""
_CORDOVA = "Lorg/apache/cordova/CordovaPlugin;"
_CHANNEL = ("Lio/flutter/plugin/common/MethodChannel;", "<init>")
_CALLED = re.compile(r"(?:javascript:)?\s*(?:[\w$]{1,40}\.)*([A-Za-z_$][\w$]{1,60})\s*\(")
_NAME = re.compile(r"[A-Za-z][\w.-]{1,60}")
_CHANNEL_NAME = re.compile(r"[A-Za-z][\w.-]{2,60}(?:/[\w.-]{1,60}){0,6}")
_GENERAL = frozenset(
    {"function", "if", "return", "eval", "JSON", "stringify", "parse", "try", "log"}
)
_OUT = ("result", "0()0", "0()1", "1()0", "1()1", "2()0", "0.success()0", "1.success()0")
_ASK = ("?.callHandler", "?.call", "dsBridge.call")
_REGISTER = (
    ("Lcom/github/lzyzsd/jsbridge/BridgeWebView;", "registerHandler"),
    ("Lcom/smallbuer/jsbridge/core/BridgeWebView;", "addHandlerLocal"),
)
_EXEC = ("cordova.exec", "exec", "?.exec")
_TYPE = "bridge."
_MOST = 40


@dataclass(frozen=True, slots=True)
class Bridge:
    """One flow that ends in the page, and the names under which scripts get it."""

    flow: Flow
    methods: tuple[str, ...] = ()
    """Names of methods that the page may call."""
    asked: tuple[str, ...] = ()
    """Where one method serves many questions: the texts by which it tells them apart."""
    actions: tuple[str, ...] = ()
    """Texts by which a Cordova plug-in tells what is asked of it."""
    handlers: tuple[str, ...] = ()
    """Names under which handlers are registered (JsBridge)."""
    handed: tuple[str, ...] = ()
    """Functions of the page that the app calls with data."""
    channels: tuple[str, ...] = ()
    """Names of Flutter's channels in the same package."""


def bridges_of(flows: Iterable[Flow], code: Code) -> tuple[Bridge, ...]:
    """Give the traced flows that end in a page or script, with their names on the other side."""
    ending = [f for f in flows if f.sink_kind is SinkKind.WEB and f.level is Level.TRACED][:_MOST]
    if not ending:
        return ()
    named = {pair for call in _REGISTER for pair in code.named_objects(*call)}
    marked = {pair for annotation in _MARKED for pair in code.annotated(annotation)}
    plugins = frozenset(code.implementors(_CORDOVA))
    channels = sorted({p.caller for p in code.calls_of(*_CHANNEL)}) if _is_flutter(ending) else []
    return tuple(_bridge(flow, marked, named, plugins, channels, code) for flow in ending)


def _is_flutter(flows: Sequence[Flow]) -> bool:
    return any(f.sink.signature.startswith("Lio/flutter/") for f in flows)


def _bridge(
    flow: Flow,
    marked: set[tuple[str, str]],
    named: set[tuple[str, str]],
    plugins: frozenset[str],
    channels: Sequence[str],
    code: Code,
) -> Bridge:
    callers = {flow.entry, flow.source.caller, flow.sink.caller, *(s.caller for s in flow.steps)}
    pairs = {_split(c) for c in callers}
    executed = {c for c in callers if _split(c)[0] in plugins and _split(c)[1] == "execute"}
    actions = {t for c in executed for t in code.texts_in(c) if _NAME.fullmatch(t)}
    called = {m[1] for t in code.texts_in(flow.sink.caller) if (m := _CALLED.match(t)) is not None}
    package = _package(flow.sink.caller)
    classes = {cls for cls, _ in pairs}
    return Bridge(
        flow,
        methods=tuple(sorted({name for cls, name in pairs & marked})),
        asked=tuple(sorted(_asked(callers, marked, code))),
        handlers=tuple(sorted({text for text, cls in named if cls in classes})),
        actions=tuple(sorted(actions)),
        handed=tuple(sorted(called - _GENERAL)),
        channels=tuple(
            sorted(
                {
                    text
                    for caller in (channels if _is_flutter([flow]) else ())
                    if _package(caller) == package
                    for text in code.texts_in(caller)
                    if _CHANNEL_NAME.fullmatch(text)
                }
            )
        ),
    )


def _asked(callers: Iterable[str], marked: set[tuple[str, str]], code: Code) -> set[str]:
    """Texts that a method with a text as its first parameter compares with."""
    return {
        text
        for caller in callers
        if _split(caller) in marked and caller.partition("(")[2].startswith("Ljava/lang/String;")
        for text in code.texts_in(caller)
        if _NAME.fullmatch(text)
    }


def _split(signature: str) -> tuple[str, str]:
    cls, _, rest = signature.partition("->")
    return cls, rest.partition("(")[0]


def _package(signature: str) -> str:
    return signature.partition("->")[0].rpartition("/")[0]


def interfaces(bridges: Sequence[Bridge], words: Mapping[DataType, Sequence[str]]) -> list[JsApi]:
    """What scripts can call or are called with, as sources of a type of their own.

    `words` speak of each data type. Of a method that serves many questions only those count that
    speak of the data, for which of them gives the data is not known.
    """
    found: list[JsApi] = []
    for number, bridge in enumerate(bridges):

        def add(name: str, number: int = number, **more: object) -> None:
            of = {"data_type": f"{_TYPE}{number}", "scope": bridges[number].flow.scope.value}
            found.append(JsApi.model_validate({"id": f"{name}{number}", **of, **more}))

        calls = tuple(f"?.{name}" for name in bridge.methods)
        if len(bridge.asked) > 1:
            top = DataType(bridge.flow.data_type.partition(".")[0])
            spoken = [t for t in bridge.asked if speaks_of(t, words.get(top, ()))]
            for at, text in enumerate(spoken if calls else ()):
                add(f"asked{at}.", kind="source", calls=calls, when={"0": text}, out=_OUT)
        elif calls:
            add("bridge", kind="source", calls=calls, out=_OUT)
        for at, text in enumerate((*bridge.handlers, *bridge.methods)):
            add(f"handler{at}.", kind="source", calls=_ASK, when={"0": text}, out=_OUT)
        for at, action in enumerate(bridge.actions):
            add(f"action{at}.", kind="source", calls=_EXEC, when={"3": action}, out=("0()0",))
        if bridge.handed:
            add("handed", kind="handed", calls=bridge.handed)
    return found


def through(flows: Iterable[Flow], bridges: Sequence[Bridge]) -> tuple[Flow, ...]:
    """Flows of scripts that begin at a bridge, begun where the DEX side reads."""
    return tuple(_joined(f, bridges) if f.data_type.startswith(_TYPE) else f for f in flows)


def is_bridged(data_type: str) -> bool:
    """Tell whether a type stands for what a bridge hands over."""
    return data_type.startswith(_TYPE)


def _joined(flow: Flow, bridges: Sequence[Bridge]) -> Flow:
    before = bridges[int(flow.data_type.removeprefix(_TYPE))].flow
    return replace(
        flow,
        id=f"{flow.id}-{before.id[2:8]}",
        data_type=before.data_type,
        level=Level.LINKED,
        scope=before.scope,
        source=before.source,
        owner=before.owner,
        trigger=before.trigger,
        before_consent=before.before_consent,
        fields=tuple(sorted({*flow.fields, *before.fields})),
        steps=(*before.steps, *flow.steps)[-40:],
        transforms=before.transforms,
        entry=before.entry,
        guards=before.guards,
    )
