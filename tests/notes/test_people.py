"""Who is in the notes, and in which part: a letter to the wrong person, or to a misspelled one, costs the job (G35)."""

from __future__ import annotations

from datetime import datetime

import pytest

from service.notes.names import same_person
from service.notes.read import read_notes
from service.types import Facts, Given, Person, PersonRole, Recipient

NOW = datetime.fromisoformat("2026-11-17T18:00:00+01:00")


def read(notes: str) -> Facts:
    return read_notes(notes, now=NOW)


def interviewers(notes: str) -> list[str]:
    return [p.name for p in read(notes).interviewers]


def called(notes: str, name: str) -> Person:
    return next(p for p in read(notes).people if p.name == name)


@pytest.mark.parametrize(
    ("notes", "names"),
    [
        (
            "Spoke to Dr. Amara Okafor and Dr. Lim. Dr. Lim said the lab moves in spring.",
            ["Dr. Amara Okafor", "Dr. Lim"],
        ),
        ("Met with Mr Patel at the bakery.", ["Mr Patel"]),
        (
            "panel at the museum: dr amara okafor (curator), prof. lim, ms hale",
            ["Dr Amara Okafor", "Prof. Lim", "Ms Hale"],
        ),
        ("Interviewed by Siobhán O'Neill and José María Núñez.", ["Siobhán O'Neill", "José María Núñez"]),
        ("Spoke with Łukasz Żak and Ngọc Anh Trần about the tram driver post.", ["Łukasz Żak", "Ngọc Anh Trần"]),
        ("Met Anne-Marie de la Cruz today, store manager at Copper Kettle.", ["Anne-Marie de la Cruz"]),
        (
            "interviewed with omar aziz and lena holt at ferrow tiles, omar said glaze is made in house",
            ["Omar Aziz", "Lena Holt"],
        ),
    ],
)
def test_titles_panels_particles_and_accents_are_read_as_written(notes: str, names: list[str]) -> None:
    assert interviewers(notes) == names


def test_a_person_named_twice_is_one_person() -> None:
    assert interviewers(
        "Met Siobhán O'Neill at the archive. Siobhán leads it. siobhan asked about paper, O'Neill likes maps."
    ) == ["Siobhán O'Neill"]


@pytest.mark.parametrize("name", ["Grace", "Will", "Mark", "Rose", "Art", "Joy", "Dawn", "Faith"])
def test_a_name_that_is_also_a_word_is_a_name_where_someone_was_met(name: str) -> None:
    assert interviewers(f"Met {name} today at Harbour Dental. {name} said the new rota helps everyone.") == [name]


@pytest.mark.parametrize(
    "notes",
    [
        "I will mark the tiles and hope for grace.",
        "They open in May, art included.",
        "Hope so, if they have the means and the will.",
    ],
)
def test_a_word_that_is_also_a_name_is_a_word_elsewhere(notes: str) -> None:
    assert interviewers("Met Omar Aziz. " + notes) == ["Omar Aziz"]


def test_two_people_of_one_first_name_stay_two() -> None:
    assert interviewers("Panel: Sam Ortiz, Sam Reyes. Sam Reyes said the kiln runs hot.") == ["Sam Ortiz", "Sam Reyes"]


@pytest.mark.parametrize(
    "scheduled",
    [
        "Josie from HR arranged the call and sent the link.",
        "Josie Marsh (recruiter) set it all up.",
        "Call scheduled by Josie Marsh.",
        "The recruiter, Josie Marsh, will be in touch.",
    ],
)
def test_a_recruiter_who_only_scheduled_is_no_recipient(scheduled: str) -> None:
    assert interviewers(f"Interviewer: Omar Aziz at Ferrow Tiles. {scheduled}") == ["Omar Aziz"]


@pytest.mark.parametrize(
    "absence",
    [
        "Kofi Mensah couldn't make it.",
        "Kofi Mensah was ill.",
        "Kofi Mensah did not join.",
        "Absent: Kofi Mensah.",
        "Kofi Mensah sent apologies.",
        "Kofi Mensah (on leave) was to be there too.",
    ],
)
def test_who_was_absent_is_no_recipient(absence: str) -> None:
    assert interviewers(f"Met Omar Aziz and Lena Holt. {absence}") == ["Omar Aziz", "Lena Holt"]


