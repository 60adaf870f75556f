"""The shipped rules are valid and judge their examples as they say; a wrong one is explained."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from auditor.catalog import DATA, Catalog
from auditor.errors import InvalidCatalogError
from auditor.verdicts import Knowledge, load_knowledge
from auditor.verdicts.examples import reports
from auditor.verdicts.lint import lint_rules
from auditor.verdicts.rules import FindingRule, InlineCase

KNOWLEDGE = load_knowledge(Catalog())
SAMPLES = Path(__file__).parents[1] / "samples"
EXAMPLES = [
    pytest.param(rule, example, wanted, id=f"{rule.id}-{'is' if wanted else 'not'}-{number}")
    for rule in KNOWLEDGE.rules
    for wanted, group in ((True, rule.examples.match), (False, rule.examples.no_match))
    for number, example in enumerate(group)
    if isinstance(example, InlineCase)
]


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A folder of the user with one rule that he may break."""
    shipped = DATA / "findings" / "contacts" / "picker-mask.yaml"
    folder = tmp_path / "findings"
    folder.mkdir()
    text = shipped.read_text(encoding="utf-8").replace("id: picker-mask", "id: mine")
    (folder / "mine.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def broken(pack: Path, old: str, new: str) -> list[str]:
    path = pack / "findings" / "mine.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return [str(p) for p in lint_rules(Catalog(DATA, pack))]


def test_shipped_rules_have_no_problem() -> None:
    samples = {p.name for p in SAMPLES.iterdir() if p.is_dir()}

    assert [str(p) for p in lint_rules(Catalog(), samples)] == []


@pytest.mark.parametrize(("rule", "example", "wanted"), EXAMPLES)
def test_a_rule_judges_its_example_as_it_says(
    rule: FindingRule, example: InlineCase, wanted: bool
) -> None:
    assert reports(rule, example, KNOWLEDGE) is wanted


@pytest.mark.parametrize("rule", KNOWLEDGE.rules, ids=lambda rule: str(rule.id))
def test_every_rule_has_a_made_up_example_of_both_kinds(rule: FindingRule) -> None:
    for group in (rule.examples.match, rule.examples.no_match):
        assert any(isinstance(example, InlineCase) for example in group)


def test_a_users_pack_adds_rules(pack: Path) -> None:
    assert lint_rules(Catalog(DATA, pack)) == ()
    assert "mine" in {r.id for r in load_knowledge(Catalog(DATA, pack)).rules}


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        pytest.param(
            "favour.pick]", "favour.pickd]",
            "mine: in_favour: no phrase or group 'favour.pickd'; did you mean 'favour.pick'?",
            id="a phrase that is not there",
        ),
        pytest.param(
            "data_type: [contacts]", "data_type: [contact]",
            "mine: when: no data type 'contact'; did you mean 'contacts'?",
            id="a data type that is not there",
        ),
        pytest.param(
            "picker_mask: true}\nbears", "picker_mask: false}\nbears",
            "mine: examples.match, number 2: the rule does not report it",
            id="an example that the rule does not report",
        ),
        pytest.param(
            "level: reachable, scope: one_picked}", "level: reachable, picker_mask: true}",
            "mine: examples.no_match, number 3: the rule reports it",
            id="an example that the rule should not report",
        ),
        pytest.param(
            "The user is asked", "This violates the law. The user is asked",
            "mine: why.en: 'violat' judges; say what was seen, and what it bears on",
            id="a word of a judge",
        ),
        pytest.param(
            "{disclosed}", "{disclosure}",
            "mine: why.en: no placeholder {disclosure}; did you mean 'disclosed'?",
            id="a placeholder that is not there",
        ),
    ],
)  # fmt: skip
def test_the_linter_says_what_is_wrong_and_what_would_be_right(
    pack: Path, old: str, new: str, problem: str
) -> None:
    assert problem in broken(pack, old, new)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("severity: high", "severity: grave", "severity"),
        ("about: practice", "about: practise", "about"),
        ("severity: high", "severity: high\nsevrity: low", "sevrity"),
        ("  match: [", "  matches: [", "match"),
    ],
)
def test_a_wrong_schema_is_one_problem_with_file_and_key(
    pack: Path, old: str, new: str, said: str
) -> None:
    [problem] = broken(pack, old, new)

    assert "mine.yaml" in problem
    assert said in problem


