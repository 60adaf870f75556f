"""Verdicts: practices, how the terms disclose them, and findings. See `verdict.reach_verdict`."""

from auditor.verdicts.case import Observation
from auditor.verdicts.disclosure import classify, disclose
from auditor.verdicts.judge import judge, risk_level
from auditor.verdicts.knowledge import Knowledge, load_knowledge
from auditor.verdicts.practices import group_practices, practice_id
from auditor.verdicts.verdict import Evidence, Verdict, reach_verdict

__all__ = [
    "Evidence",
    "Knowledge",
    "Observation",
    "Verdict",
    "classify",
    "disclose",
    "group_practices",
    "judge",
    "load_knowledge",
    "practice_id",
    "reach_verdict",
    "risk_level",
]