@pytest.mark.parametrize(
    "past",
    [
        "I reminded him of my old boss Petra Lang.",
        "My former manager Petra Lang would have loved it.",
        "I told him that my mentor, Petra Lang, taught me glazing.",
        "My reference is Petra Lang.",
        "I met my friend Petra for coffee afterwards.",
        "His colleague Petra has left.",
    ],
)
def test_someone_of_the_past_or_merely_mentioned_is_no_recipient(past: str) -> None:
    assert interviewers(f"Interview with Omar Aziz at Ferrow Tiles. {past}") == ["Omar Aziz"]


def test_the_candidate_is_no_recipient() -> None:
    notes = "My name is Kit Sorensen. Met Omar Aziz."
    assert called(notes, "Kit Sorensen").role is PersonRole.CANDIDATE
    assert interviewers(notes) == ["Omar Aziz"]


@pytest.mark.parametrize(
    ("notes", "title"),
    [
        ("Met Omar Aziz (workshop manager).", "workshop manager"),
        ("Met Omar Aziz, workshop manager, at Ferrow Tiles.", "workshop manager"),
        ("Interviewer: Omar Aziz, Workshop Manager", "Workshop Manager"),
    ],
)
def test_what_a_person_does_is_read_beside_the_name(notes: str, title: str) -> None:
    assert called(notes, "Omar Aziz").title == title


def test_every_person_is_where_the_span_says() -> None:
    notes = "🎉 Met Łukasz Żak and Ngọc Anh Trần.\r\nBeth Crane from HR scheduled."
    people = read(notes).people
    assert len(people) == 3
    for p in people:
        assert p.span is not None
        assert notes[p.span.start : p.span.end] == p.name


def test_stated_recipients_replace_those_that_were_read() -> None:
    given = Given(recipients=(Recipient("Omar Aziz", "Workshop manager"),))
    facts = read_notes("Met omar. Lena Holt sat in.", now=NOW, given=given)
    assert ("Omar Aziz", "Workshop manager") in [(p.name, p.title) for p in facts.interviewers]
    assert "Omar" not in [p.name for p in facts.interviewers]


@pytest.mark.parametrize(
    ("full", "other", "same"),
    [
        ("Zoë Lindqvist", "zoe", True),
        ("Dr Amara Okafor", "Amara", True),
        ("Sam Ortiz", "Sam Reyes", False),
        ("Samuel Ortiz", "Sam", False),
        ("Omar Aziz", "Mar", False),
    ],
)
def test_a_short_form_is_the_same_person_and_another_surname_is_not(full: str, other: str, same: bool) -> None:
    assert same_person(full, other) is same


@pytest.mark.parametrize(
    "notes",
    [
        "Ferrow Lettings, kiln lead, had Omar and Zilpha for an hour today",
        "had Omar and Zilpha for 40 minutes",
        "interviewed w/ Omar Aziz and Zilpha Orr",
        "sat w/ Omar Aziz and Zilpha Orr at the kiln",
        "it was Omar Aziz and Zilpha Orr",
        "spoke to Omar Aziz, then Zilpha Orr",
    ],
)
def test_both_names_of_a_meeting_are_interviewers(notes: str) -> None:
    people = read_notes(notes, now=NOW).interviewers
    assert [p.first_name for p in people] == ["Omar", "Zilpha"]


def test_what_somebody_had_is_no_meeting() -> None:
    notes = "Met Omar Aziz. They had Holt and Sons for the roof."
    assert [p.name for p in read_notes(notes, now=NOW).interviewers] == ["Omar Aziz"]


def test_a_name_that_ends_on_an_initial_keeps_what_its_bearer_does() -> None:
    facts = read_notes("Met Tom K. and Lena Orr today. Tom K. runs nights. He wants a third kiln.", now=NOW)
    assert [p.name for p in facts.interviewers] == ["Tom K", "Lena Orr"]
    assert [(i.text, i.speaker) for i in facts.items][1:] == [
        ("Tom K. runs nights.", "Tom K"),
        ("He wants a third kiln.", "Tom K"),
    ]


def test_the_pronoun_after_a_name_is_no_surname() -> None:
    notes = "Met Ann Bell and Tom Hill at Ferrow Pots. I told Ann I cut waste by half. I told Tom I'd send the plan."
    assert [p.name for p in read_notes(notes, now=NOW).people] == ["Ann Bell", "Tom Hill"]


@pytest.mark.parametrize(
    "notes",
    [
        "Met Irma Doyle. I hear by Jan 20",
        "with Irma Doyle, 6 May at Anvil Press",
        "<li>Irma Doyle said they sew by hand</li>",
        "Ivy Florists, event florist\nwith Irma Doyle",
    ],
)
def test_a_month_beside_a_day_a_tag_and_a_firm_are_no_people(notes: str) -> None:
    assert interviewers(notes) == ["Irma Doyle"]


