"""Warns when a free text seems to name a person who is helped. Soft: it never blocks, it never deletes.

People who are helped are counted, never named. Pure text in, findings out; nothing found is not a proof.
Names are looked for where French puts them (after « pour », « M. », « la famille »), with the commonest first names;
a street or a school called after somebody is left alone. Numbers with a key are checked by their key.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from stdnum import iban
from stdnum.fr import nir

NAME, BIRTH, NIR, PHONE, MAIL, IBAN, HEALTH = "name", "birth_date", "nir", "phone", "email", "iban", "health"
ADVICE = {
    NAME: "On dirait le nom d’une personne. Écrivez plutôt « une lycéenne », « une famille ».",
    BIRTH: "On dirait une date de naissance. Une tranche d’âge suffit.",
    NIR: "On dirait un numéro de sécurité sociale. Retirez-le : le guichet n’en a pas besoin.",
    PHONE: "On dirait un numéro de téléphone. Sa place est sur la fiche de l’interlocuteur.",
    MAIL: "On dirait une adresse de courriel. Sa place est sur la fiche de l’interlocuteur.",
    IBAN: "On dirait un numéro de compte. Retirez-le : le guichet n’en a pas besoin.",
    HEALTH: "On dirait une information de santé. Dites ce qu’il faut, pas pourquoi.",
}

_NAMES = """
abdel abdou abdoulaye adam adama adèle adrien agathe ahmed aïcha aissatou alain alan albert alex alexandra
alexandre alexis ali alice alicia aline alizée amandine amélie amina aminata amine amir anaïs andré andrea
angèle anna anne annie anthony antoine antonio arnaud arthur asma assia astrid aude audrey aurélie aurélien axel
aya aymen baptiste bastien benjamin benoît bernard bertrand bilal boris brahim brandon brigitte bruno camille
carla carlos carole caroline catherine cécile cédric céline chantal charles charlotte chloé christelle christian
christine christophe clara claude clémence clément corentin corinne cyril damien daniel danielle david delphine
denis denise didier dimitri djamila dominique dorian driss dylan édouard elias elie élisa elisabeth élise elodie
éloïse elsa emilie émilien emma emmanuel emmanuelle enzo eric erwan estelle esther ethan eugène eva evan ève
fabien fabienne fabrice fanny farah farid fatima fatou fatoumata félix fernando florence florent florian
francine francis franck françois françoise frédéric gabin gabriel gaël gaëlle gaétan gaspard georges gérald
gérard ghislaine gilles giulia grégory guillaume gustave guy hakim hamza hanna hassan hélène henri hervé hicham
houda hugo ibrahim ilyes imane inès ines irène isabelle ismaël issa jacqueline jacques jade jamal jason jawad
jean jeanne jennifer jérémy jérôme jessica joachim joël johan jonathan jordan josé joseph josiane jules julia
julie julien juliette justine kamel karim karima karine katia kelly kenza kévin kevin khadija khaled killian
kylian laetitia laila lamine laura laure laurence laurent léa leïla lena léna léo léon leonardo lila lilian
lilou lina lisa loïc lola lorenzo lou louane louis louise lounes luc lucas lucie lucien ludivine ludovic luis
lydia lyna madeleine maël maëlys maeva mahmoud malika mamadou manon manuel marc marcel margaux margot maria
mariam mariama marie marine mario marion marta martine maryam mathéo mathieu mathilde mathis matthieu maud
maurice max maxence maxime mehdi mélanie mélissa mia michel michèle mickaël miguel mireille moha mohamed
mohammed monique morgane mounir moussa mustapha myriam nabil nadège nadia nadine naïma nathalie nathan nawel
nicolas nicole nina nino noa noah noémie nolan nora nordine nour océane odile olivier omar oscar oumar ousmane
pamela pascale patrice patricia patrick paul paula pauline pedro philippe pierre quentin rachel rachid rafael
raphaël rayan rebecca régine régis rémi rémy renée richard robert robin rodrigue roger roland romain romane
rosalie ryan sabrina said salim salima salomé samia samir samira samuel sandra sandrine sara sarah sébastien
selma serge séverine sidonie simon simone sofia sofiane solène sonia sophie stéphane stéphanie steven suzanne
sylvain sylvie tanguy tarek théo thérèse thibault thierry thomas tiago timéo titouan tom tony tristan ugo
valentin valentine valérie vanessa véronique vincent virginie vladimir william willy xavier yacine yanis yann
yannick yasmine yassine yohan yolande yousra youssef yves yvette yvonne zakaria zeynep zoé zohra
"""
_PLACES = """
rue avenue boulevard bd place quai square allée allee chemin impasse cours passage pont résidence résidences
lycée lycee collège college école ecole maternelle primaire université universite faculté fac campus institut
iut centre salle stade gymnase piscine hôpital hopital clinique foyer maison espace fondation association asso
groupe médiathèque bibliothèque théâtre mjc cité cite parc crèche creche ehpad chu entreprise société societe
ets établissements garage boulangerie pharmacie cabinet immeuble bâtiment métro station arrêt club atelier
"""
_UP = "A-ZÀÂÄÇÉÈÊËÎÏÔÖÙÛÜ"
_LOW = "a-zàâäçéèêëîïôöùûüœæ’'"
_CAP = rf"[{_UP}][{_LOW}]+(?:-[{_UP}][{_LOW}]+)*|[{_UP}]{{2,}}(?:-[{_UP}]+)*"
_WORD = rf"[{_UP}{_LOW}]+(?:-[{_UP}{_LOW}]+)*"
_CIVILITY = r"(?:MM?\.|Mr\.?|Mme\.?|Mlle\.?|Melle|Monsieur|Madame|Mademoiselle)"
_WHO = (
    r"(?:[Ll]a\ famille|[Ll]e\ jeune|[Ll]a\ jeune|[Ll]e\ petit|[Ll]a\ petite|[Ll][’']élève|[Ss]on\ fils|[Ss]a\ fille"
    r"|[Mm]on\ fils|[Mm]a\ fille|[Ss]on\ mari|[Ss]a\ femme|[Pp]rénommée?|[Nn]ommée?|[Ss][’']appelle|[Bb]énéficiaire)"
)
_MONTH = r"(?:janv|févr|fevr|mars|avril|mai|juin|juil|août|aout|sept|oct|nov|déc|dec)[a-zéû]*\.?"
_DATE = (
    rf"(?:\d{{1,2}}\s*[/.\-]\s*\d{{1,2}}\s*[/.\-]\s*(?:19|20)?\d{{2}}|(?:\d{{1,2}}(?:er)?\s+)?{_MONTH}\s+\d{{4}}"
    r"|\d{4})"
)
_HEALTH = (
    r"cancer\w*|handicap\w*|dépressi\w+|diab[éeè]t\w+|maladies?|malades?|autis\w+|schizophr\w+|bipolaires?"
    r"|séroposit\w+|vih|sida|enceintes?|grossesses?|hospitalisé\w*|toxicoman\w+|alcooli\w+|addict\w*|rqth|aah"
    r"|dys(?:lexi|praxi|phasi|calculi)\w+|tdah|psychiatr\w+|suicid\w+|épilep\w+|asthm\w+|chimio\w*|dialys\w+"
)

_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (MAIL, re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    (IBAN, re.compile(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,3})?\b")),
    (NIR, re.compile(r"(?<!\d)[12]\s?\d{2}\s?\d{2}\s?(?:\d{2}|2[AB])\s?\d{3}\s?\d{3}\s?\d{2}(?!\d)")),
    (PHONE, re.compile(r"(?<![\d+])(?:\+\s?33\s?(?:\(0\)\s?)?|0033\s?|0)[1-9](?:[\s.\-/]?\d{2}){4}(?!\d)")),
    (BIRTH, re.compile(rf"\b(?:née?s?|naissance|ddn|d\.d\.n\.)\b[\s:,(]*(?:le|en|du)?\s*({_DATE})", re.IGNORECASE)),
    (HEALTH, re.compile(rf"\b(?:{_HEALTH})\b", re.IGNORECASE)),
    (NAME, re.compile(rf"(?<!\w){_CIVILITY}\s+((?:{_CAP})(?:\s+(?:{_CAP}))*)")),
    (NAME, re.compile(rf"{_WHO}\s+(?:\S{{1,12}}\s+)?((?:{_CAP})(?:\s+(?:{_CAP}))?)")),
)
_PAIR = re.compile(rf"(?<![\w-])({_CAP})\s+((?:{_CAP})(?:\s+(?:{_CAP}))?)")
_FOR = re.compile(rf"\b(?:[Pp]our|[Aa]vec|[Cc]oncerne|[Cc]oncernant|[Aa]ppelée?)\s+({_WORD})(?![\w-])")
_AMBIGUOUS = """
rose marine claire aurore pascal noël martin eve ève robin simon jean marie max aide lou jade mai paul or don
florence camille dominique claude
"""
_KEYS: dict[str, Callable[[str], bool]] = {NIR: nir.is_valid, IBAN: iban.is_valid}


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something that should perhaps not be written: where it stands, what it looks like, what to write instead."""

    start: int
    end: int
    kind: str
    excerpt: str  # masked: a warning does not repeat what it warns of

    @property
    def advice(self) -> str:
        return ADVICE[self.kind]


