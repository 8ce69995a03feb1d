"""The company and the role applied for: a wrong company name costs the job (G35)."""

from __future__ import annotations

from datetime import datetime

import pytest

from service.notes.read import read_notes
from service.types import Facts, Given, Interview

NOW = datetime.fromisoformat("2026-11-17T18:00:00+01:00")


def read(notes: str) -> Facts:
    return read_notes(notes, now=NOW)


def company(notes: str) -> str | None:
    fact = read(notes).company
    return fact.value if fact else None


def role(notes: str) -> str | None:
    fact = read(notes).role
    return fact.value if fact else None


@pytest.mark.parametrize(
    ("notes", "named"),
    [
        ("Met Omar Aziz at Ferrow Tiles.", "Ferrow Tiles"),
        (
            "Had an interview for a part time librarian position at the City Library of Aldermoor with Nora Pell.",
            "City Library of Aldermoor",
        ),
        ("Applied for the role of night porter with Alder House Hotels. Met Tomas Vega.", "Alder House Hotels"),
        ("Position - Night porter\nOrganisation - Alder House Hotels", "Alder House Hotels"),
        ("interview today, 3M, process engineer, with Lena Holt", "3M"),
        ("Interview at Pell & Daughters. Spoke with Nora Pell.", "Pell & Daughters"),
        ("Interviewing at St. Brigid's Hospital. Met Sister Okoro.", "St. Brigid's Hospital"),
        ("Role: Senior Glazer\nCompany: Ferrow Tiles Ltd.\nMet Omar", "Ferrow Tiles Ltd"),
        ("interview for the ward manager job at brightwell with tom becker", "brightwell"),
    ],
)
def test_the_company_is_spelled_as_in_the_notes(notes: str, named: str) -> None:
    assert company(notes) == named


@pytest.mark.parametrize(
    ("notes", "named"),
    [
        (
            "Had an interview for a part time librarian position at the City Library with Nora Pell.",
            "part time librarian",
        ),
        ("Applied for the role of night porter with Alder House Hotels.", "night porter"),
        ("Position: Night porter\nOrganisation: Alder House Hotels", "Night porter"),
        ("interview for the ward manager job at brightwell with tom becker", "ward manager"),
        ("Interview with Priya Raman at Meridian Freight, senior data engineer role, today", "senior data engineer"),
        ("Got a call about the glazer role from Ferrow Tiles", "glazer"),
    ],
)
def test_the_role_is_the_one_applied_for(notes: str, named: str) -> None:
    assert role(notes) == named


@pytest.mark.parametrize(
    "past",
    [
        "I told him about my time at Holt Glass, where I led 4 people.",
        "I worked at Holt Glass until spring.",
        "My old boss at Holt Glass taught me glazing.",
        "I built the new kiln for Holt Glass in 2024.",
        "Before that I was with Holt Glass.",
        "I left Holt Glass last year.",
    ],
)
@pytest.mark.parametrize("order", ["after", "before"])
def test_a_past_employer_is_never_the_company(past: str, order: str) -> None:
    met = "Interview with Omar Aziz at Ferrow Tiles today."
    assert company(f"{met} {past}" if order == "after" else f"{past} {met}") == "Ferrow Tiles"


@pytest.mark.parametrize(
    "past",
    [
        "Met Omar Aziz. I told him about my time at Holt Glass.",
        "I worked at Holt Glass until spring. Met Omar Aziz.",
        "Met Omar Aziz. I have an offer from Google too.",
    ],
)
def test_with_no_company_named_no_other_firm_takes_its_place(past: str) -> None:
    assert company(past) is None
    assert "company" in read(past).missing