def test_accents_do_not_hide_a_name() -> None:
    assert interviewers("Met chloë and André at Anvil Press") == ["Chloë", "André"]


def test_who_is_named_after_arranged_through_arranged_it() -> None:
    notes = "Saw Irma Doyle (head binder) at noon, arranged through Lotte at the desk. she sews by hand"
    assert interviewers(notes) == ["Irma Doyle"]


@pytest.mark.parametrize("firm", ["Ivy Vets", "Rose Opticians", "Holly Bakers"])
def test_a_trade_of_several_is_no_surname(firm: str) -> None:
    assert interviewers(f"{firm}, trainee nurse\nwith Irma Doyle") == ["Irma Doyle"]


@pytest.mark.parametrize(
    "notes",
    [
        "Met Irma Doyle Tues",
        "Met Irma Doyle. hear by Wed, Irma decides",
        "Met Irma Doyle. hear Jan-20",
        "Met Irma Doyle, hear by Jan 20 or Feb 3",
        "<p>Met Irma Doyle</p><br>they sew",
        "<B>Irma Doyle</B> asked about glue",
        "Met <b>Irma Doyle</b>",
    ],
)
def test_a_day_and_a_tag_hide_nobody_and_are_nobody(notes: str) -> None:
    assert interviewers(notes) == ["Irma Doyle"]


@pytest.mark.parametrize(
    "firm",
    ["Rosie Bakers", "Daisy Cakes", "Amber Roofing", "Penny Books", "Grace Joinery", "Carter Brothers", "Ella Press"],
)
def test_a_trade_after_a_given_name_makes_a_firm(firm: str) -> None:
    assert interviewers(f"{firm}, line lead\nwith Irma Doyle") == ["Irma Doyle"]


@pytest.mark.parametrize("name", ["Ann Jeffries", "Helen Brooks", "Tom Banks", "Grace Fellows", "Sun Li", "May Harris"])
def test_a_surname_that_looks_like_a_trade_or_a_day_is_kept(name: str) -> None:
    assert interviewers(f"Met {name} at Ferrow Pots. {name.split()[0]} asked about glue.") == [name]


def test_a_thousand_tags_are_read_in_time() -> None:
    assert interviewers("<b>" * 1000 + "Met Irma Doyle") == ["Irma Doyle"]


@pytest.mark.parametrize(
    "line",
    [
        "Panel of two at Anvil Press:",
        "The panel today:",
        "met 2 people at the shop",
        "I met two of them.",
        "panel was two people",
        "interviewed by",
    ],
)
def test_who_opens_an_entry_of_the_panels_list_is_an_interviewer(line: str) -> None:
    notes = f"{line}\n1 Omar Bell - sales - he asked about price\n2 Noor Haddad - events - schools ring about late bows\n\nthey sew"
    assert interviewers(notes) == ["Omar Bell", "Noor Haddad"]


@pytest.mark.parametrize(
    "notes",
    [
        "Met Omar Bell.\nNext:\n1. Tom Reed - send him the plan",
        "Met Omar Bell.\ntodo\n1 Tom Reed - send him the plan",
        "Met Omar Bell.\nreferences:\n1 Tom Reed - tutor",
        "Met Omar Bell.\nTom Reed, old boss, writes a letter",
        "Panel:\n1 Omar Bell - sales - schools ring, Tom Reed left in May",
    ],
)
def test_a_list_of_others_names_no_interviewers(notes: str) -> None:
    assert interviewers(notes) == ["Omar Bell"]


@pytest.mark.parametrize(
    ("notes", "named"),
    [
        ("I was seen by Dr D. and a Mr H. They asked about knees", ["Dr D.", "Mr H."]),
        ("Spoke to a Ms P. about glue", ["Ms P."]),
        ("i was seen by dr d. and a mr h.", ["Dr D.", "Mr H."]),
        ("told Prof I cut waste", []),
    ],
)
def test_an_initial_after_a_form_of_address_is_somebody(notes: str, named: list[str]) -> None:
    assert interviewers(notes) == named