def found_in(text: str, *, known: Iterable[str] = ()) -> list[Finding]:
    """What in a free text seems to be about one person who is helped, in the order it is written.

    `known` are names that may stand there: those of the interlocutor and of the organisation.
    """
    fine = {word for name in known for word in _folded(name).split()}
    spans = [*_shaped(text), *_named(text)]
    kept: list[Finding] = []
    for kind, start, end in spans:
        words = _folded(text[start:end]).split()
        if kind == NAME and words and all(word in fine for word in words):
            continue
        if all(end <= other.start or start >= other.end for other in kept):
            kept.append(Finding(start, end, kind, masked(text[start:end])))
    return sorted(kept)


def masked(text: str) -> str:
    """The first letter of each word, the last two digits of a number, and dots."""
    if re.search(r"\d{2}", text):
        digits = re.sub(r"\D", "", text)
        return f"•••{digits[-2:]}"
    return " ".join(f"{word[0]}•••" for word in text.split())


def _shaped(text: str) -> Iterable[tuple[str, int, int]]:
    """What has the shape of its kind: an address, a number with its key, a name after « Mme »."""
    for kind, shape in _SHAPES:
        for match in shape.finditer(text):
            start, end = match.span(1) if shape.groups else match.span()
            if kind in _KEYS and not _KEYS[kind](re.sub(r"\s", "", match.group())):
                continue
            if kind == NAME and _is_place(text, start):
                continue
            yield kind, start, end