@pytest.mark.parametrize(
    ("notes", "named"),
    [
        ("Met Omar at Ferrow Tiles. Correction: it's Farrow Tiles. He showed me the kiln.", "Farrow Tiles"),
        ("Interview with Meridian. No wait, it's Meridian Foods not Meridian Freight.", "Meridian Foods"),
    ],
)
def test_a_correction_wins_and_is_said(notes: str, named: str) -> None:
    facts = read(notes)
    assert facts.company is not None
    assert facts.company.value == named
    assert "contradiction" in {w.type for w in facts.warnings}


def test_company_and_role_are_where_their_spans_say() -> None:
    notes = "🎉\r\nInterview for the night porter job at Alder House Hotels with Tomas Vega."
    facts = read(notes)
    assert facts.company is not None
    assert facts.company.span is not None
    assert notes[facts.company.span.start : facts.company.span.end] == facts.company.value == "Alder House Hotels"
    assert facts.role is not None
    assert facts.role.span is not None
    assert notes[facts.role.span.start : facts.role.span.end] == facts.role.value == "night porter"


def test_what_the_caller_states_wins_and_carries_no_span() -> None:
    given = Given(interview=Interview(company="Ferrow Tiles GmbH", role="Glazer"))
    facts = read_notes("Met Omar at Farrow for the potter job.", now=NOW, given=given)
    assert facts.company is not None
    assert (facts.company.value, facts.company.span) == ("Ferrow Tiles GmbH", None)
    assert facts.role is not None
    assert (facts.role.value, facts.role.span) == ("Glazer", None)
    assert not {"company", "role"} & set(facts.missing)


@pytest.mark.parametrize(
    "notes",
    ["it went ok", "Met Omar Aziz. He was kind and asked about glazing.", "Today was long. The tour took two hours."],
)
def test_notes_without_company_and_role_say_both_are_missing(notes: str) -> None:
    assert {"company", "role"} <= set(read(notes).missing)


@pytest.mark.parametrize(
    ("notes", "named", "applied"),
    [
        ("Anvil Press -- bindery hand\nwith Irma Doyle\n- they sew by hand", "Anvil Press", "bindery hand"),
        ("Anvil ⭐ bindery hand\n- they sew by hand", "Anvil", "bindery hand"),
        ("Anvil Press --- bindery hand", "Anvil Press", "bindery hand"),
        ("Anvil Press ~ bindery hand", "Anvil Press", "bindery hand"),
        ("⭐ Anvil Press ⭐\nbindery hand", "Anvil Press", "bindery hand"),
        ("saw the shop with Irma\nfirm: Anvil / role: binder / date: 6 May", "Anvil", "binder"),
        ("they sew by hand\nfirm: Anvil | role: binder | date: 6 May", "Anvil", "binder"),
        ("firm: Anvil/role: binder/date: 6 May", "Anvil", "binder"),
        ("Firm - Anvil / Role - binder / Date - 6 May", "Anvil", "binder"),
        ("company: Anvil Press; role: binder; date: 4 May", "Anvil Press", "binder"),
    ],
)
def test_company_and_role_stand_apart_at_any_mark(notes: str, named: str, applied: str) -> None:
    assert (company(notes), role(notes)) == (named, applied)


@pytest.mark.parametrize("notes", ["Interview Anvil Press, binder, Tues Nov 17", "Interview a Anvil Press"])
def test_no_letter_of_a_name_is_taken_for_an_article(notes: str) -> None:
    assert company(notes) in (None, "Anvil Press")


@pytest.mark.parametrize(
    "notes",
    [
        "Met Irma Doyle at Anvil Press.\n- there's one press for nine binders",
        "Met Irma Doyle at Anvil Press.\n- 40 books a day for 3 binders",
        "Panel:\n1 Irma Doyle - binding - sews by hand",
    ],
)
def test_a_counted_thing_and_a_deed_are_no_role(notes: str) -> None:
    assert role(notes) is None