@pytest.mark.parametrize(
    "notes",
    [
        "Saw Irma Doyle (head binder) at noon, arranged through Lotte at the desk",
        "saw Irma Doyle yesterday - set up via Lotte from HR",
        "saw Irma Doyle yesterday (arranged by Lotte from the agency)",
    ],
)
def test_who_arranged_it_is_the_recruiter(notes: str) -> None:
    people = read_notes(notes, now=NOW).people
    assert [(p.name, p.role.value) for p in people] == [("Irma Doyle", "interviewer"), ("Lotte", "recruiter")]


def test_nine_hundred_entries_are_read_in_time() -> None:
    notes = "Panel:\n" + "\n".join(f"{n % 90} Omar Bell - sales" for n in range(900))
    assert interviewers(notes) == ["Omar Bell"]


def test_n_joins_names_as_and_does() -> None:
    assert interviewers("saw Irma Doyle (head binder) n Wojtek, he does the rota\nwojtek showed the press") == [
        "Irma Doyle",
        "Wojtek",
    ]


def test_a_single_letter_before_a_colon_or_dash_is_the_one_whose_name_begins_so() -> None:
    notes = "Irma D. = head binder; Omar = press lead\n- I: not a name here\n- O: the press stands 4 h a week\n- O - paper comes late"
    facts = read_notes(notes, now=NOW)
    assert [(i.speaker, i.text) for i in facts.items if i.speaker] == [
        ("Omar", "the press stands 4 h a week"),
        ("Omar", "paper comes late"),
    ]


def test_the_firm_that_heads_the_notes_is_no_recruiter_of_the_people_department() -> None:
    facts = read_notes("Ferrow Orchards – HR Business Partner – Wed 11 Nov\nMet Irma Doyle (People Director)", now=NOW)
    assert [p.name for p in facts.people] == ["Irma Doyle"]
    assert facts.role is not None
    assert facts.role.value == "HR Business Partner"


@pytest.mark.parametrize(
    ("notes", "named"),
    [
        ("Spoke w Hedda (owner) & her son Joren\n- Joren does the seed orders", ["Hedda", "Joren"]),
        (
            "head = Mrs Irma Doyle, plus class teacher Mr Omar Bell\nMrs D showed me the kiln",
            ["Mrs Irma Doyle", "Mr Omar Bell"],
        ),
    ],
)
def test_kin_and_titles_before_a_name_say_who_was_there(notes: str, named: list[str]) -> None:
    assert interviewers(notes) == named


def test_a_name_cut_to_a_letter_is_still_who_spoke() -> None:
    notes = "Met Mrs Irma Doyle and Mr Omar Bell at Vale Primary\n- Mrs D showed me the kiln in the cellar\n- Mr Bell says 4 children glaze"
    assert [i.speaker for i in read_notes(notes, now=NOW).items][1:] == ["Mrs Irma Doyle", "Mr Omar Bell"]


@pytest.mark.parametrize(
    ("notes", "named"),
    [
        ("the one at Ferrow Lifts (lift apprentice). There was 2 of them, Kev Hale and Irma", ["Kev Hale", "Irma"]),
        (
            "You will meet Mrs Irma Doyle, Headteacher, and Mr Dev Raman, Head of Science.\nKind regards, Jan Tip, Office",
            ["Mrs Irma Doyle", "Mr Dev Raman"],
        ),
        (
            "Interviewed by Dr. Irma Doyle (lead) and Mr Hale-Bohn\nHerr Hale asked of tides\nDr Doyl told me of glue",
            ["Dr. Irma Doyle", "Mr Hale-Bohn"],
        ),
        (
            "PANEL: IRMA DOYLE DRIVER MANAGER, OMAR BELLAMY OPS. OMAR ASKED IF I WORK REST DAYS",
            ["Irma Doyle", "Omar Bellamy"],
        ),
        ("[14:02] Tove: Hi Marek, room is Birch\n[14:03] Marek: thanks\nTove asked about tides", ["Tove"]),
        ("Panel: Irma Doyle, and dialling in from Tarnby, Omar Bell", ["Irma Doyle", "Omar Bell"]),
        ("chef: Dario Hale\nDario burnt the rice", ["Dario Hale"]),
        ("met Irma Doyle (matron) and Omar Bell, Sr. Manager", ["Irma Doyle", "Omar Bell"]),
    ],
)
def test_how_strangers_name_those_they_met(notes: str, named: list[str]) -> None:
    assert interviewers(notes) == named


