"""Bodies that refuse nothing: what a check comes to that accepts everything.

A body is followed through one method to which it only hands its arguments, as compilers do with
lambdas. What branches, throws, or asks another method is `other`.
"""

from __future__ import annotations

from auditor.dex import CodeIndex, MethodCode

_HARMLESS = (
    "Landroid/util/Log;",
    "Ljava/io/PrintStream;",
    "Ljava/lang/StringBuilder;",
    "Ljava/lang/String;",
    "Lkotlin/jvm/internal/Intrinsics;",
    "Ltimber/log/Timber;",
)
"""Classes whose methods a body may call without refusing anything."""
_LONGEST = 60
"""Instructions from which a body is not looked at."""
_DEPTH = 3


def shape_of(index: CodeIndex, method: int, depth: int = _DEPTH) -> str:
    """Tell how trivial a body is: `empty`, `true`, `false` or `other`."""
    code = index.code(method)
    if code is None or len(code.insns) > _LONGEST or depth == 0:
        return "other"
    called = []
    for insn in code.insns:
        if insn.name.startswith("invoke"):
            if not isinstance(insn.ref, int):
                return "other"
            if not index.method(insn.ref).cls.startswith(_HARMLESS):
                called.append(insn.ref)
        elif insn.name.startswith(("throw", "if-", "packed", "sparse", "iput", "sput", "aput")):
            return "other"
    if not called:
        return _returned(code)
    returned = [i.name for i in code.insns if i.name.startswith("return")]
    handed = index.method(called[0])
    own = index.method(method)
    forwards = handed.ret == own.ret and len(returned) == 1 and handed.has_code
    return shape_of(index, called[0], depth - 1) if len(called) == 1 and forwards else "other"


def _returned(code: MethodCode) -> str:
    """What a body without branches returns."""
    held: dict[int, int | None] = {}
    found = set()
    for insn in code.insns:
        if insn.name == "return-void":
            found.add("empty")
        elif insn.name == "return":
            value = held.get(insn.regs[0])
            found.add({0: "false", 1: "true"}.get(value, "other") if value is not None else "other")
        elif insn.name.startswith(("const/4", "const/16")) or insn.name == "const":
            held[insn.regs[0]] = insn.literal
        elif insn.name.startswith("return"):
            found.add("other")
        elif insn.regs and not insn.name.startswith("invoke"):
            held[insn.regs[0]] = None
    return found.pop() if len(found) == 1 else "other"