def _named(text: str) -> Iterable[tuple[str, int, int]]:
    """A known first name before another capital, or alone after « pour »."""
    for match in _PAIR.finditer(text):
        if _is_first_name(match.group(1)) and not _is_place(text, match.start()):
            yield NAME, *match.span()
    for match in _FOR.finditer(text):
        word = match.group(1)
        if _is_first_name(word) and (word[0].isupper() or _folded(word) not in _FOLDED_AMBIGUOUS):
            yield NAME, *match.span(1)


def _is_first_name(word: str) -> bool:
    return any(_folded(part) in _FOLDED_NAMES for part in word.split("-"))


def _is_place(text: str, start: int) -> bool:
    """Is what begins at `start` the name of a street, a school, a body: « lycée Marie Curie »?"""
    before = re.findall(rf"[{_UP}{_LOW}]+", text[max(0, start - 40) : start])[-3:]
    return any(_folded(word) in _FOLDED_PLACES for word in before)


_ACCENTS = str.maketrans("àâäçéèêëîïôöùûü", "aaaceeeeiioouuu")


def _folded(text: str) -> str:
    return text.lower().translate(_ACCENTS)


_FOLDED_NAMES = frozenset(_folded(_NAMES).split())
_FOLDED_PLACES = frozenset(_folded(_PLACES).split())
_FOLDED_AMBIGUOUS = frozenset(_folded(_AMBIGUOUS).split())