@pytest.mark.parametrize(
    ("notes", "nobody"),
    [
        ("Could've said more about the ovens. She asked about yeast.", "Could've"),
        ("Tuinman / head gardener\nFirm: Corvo Mares\nWith: Irma Holt (estate manager)", "Tuinman"),
        ("She liked my maps for the river delta atlas and asked about tides.", "Atlas"),
        ("Just back from St Wystan's Hospital. Matron Irma Holt said theatre is short.", "St Wystan"),
        ("R2 the finance round. Irma Holt explained the late shifts shared with Ostrava.", "Ostrava"),
        ("Met Irma Holt. It took 900 ms to load, then 40 after I cached it.", "Ms To"),
        ("Wendell Marsh = the firm (saddles). There's no Mr Marsh. Irma Holt, owner, asked about tack.", "Mr Marsh"),
    ],
)
def test_a_word_a_place_and_a_firm_are_greeted_by_nobody(notes: str, nobody: str) -> None:
    assert all(nobody not in p.name for p in read(notes).interviewers)


def test_a_rare_name_typed_small_is_one_where_it_does_something() -> None:
    assert interviewers("notes. met irma holt and a guy Teuvo from planning. teuvo asked about rosters") == [
        "Irma Holt",
        "Teuvo",
    ]


@pytest.mark.parametrize(
    "told",
    [
        "lunch w/ Wanda (not an interviewer, from people ops)",
        "Wanda only let me in.",
        "Wanda made the tea.",
        "Wanda was supposed to come but had a train to catch.",
        "who did not come: Wanda, the vicar",
        "our Wanda says ask for more.",
        "Arranged by: Wanda Pell, Corran Search",
        "Wanda from reception gave me the badge.",
    ],
)
def test_who_did_not_interview_is_not_greeted(told: str) -> None:
    assert interviewers(f"Met Irma Holt at Ferrow Tiles. Irma asked about glaze.\n{told}") == ["Irma Holt"]


@pytest.mark.parametrize(
    "told", ["Wanda asked about kilns.", "Also met Wanda, who made the tea.", "Wanda showed me the kilns."]
)
def test_who_asked_or_was_met_is_greeted_whatever_else_they_did(told: str) -> None:
    assert interviewers(f"Met Irma Holt at Ferrow Tiles. Irma asked about glaze.\n{told}") == ["Irma Holt", "Wanda"]


@pytest.mark.parametrize("signing", ["signed: Wanda Pell", "ass.: Wanda Pell", "Yours, Wanda Pell"])
def test_the_name_that_the_notes_end_on_is_the_writers(signing: str) -> None:
    facts = read(f"interview at Ferrow Tiles\nIrma Holt asked about glaze\nI said ash\nthey write on Friday\n{signing}")
    assert [p.name for p in facts.interviewers] == ["Irma Holt"]


def test_the_last_of_a_list_of_people_is_no_signature() -> None:
    assert interviewers("interview at Ferrow Tiles\nI talked about ash\nPanel:\n- Irma Holt\n- Wanda Pell") == [
        "Irma Holt",
        "Wanda Pell",
    ]


def test_a_name_that_is_taken_back_is_nobodys() -> None:
    assert interviewers("Met Wanda - scratch that, Wilma - Wilma Pell herself. Wilma said they fire on Mondays.") == [
        "Wilma Pell"
    ]
    assert interviewers("Met Wanda Pell. Sorry I was late, and Wanda Pell laughed.") == ["Wanda Pell"]


def test_a_form_of_address_and_a_full_name_are_one_person() -> None:
    assert interviewers("It was Frau Holt, Irma Holt, who leads dispatch. Frau Holt asked about pallets.") == ["Irma Holt"]
    assert interviewers("panel: mevrouw Irma de Wit, dhr. Pieter Bos. pieter asked about rosters") == [
        "Mevrouw Irma de Wit",
        "Dhr. Pieter Bos",
    ]


def test_a_nickname_before_the_name_is_that_person() -> None:
    assert interviewers('Who: "Pim" Willem Drost (yard manager)\nPim: they lift at dawn') == ["Willem Drost"]


def test_with_a_firm_nobody_is_met() -> None:
    assert interviewers("Done with the interview with Corvo Mares, for deckhand. They said tides rule.") == []
    assert interviewers("Done with the interview with Martha Holt, for deckhand. She said tides rule.") == [
        "Martha Holt"
    ]


def test_the_answer_of_a_question_and_answer_list_is_no_initial() -> None:
    assert interviewers("Q. Where? A. Ferrow Tiles. Q. Who asked? A. Irma Holt, kiln lead. Q. When? A. Friday.") == [
        "Irma Holt"
    ]