@pytest.mark.parametrize(
    "notes",
    [
        "Saw Irma Doyle, head binder, at Anvil Press.",
        "interview with Irma Doyle, production manager at Anvil Press",
        "with Irma Doyle, head binder, and Tom Reed, press operator at Anvil Press",
        "Saw the head binder, Zdenka Hruba, at Anvil Press",
    ],
)
def test_the_title_of_whom_one_saw_is_not_the_role(notes: str) -> None:
    assert (company(notes), role(notes)) == ("Anvil Press", None)


@pytest.mark.parametrize(
    "notes",
    [
        "Met Irma Press, head binder",
        "zdenka hruba, head binder, at anvil press",
        "a visit with NADIA BELL, shop manager. good",
        "saw Irma Doyle yesterday - set up via Lotte, the recruiter",
    ],
)
def test_a_person_is_no_company(notes: str) -> None:
    assert company(notes) is None


@pytest.mark.parametrize(
    "notes", ["one day a week for the school nurse", "had Hamish for an hr at Anvil Press", "40 a day for 3 binders"]
)
def test_a_pace_and_a_length_of_time_are_no_role(notes: str) -> None:
    assert role(notes) is None


def test_a_long_line_of_fields_is_read_in_time() -> None:
    assert company("firm: Anvil / " + "role: binder / " * 400) == "Anvil"


@pytest.mark.parametrize(
    ("notes", "named"),
    [
        ("marcus from bluegate logistics", "bluegate logistics"),
        ("chatted w marcus from bluegate logistics about the depot", "bluegate logistics"),
        ("met priya from pelham nhs trust", "pelham nhs trust"),
        ("call with marcus from anvil motors re fitter", "anvil motors"),
    ],
)
def test_a_firm_written_small_stands_after_from(notes: str, named: str) -> None:
    assert company(notes) == named


@pytest.mark.parametrize(
    "notes",
    [
        "met marcus from the trust",
        "met marcus from sales and logistics",
        "met marcus from platform engineering",
        "met marcus from warehouse systems",
        "i came from bluegate logistics",
        "my friend marcus from bluegate logistics likes it there",
        "my old boss marcus from bluegate logistics",
        "she knows marcus from bluegate logistics",
        "spoke to tess from bluegate recruitment",
        "Met Irma Doyle, organised by Lotte Krug of Pelham Search",
    ],
)
def test_a_department_a_friends_firm_and_an_agency_are_not_the_company(notes: str) -> None:
    assert company(notes) is None


def test_the_recruiter_is_not_the_role() -> None:
    assert role("saw Irma Doyle yesterday - set up via Lotte, the recruiter") is None


@pytest.mark.parametrize(
    ("notes", "named"),
    [
        ("Met Dan at Quay Logistics re transport clerk", {None, "transport clerk"}),
        ("4 May, Quay Logistics. Post of transport clerk.", {None, "transport clerk"}),
        ("Quay Logistics. Role = transport clerk", {None, "transport clerk"}),
        ("met 3 people at the shop\n1 Omar Bell - sales", {None}),
    ],
)
def test_a_role_holds_no_label_and_no_deed(notes: str, named: set[str | None]) -> None:
    assert role(notes) in named


def test_the_round_before_the_firm_is_no_part_of_it() -> None:
    facts = read_notes("**2nd interview!!** Ferrow Opticians, store manager\n- met Irma Doyle", now=NOW)
    assert (facts.company and facts.company.value, facts.role and facts.role.value) == (
        "Ferrow Opticians",
        "store manager",
    )


@pytest.mark.parametrize(
    ("notes", "company", "role"),
    [
        (
            "Had a chat with Omar Bell, CTO of Vale Mobility (e-scooters, Lyon) for backend engineer",
            "Vale Mobility",
            "backend engineer",
        ),
        ("interview @ Vale Primary for TA (y2)\nMr Bell says 4 children with EAL glaze", "Vale Primary", "TA"),
        ("Ferrow nursery - propagation asst\nSpoke w Hedda (owner)", "Ferrow nursery", "propagation asst"),
    ],
)
def test_places_in_brackets_and_acronyms_are_no_firms(notes: str, company: str, role: str) -> None:
    facts = read_notes(notes, now=NOW)
    assert (facts.company and facts.company.value, facts.role and facts.role.value) == (company, role)


