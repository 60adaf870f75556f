"""What "the above information" of a later section means: what the operator said to collect."""

from auditor.catalog import Catalog
from auditor.model import Action
from auditor.terms import TermsSource, read_terms

POLICY = """隐私政策
一、收集
我们会收集您的通讯录、位置信息。
我们不会收集您的短信内容。
二、共享
我们会将上述信息提供给合作的征信机构。
"""


def test_the_above_means_what_is_collected_in_another_section_and_not_what_is_denied() -> None:
    source = TermsSource("policy.txt", POLICY.encode(), "given")

    terms = read_terms([source], Catalog())

    [shared] = [s for s in terms.statements if s.action is Action.SHARE]
    assert shared.recipients == ("credit_bureau",)
    assert {"contacts", "location"} <= set(shared.data_types)
    assert "sms" not in shared.data_types
    assert shared.exact == ()
