"""From the words of one sentence to claims: who does what with which data, and what is denied.

The grammar is shallow and the same for every language of the lexicon, all of which put the verb
before its object or the topic before the clause. A verb governs a mention when it is the nearest
one before it in its clause, else after it, else in the clauses before (a list goes on), else after
(a topic is fronted). A negator denies every verb to its right in its clause up to a contrast
("but", "仅"); verbs that are joined ("collect, store or share") share polarity and object.
"""

from __future__ import annotations

from auditor.terms.claims import claim_of_frame, claims_of
from auditor.terms.parties import find_recipients, find_subject
from auditor.terms.parts import Claim, Frame, Parsed, Verb
from auditor.terms.polarity import apply_exceptions, find_exceptions, set_chains, set_polarity
from auditor.terms.sentences import Sentence

__all__ = ["Claim", "Frame", "Parsed", "claim_of_frame", "claims_of", "parse"]


def parse(sentence: Sentence) -> Parsed:
    """Find the verbs of a sentence, their polarity, subject, recipients and coordination."""
    verbs = [Verb(c, sentence.clause(c.start), c.sense.value) for c in sentence.of("verb")]
    parsed = Parsed(sentence, verbs, find_exceptions(sentence))
    set_polarity(parsed)
    set_chains(parsed)
    for index, verb in enumerate(verbs):
        find_subject(parsed, verb, verbs[:index])
        find_recipients(parsed, verb)
    apply_exceptions(parsed)
    return parsed