@pytest.mark.parametrize(
    ("notes", "company", "role"),
    [
        ("St Orla's Hospital, Tarnby. Band 6 sister post, renal ward", "St Orla's Hospital", "Band 6 sister"),
        (
            "So that was the museum, the Tarn Maritime Museum, for the curator of small craft.",
            "Tarn Maritime Museum",
            "curator of small craft",
        ),
        ("SOUS CHEF TRIAL — Osteria Ferrow", "Osteria Ferrow", "SOUS CHEF"),
        ("## Product Manager – Payments @ Ferrow", "Ferrow", "Product Manager"),
        ("Midwife, community team, Tarn Vale Birth Centre.", "Tarn Vale Birth Centre", "Midwife"),
        ("Company is Ferrow Foods, assistant controller. Met 12 people", "Ferrow Foods", "assistant controller"),
        (
            "Postdoc chat w/ Prof. Irma Doyle (PI), Institute for Tide Research Tarnby",
            "Institute for Tide Research Tarnby",
            "Postdoc",
        ),
        ("Empresa: Ferrow Dental\nPuesto: dental hygienist (they want English)", "Ferrow Dental", "dental hygienist"),
        ("interview sysadmin @ gemeente Tarnland, di 1 dec", "gemeente Tarnland", "sysadmin"),
        (
            "Met the team at Ferrow Architects re: BIM coordinator. Recruiter Lotte (Hale Recruitment) was late",
            "Ferrow Architects",
            "BIM coordinator",
        ),
        ("I told him about the dairy job at my old place. He nodded", None, None),
        ("He will ring. I hold out for the port job", None, None),
    ],
)
def test_where_strangers_write_the_firm_and_the_job(notes: str, company: str | None, role: str | None) -> None:
    facts = read_notes(notes, now=NOW)
    assert (facts.company and facts.company.value, facts.role and facts.role.value) == (company, role)


@pytest.mark.parametrize(
    ("notes", "named"),
    [
        ("Ferrow Lifting yard, 0900 today, tower crane operator\n- seen by Irma Holt", "Ferrow Lifting"),
        ("Wendell Marsh = the company (saddles).\nJob: saddler", "Wendell Marsh"),
        ("stable hand assessment day, Corvo Mares\n- 24 of us", "Corvo Mares"),
        ("Stable hand :: Corvo Mares :: Plant North", "Corvo Mares"),
        ("Geologist, survey - Corvo Mares. Call Saturday.", "Corvo Mares"),
        ("Company ........ Corvo Mares\nPosition ....... head groom", "Corvo Mares"),
        ("It was for the groom the head one at Corvo Mares and I spoke to Irma Holt", "Corvo Mares"),
        ("went salon called Pell & Sons for the apprentice thing today after school", "Pell & Sons"),
        ("Writing up the other day, at Rook & Daughters Funeral Directors. Two of them asked.", "Rook & Daughters Funeral Directors"),
        ("I was by the Molkerei Tanne eG today, the job is buyer.", "Molkerei Tanne eG"),
    ],
)
def test_a_company_is_read_from_each_usual_place(notes: str, named: str) -> None:
    assert company(notes) == named


@pytest.mark.parametrize(
    "notes",
    [
        '"Dear Mr Holt, please come on Thursday. Regards, Ilse Obertaler, Personal"\nThey asked about pumps.',
        "You will meet the head.\nKind regards, Jan Pell, School Office\n\nlesson went ok",
        "Trial this morning in the shop on Castle Street. Irma asked about tulips.",
        "Irma Holt asked about pumps. husband gets the job in Ostrava maybe.",
        "Penny Works = also a person. Customs manager. She asked about seals.",
    ],
)
def test_a_valediction_a_department_and_an_address_are_no_company(notes: str) -> None:
    assert company(notes) is None