@pytest.mark.parametrize(
    ("notes", "met"),
    [
        ("Had coffee with Wanda, an old colleague. Then interviewed with Martha Holt (CMO) at Ferrow.", ["Martha Holt"]),
        ("Managr asked about shifts. Foremn said they start at six.", []),
        ("Met Tilda's hiring manager, Martha. Martha asked about radios.", ["Martha"]),
        ("Met Martha Holt. Thanks to Rob in HR for booking it.", ["Martha Holt"]),
        ("Met Martha Holt. Sister Wanda walked past.", ["Martha Holt"]),
        ("The Ivy, waiter trial. Martha Holt ran the pass.", ["Martha Holt"]),
        ("Zoom call. Martha Holt + someone from HR. Martha: busy desk", ["Martha Holt"]),
        ("My interview w/ Harper Wells? no, Martha Holt, for editor. Martha asked about tides.", ["Martha Holt"]),
        ("Sat with Team Lead Martha at Ferrow. Martha asked about tides.", ["Martha"]),
        ("Met rektor Martha Holt, who asked about tides.", ["Martha Holt"]),
    ],
)
def test_near_misses_of_other_peoples_notes(notes: str, met: list[str]) -> None:
    assert interviewers(notes) == met


def test_a_form_of_address_keeps_the_name_that_the_notes_put_after_it() -> None:
    assert interviewers("Interviewers: Ms. Arisugi Mei (design). Ms. Arisugi asked about lenses.") == ["Ms. Arisugi"]
    assert interviewers("Interviewers: Ms. Mei Arai (design). Ms. Arai asked about lenses.") == ["Ms. Mei Arai"]


@pytest.mark.parametrize(
    "notes",
    [
        "Name: Tilda Okafor\nCompany: Ferrow Tiles\nPanel: Lena Holt, Omar Aziz",
        "Prepared by: Tilda Okafor\nFerrow Tiles, glazer\nPanel: Lena Holt, Omar Aziz",
    ],
)
def test_who_fills_in_the_form_is_the_candidate_and_not_greeted(notes: str) -> None:
    assert interviewers(notes) == ["Lena Holt", "Omar Aziz"]
    assert called(notes, "Tilda Okafor").role is PersonRole.CANDIDATE


def test_a_name_field_alone_is_whom_one_met() -> None:
    assert interviewers("Name: Lena Holt\nCompany: Ferrow Tiles\nRole: glazer") == ["Lena Holt"]


@pytest.mark.parametrize(
    "aside",
    ["The director, Prof. Omar Aziz, excused himself.", "The agency lady Ottilie dropped me off.", "The bus driver Ottilie knew the way."],
)
def test_who_stayed_away_or_only_brought_one_is_greeted_by_nobody(aside: str) -> None:
    assert interviewers(f"Met Lena Holt, head of glaze, at Ferrow Tiles. {aside}") == ["Lena Holt"]


@pytest.mark.parametrize(
    "aside",
    [
        "I was supposed to see Omar Aziz but he was stuck.",
        "The shop is on Crannock Road. Crannock Road is steep.",
    ],
)
def test_who_was_only_to_be_seen_and_where_the_shop_is_are_greeted_by_nobody(aside: str) -> None:
    assert interviewers(f"Met Lena Holt, head of glaze, at Ferrow Tiles. {aside}") == ["Lena Holt"]


def test_whom_a_speaker_calls_by_name_and_asks_is_the_candidate() -> None:
    notes = "Ferrow Tiles, glazer\nMrs Holt: Tilda Okafor, tell us why glaze.\nMe: I grew up beside a kiln."
    assert called(notes, "Tilda Okafor").role is PersonRole.CANDIDATE
    assert interviewers(notes) == ["Mrs Holt"]


def test_a_speaker_and_a_verb_before_a_colon_are_one_name() -> None:
    notes = "ferrow tiles\nlena holt = head of glaze / devin = kiln hand\n- devin gave trouble: what if the kiln cracks"
    assert "Devin Gave Trouble" not in [p.name for p in read(notes).people]


@pytest.mark.parametrize(
    "notes",
    [
        "WHO | WHAT\n--- | ---\nCo | Ferrow Cold Storage\nAns | 3/24\nSaw | Lena Holt (lead)",
        "Alder Libraries: community librarian\nMet Lena Holt, head of glaze.",
        "Met Lena Holt, head of glaze. She asked how I would keep a Storybug session going.",
    ],
)
def test_heads_of_rows_libraries_and_things_with_an_article_are_greeted_by_nobody(notes: str) -> None:
    assert interviewers(notes) == ["Lena Holt"]
