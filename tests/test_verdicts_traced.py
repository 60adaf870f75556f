"""Every provision that a report shows is traced to the legal research: id, article, dates, grade.

`legal_research.csv` is the table of the research's `rules.yaml` (compiled 2026-11-21): one row a
provision, with what was verified and how. The rule packs may only repeat it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from auditor.catalog import DATA, Catalog
from auditor.model import Indicator
from auditor.pipeline import Options, audit, read_terms_file
from auditor.verdicts.provisions import Instrument, Provision, load_instruments

ROOT = Path(__file__).parents[1]
TABLE = Path(__file__).parent / "legal_research.csv"
CASES = ("picker-mask", "denied-upload", "english-lender", "overdue-sms", "sdk-collector", "relay")
DATES = ("", "2018-03-01", "2020-06-01", "2022-10-01", "2024-07-31", "2026-11-01")

LEFT_OUT = {"apple-asrg.3.2.2ix", "apple-asrg.5.1.1iii"}
"""Provisions for iOS: nothing here reads such an app."""
BY_HAND = {"cn-pipl.38-39", "eu-gdpr.44"}
"""On sending data abroad: an APK does not show where a server stands, so people cite them."""
DATED = {"gp-personal-loans.write_external_storage", "gp-personal-loans.query_all_packages"}
"""Added to the list of permissions on 2025-05-28, says the research's notes."""
ENDED = {"id-seojk-19-2023": "2025-07-30", "ph-npc-20-01": "2022-11-30"}
"""Replaced by a later circular, says the research's notes: the day before that one began."""


@cache
def research() -> dict[str, dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as stream:
        return {row["provision"]: row for row in csv.DictReader(stream)}


@cache
def instruments() -> tuple[Instrument, ...]:
    return load_instruments(Catalog(DATA))


def provisions() -> Iterator[tuple[Instrument, Provision]]:
    for instrument in instruments():
        for provision in instrument.provisions:
            yield instrument, provision


def test_no_provision_is_invented_or_forgotten() -> None:
    ids = [p.id for _, p in provisions()]

    assert len(ids) == len(set(ids)) == 225
    assert set(research()) - set(ids) == LEFT_OUT
    assert set(ids) - set(research()) == set()


@pytest.mark.parametrize("instrument", instruments(), ids=lambda i: i.id)
def test_an_instrument_says_what_was_researched(instrument: Instrument) -> None:
    for provision in instrument.provisions:
        row = research()[provision.id]
        start = provision.effective_from or instrument.effective_from or ""
        assert provision.article == row["article"]
        assert (instrument.status, instrument.weight) == (row["status"], row["weight"])
        assert instrument.grade == row["grade"]
        assert instrument.verified == (row["instrument_verified"] == "true")
        assert provision.verified == (row["verified"] == "true"), provision.id
        assert provision.lending_only == (row["scope"] == "loan"), provision.id
        if provision.id not in BY_HAND:
            assert provision.auto_trigger == (row["auto_trigger"] == "true"), provision.id
        else:
            assert not provision.auto_trigger
        if provision.id not in DATED:
            assert start == row["effective_from"], provision.id
        ended = ENDED.get(instrument.id, row["effective_to"])
        assert (instrument.effective_to or "") == ended, provision.id


@cache
def shown(case: str, date: str) -> tuple[Indicator, ...]:
    """All indicators of one sample when every rule pack is asked for."""
    folder = ROOT / "samples" / case
    terms = tuple(read_terms_file(p) for p in sorted(folder.glob("terms.*")))
    packs = sorted({i.jurisdiction for i in instruments()})
    options = Options(terms=terms, jurisdictions=packs, lending=True, date=date, quotes=False)
    report = audit(folder / "app.apk", Catalog(DATA), options)
    return tuple(dict.fromkeys(i for f in report.findings for i in f.indicators))


@pytest.mark.parametrize("date", DATES)
def test_what_reports_show_was_verified_and_fits_the_date(date: str) -> None:
    found = {i.provision: i for case in CASES for i in shown(case, date)}

    assert len(found) > (20 if date != "2018-03-01" else 10)
    for indicator in found.values():
        row = research()[indicator.provision]
        instrument = next(i for i in instruments() if indicator.provision.startswith(f"{i.id}."))
        assert (row["verified"], row["grade"]) == ("true", indicator.grade)
        assert row["grade"] != "none"
        assert indicator.provision not in BY_HAND
        assert indicator.article == row["article"]
        assert indicator.weight == row["weight"] != "draft"
        assert indicator.source == instrument.reference
        assert indicator.says and indicator.says_zh and indicator.date_note_zh
        if indicator.provision not in DATED:
            assert indicator.effective_from == row["effective_from"]
        ended = ENDED.get(instrument.id, row["effective_to"])
        if date:
            assert not indicator.effective_from or indicator.effective_from <= date
            assert not ended or ended >= date
        else:
            assert not ended


def test_dates_choose_between_old_and_new_texts() -> None:
    """The Cybersecurity Law of 2016 binds until the end of 2025, that of 2025 from 2026 on."""
    old = {i.provision.partition(".")[0] for i in shown("picker-mask", "2020-06-01")}
    new = {i.provision.partition(".")[0] for i in shown("picker-mask", "2026-11-01")}

    assert "cn-csl-2016" in old - new
    assert "cn-csl-2025" in new - old
    assert "cn-pipl" in new - old


def test_a_text_is_not_shown_for_an_app_older_than_itself() -> None:
    """Its commencement was not read; its own day, 2022-12-01, is known."""
    assert not [i for i in shown("picker-mask", "2022-10-01") if "npc-2022-02" in i.provision]
    assert [i for i in shown("picker-mask", "2024-07-31") if "npc-2022-02" in i.provision]


def test_provisions_for_lenders_stay_away_from_other_apps() -> None:
    folder = ROOT / "samples" / "english-lender"
    packs = sorted({i.jurisdiction for i in instruments()})
    options = Options(jurisdictions=packs, lending=False, quotes=False)
    report = audit(folder / "app.apk", Catalog(DATA), replace(options))
    found = {i.provision for f in report.findings for i in f.indicators}

    assert found
    assert [p for p in sorted(found) if research()[p]["scope"] == "loan"] == []
