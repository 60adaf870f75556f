"""The columnar index of an app's bytecode; start at `CodeIndex.build`."""

from auditor.dex.code import MethodCode, TryBlock
from auditor.dex.image import DexInput
from auditor.dex.index import CodeIndex
from auditor.dex.insns import Insn
from auditor.dex.opcodes import REFERRING
from auditor.dex.records import CallSiteInfo, FieldInfo, MethodHandle, MethodInfo
from auditor.dex.values import (
    Annotation,
    EncodedEnum,
    EncodedField,
    EncodedMethod,
    EncodedMethodHandle,
    EncodedMethodType,
    EncodedType,
    Value,
)

__all__ = [
    "REFERRING",
    "Annotation",
    "CallSiteInfo",
    "CodeIndex",
    "DexInput",
    "EncodedEnum",
    "EncodedField",
    "EncodedMethod",
    "EncodedMethodHandle",
    "EncodedMethodType",
    "EncodedType",
    "FieldInfo",
    "Insn",
    "MethodCode",
    "MethodHandle",
    "MethodInfo",
    "TryBlock",
    "Value",
]
