"""People who are helped are counted, never named: what the soft detector sees, and what it leaves alone."""

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from callcare.desk.rules.privacy import found_in, masked

# The sentences an operator types, each with what should be seen in it. Names and numbers are invented.
LABELLED = [
    ("12 ordinateurs portables Roubaix avant le 30/04 pour lycéens", []),
    ("un ordinateur pour Karim Benali, en terminale", ["name"]),
    ("un ordinateur pour Kévin", ["name"]),
    ("un pc pour kevin en bts", ["name"]),
    ("chaussures de sécurité pour Mme Dupont", ["name"]),
    ("chaussures pour M. Traoré, pointure 43", ["name"]),
    ("Monsieur LEFEBVRE cherche un vélo", ["name"]),
    ("la famille Haddad n’a pas de connexion", ["name"]),
    ("l’élève Yasmine B. décroche depuis janvier", ["name"]),
    ("le jeune Mamadou Diallo, suivi par la mission locale", ["name"]),
    ("sa fille Inès a besoin d’une imprimante", ["name"]),
    ("une étudiante prénommée Chloé", ["name"]),
    ("Sofia MARTINEZ 16 ans", ["name"]),
    ("tablette pour Jean-Baptiste Moreau", ["name"]),
    ("née le 12/03/2004", ["birth_date"]),
    ("né en 2003, sans ordinateur", ["birth_date"]),
    ("date de naissance : 4 mai 2001", ["birth_date"]),
    ("DDN 01.02.1999", ["birth_date"]),
    ("n° de sécu 2 69 05 49 588 157 80", ["nir"]),
    ("269054958815780", ["nir"]),
    ("la joindre au 06 12 34 56 78", ["phone"]),
    ("tél. +33 6 12 34 56 78", ["phone"]),
    ("0353010001 le matin", ["phone"]),
    ("écrire à lea.b@exemple.test", ["email"]),
    ("virement sur FR14 2004 1010 0505 0001 3M02 606", ["iban"]),
    ("jeune diabétique qui ne peut se déplacer", ["health"]),
    ("mère en dépression", ["health"]),
    ("elle est enceinte", ["health"]),
    ("situation de handicap", ["health"]),
    ("Amina Cherif, née le 3/4/2005, 06 11 22 33 44", ["name", "birth_date", "phone"]),
    ("pour Mme Nguyen malade du cancer", ["name", "health", "health"]),
    ("20 chaises de bureau pour le lycée Marie Curie", []),
    ("salle Jean Jaurès à Lens", []),
    ("12 rue Victor Hugo, Lille", []),
    ("collège Jules Ferry, 15 tablettes", []),
    ("centre social Simone Veil", []),
    ("pour la mission locale de Roubaix", []),
    ("pour Emmaüs Wambrechies", []),
    ("pour la Croix-Rouge de Lens", []),
    ("2 demi-journées par mois de soutien scolaire à Lens", []),
    ("3 000 € pour chaussures de sécurité", []),
    ("une tondeuse à Croix avant le 15/06/2021", []),
    ("don de 10 PC à Villeneuve-d’Ascq", []),
    ("mentorat 20 h pour 5 lycéens Lille dès lundi", []),
    ("SIRET 552 100 554 00013", []),
    ("SIRET 55210055400013, siège à Lille", []),
    ("une famille de Tourcoing sans connexion", []),
    ("100 jeunes de l’aide sociale à l’enfance à réunir", []),
    ("un minibus pour une sortie le 30 avril 2021", []),
    ("30 places à l’université de Lille, campus Pont de Bois", []),
    ("Décathlon Villeneuve donne 40 paires de chaussures", []),
    ("Madame la directrice rappellera", []),
    ("fondation Pierre Fabre, 10 000 €", []),
    ("lot de 25 écrans Dell 22 pouces", []),
    ("prêt de 5 imprimantes HP LaserJet jusqu’au 31/12/2021", []),
    ("Saint-Omer, Hazebrouck et Béthune", []),
    ("livraison au 14 place Charles Valentin, Dunkerque", []),
    ("un ordinateur pour une lycéenne de 16 ans", []),
    ("le 03/04/2021 à 14 h", []),
    ("code postal 59100, 40 demandeurs d’emploi", []),
]


# Written with its answer before the detector read it. At first sight: precision 0.74 and recall 0.60 on the first 130,
# then, mended, 0.88 and 0.83 on the next 40.
BY_HAND = [
    (row["text"], row["kinds"])
    for line in (Path(__file__).parent / "privacy_by_hand.jsonl").read_text("utf-8").splitlines()
    for row in [json.loads(line)]
]


@pytest.mark.parametrize(("name", "sentences"), [("labelled", LABELLED), ("by hand", BY_HAND)])
def test_the_detector_is_measured_on_what_operators_type(name, sentences, capsys):
    seen = right = labelled = 0
    wrong = []
    for text, expected in sentences:
        kinds = Counter(finding.kind for finding in found_in(text))
        seen, right, labelled = (
            seen + kinds.total(),
            right + (kinds & Counter(expected)).total(),
            labelled + len(expected),
        )
        if kinds != Counter(expected):
            wrong.append((text, dict(kinds), expected))
    precision, recall = right / seen, right / labelled
    with capsys.disabled():
        print(f"\nprivacy, {name}: precision {precision:.2f}, recall {recall:.2f}, on {len(sentences)} sentences")
    assert precision >= 0.97, wrong
    assert recall >= 0.97, wrong


def test_the_golden_lines_of_the_desk_raise_no_false_alarm():
    folder = Path(__file__).parent
    lines = [json.loads(row)["line"] for name in ("capture_lines", "capture_by_hand")
             for row in (folder / f"{name}.jsonl").read_text("utf-8").splitlines()]  # fmt: skip
    alarms = {line: [finding.kind for finding in found_in(line)] for line in lines if found_in(line)}
    assert alarms == {"rappeler Mme Delattre demain": ["name"], "tel 0353010001 : 4 chaises": ["phone"]}


def test_a_number_with_a_wrong_key_is_left_alone():
    assert not found_in("2 69 05 49 588 157 81")
    assert not found_in("FR14 2004 1010 0505 0001 3M02 607")


def test_the_names_on_file_may_stand_there():
    text = "rappeler Mme Delattre à l’Atelier"
    assert [finding.kind for finding in found_in(text)] == ["name"]
    assert not found_in(text, known=["Claire Delattre"])


def test_a_warning_does_not_repeat_what_it_warns_of():
    [finding] = found_in("un ordinateur pour Karim Benali")
    assert finding.excerpt == "K••• B•••"
    assert "Karim" not in finding.advice
    assert masked("06 12 34 56 78") == "•••78"


@given(st.text(max_size=200))
def test_any_text_is_read_and_findings_stand_in_it(text):
    end = 0
    for finding in found_in(text):
        assert end <= finding.start < finding.end <= len(text)
        end = finding.end


@pytest.mark.parametrize("text", ["", " ", "0" * 5000, "A " * 2000, "pour " * 1000])
def test_long_texts_are_read_quickly(text):
    assert isinstance(found_in(text), list)