def test_who_signs_a_pasted_mail_is_no_role() -> None:
    assert role('"Dear Mr Holt, please come on Thursday. Regards, Ilse Obertaler, Personal, Pell Papier GmbH"') is None


@pytest.mark.parametrize(
    ("notes", "named"),
    [
        ("# Alder House - Night porter\n## People\n* Irma Holt, head of rooms", "Night porter"),
        ("Tuinman / head gardener\nFirm: Corvo Mares", "head gardener"),
        ("Company = Corvo Mares. Role = driver. Martha: vans are electric.", "driver"),
        ("Went to Alder Primary for the cook in charge job and met the head Irma Holt", "cook in charge"),
        ("Interview at Alder House for the place of sommelier.", "sommelier"),
    ],
)
def test_a_role_is_neither_a_heading_nor_what_stands_around_it(notes: str, named: str) -> None:
    assert role(notes) == named


@pytest.mark.parametrize(
    ("notes", "named"),
    [
        ("Hello! Today I interview for cook and Martha asked about soup.", None),
        ("Zoom w/ Priti & Tom (eng). Tom asked about tests.", None),
        ("Interview for packer @ Corvo Mares 12/11. Martha said nights are quiet.", "Corvo Mares"),
        ("Met Martha Holt at Tom & Sons.", "Tom & Sons"),
        ("Saw Martha Holt at St Hilda's. Martha asked about falls.", "St Hilda's"),
        ("Lektor / teacher of English, Gymnasium Holm.", "Gymnasium Holm"),
    ],
)
def test_a_greeting_a_pair_and_a_saint_are_told_from_firms(notes: str, named: str | None) -> None:
    assert company(notes) == named


def test_a_person_called_like_a_job_is_no_role() -> None:
    assert role("Onsite at Ferrow. 1) Dev Nayar - system design") is None
    assert role("Onsite at Ferrow for Dev Lead. 1) system design") == "Dev Lead"


@pytest.mark.parametrize("line", ["L.S. / head of glaze", "dep head of glaze", "Prepared by: Tilda Ferrow"])
def test_initials_shorthand_and_the_writer_are_no_firm(line: str) -> None:
    assert company(f"{line}\nMet Lena Holt today. She has 3 kilns.") is None


@pytest.mark.parametrize(
    ("notes", "named"),
    [
        ("Interview at Ferrow Tiles for the job as apprentice glazer. Met Lena Holt.", "apprentice glazer"),
        ("Interview at Ferrow Tiles for the kiln hand for summer job. Met Lena Holt.", "kiln hand"),
    ],
)
def test_what_only_stands_around_a_role_is_no_part_of_it(notes: str, named: str) -> None:
    assert role(notes) == named


@pytest.mark.parametrize(
    ("notes", "named"),
    [
        ("Had the Ferrow Vets interview today, met Lena Holt.", "Ferrow Vets"),
        ("Interview at Salt & Stone in Leith. Met Lena Holt.", "Salt & Stone"),
        ("Group of 8 first, then one-on-one with Lena Holt, team leader.", None),
        ("Ferrow Contracting, Site Manager, school project Leith\nMet Lena Holt.", None),
        ("Tilda Okafor-Venn\nglazer, met Lena Holt today", None),
    ],
)
def test_what_stands_around_a_firm_is_no_part_of_it(notes: str, named: str | None) -> None:
    assert company(notes) == named


@pytest.mark.parametrize("line", ["U | glazer", "DISCUSSED BY: Lena Holt", "glazer, Kilnbrae branch"])
def test_a_letter_a_loose_end_and_a_branch_are_no_firm(line: str) -> None:
    assert company(f"{line}\nMet Lena Holt today. She has 3 kilns.") is None