def test_a_file_that_is_not_named_after_its_rule_is_refused(pack: Path) -> None:
    shutil.move(pack / "findings" / "mine.yaml", pack / "findings" / "yours.yaml")

    with pytest.raises(InvalidCatalogError, match="'mine' is not the file's name"):
        load_knowledge(Catalog(DATA, pack))


def test_a_sample_that_is_not_there_is_named() -> None:
    problems = lint_rules(Catalog(), {"picker-masks"})

    assert "picker-mask: examples: no sample 'picker-mask'; did you mean 'picker-masks'?" in [
        str(p) for p in problems
    ]


def rules_on_disk() -> list[Path]:
    return sorted((DATA / "findings").rglob("*.yaml"))


@pytest.mark.parametrize("path", rules_on_disk(), ids=lambda path: path.stem)
def test_a_rule_names_kinds_never_classes_or_hosts(path: Path) -> None:
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))

    words = yaml.safe_dump(raw["when"])
    assert ";->" not in words
    assert "://" not in words
    assert "com." not in words


def test_knowledge_is_the_same_in_every_order_of_the_folders(pack: Path) -> None:
    def ids(knowledge: Knowledge) -> list[str]:
        return [r.id for r in knowledge.rules]

    assert ids(load_knowledge(Catalog(DATA, pack))) == sorted([*ids(KNOWLEDGE), "mine"])


# ---------------------------------------------------------------- a broken rule pack

BROKEN_TEXT = """
id: xx-law
about: anybody
reference: Official Journal
jurisdiction: xx
title: Some law
title_en: Some law
issuer: Parliament
weight: statut
status: in_forse
effective_from: '2024-01-01'
effective_to: '2023-01-01'
date_verified: true
verified: true
grade: none
read_in: nowhere
read_scope: nothing
provisions:
- id: other.1
  article: art. 1
  says: {en: No contacts., zh: " "}
  data_types: [contakts]
  triggers: [data_uploaded]
  force: forbidden
  auto_trigger: true
  verified: false
  permissions: [READ_CONTACT]
- id: xx-law.2
  article: art. 2
  says: {en: x., zh: x。}
  triggers: [data_uploaded]
  force: duty
  auto_trigger: false
  verified: true
  anchor: true
"""


def test_a_broken_rule_pack_is_explained(tmp_path: Path) -> None:
    folder = tmp_path / "rules" / "xx"
    folder.mkdir(parents=True)
    (folder / "xx-law.yaml").write_text(BROKEN_TEXT, encoding="utf-8")

    assert [str(p) for p in lint_rules(Catalog(DATA, tmp_path))] == [
        "other.1: auto_trigger: it cannot attach by itself while `verified` is false",
        "other.1: auto_trigger: it cannot attach by itself while the text's grade is none",
        "other.1: force: 'forbidden' is none of duty, prohibited, restricted",
        "other.1: no data type 'contakts'; did you mean 'contacts'?",
        "other.1: permissions: 'READ_CONTACT' is no full name like "
        "android.permission.READ_CONTACTS; did you mean 'android.permission.READ_CONTACTS'?",
        "other.1: says.zh is empty",
        "other.1: the id must begin with 'xx-law' and a dot",
        "xx-law: effective_to: 2023-01-01 is before effective_from, 2024-01-01: "
        "it was never in force",
        "xx-law: jurisdiction: no signs of 'xx' in data/jurisdictions, so only --jurisdiction can "
        "choose it; add an entry with `languages`, `words`, `hosts`",
        "xx-law: status: 'in_forse' is none that is known; did you mean 'in_force'?",
        "xx-law: weight: 'statut' is none that is known; did you mean 'statute'?",
        "xx-law.2: anchor: a provision that does not attach by itself is never cited first",
    ]
