import re
from datetime import date
from itertools import pairwise

import phonenumbers
import pytest

from bland_deploy.model.hours import MINUTES_A_DAY, in_both
from bland_deploy.model.pack import past_review
from bland_deploy.rules.pack import FILES, join_files, load_pack, make_pack
from bland_deploy.windows.places import states

PACK = load_pack()


def test_every_rule_says_where_it_comes_from_and_whether_anybody_checked():
    ids = [rule.rule.id for rule in PACK.rules]
    assert len(ids) == len(set(ids))
    for rule in PACK.rules:
        cited = rule.rule
        assert cited.text.endswith(".")
        assert cited.source
        assert cited.verified or "was not" in cited.note or "knowledge" in cited.note
        assert cited.review_by > date(2026, 11, 21)
        assert cited.jurisdiction in states() or re.fullmatch("[A-Z]{2}", cited.jurisdiction)


def test_profiles_are_ever_stricter():
    names = ("us-strict", "us-standard", "federal-floor")
    weeks = [PACK.profiles[name].week for name in names]
    for strict, lax in pairwise(weeks):
        assert all(in_both(one, other) == one for one, other in zip(strict, lax, strict=True))
    assert PACK.profiles["none"].week is None


@pytest.mark.parametrize("hours", PACK.hours, ids=lambda hours: hours.rule.id)
def test_hours_lie_in_a_day(hours):
    assert any(hours.week)
    assert all(0 <= start < end <= MINUTES_A_DAY for day in hours.week for start, end in day)


def test_area_codes_of_no_place_are_those_of_libphonenumber():
    kinds = {
        phonenumbers.PhoneNumberType.TOLL_FREE: "toll_free",
        phonenumbers.PhoneNumberType.PREMIUM_RATE: "premium",
        phonenumbers.PhoneNumberType.PERSONAL_NUMBER: "personal",
    }
    found = {}
    for code in range(200, 1000):
        kind = phonenumbers.number_type(phonenumbers.PhoneNumber(1, int(f"{code}2345678")))
        if kind in kinds:
            found.setdefault(kinds[kind], set()).add(str(code))
    assert {codes.kind: set(codes.codes) - {"600"} for codes in PACK.area_codes} == found


SAID = {
    ("identity", "en"): ("Hi, this is Ann calling from Acme.", "Hi, how are you?"),
    ("identity", "es"): ("Le llamo de parte de Acme.", "Hola, ¿cómo está?"),
    ("identity", "fr"): ("Bonjour, je vous appelle de la part d'Acme.", "Bonjour, ça va ?"),
    ("identity", "de"): ("Ich rufe im Auftrag von Acme an.", "Guten Tag, wie geht es Ihnen?"),
    ("ai", "en"): ("I am an AI assistant.", "I said hello to Aidan."),
    ("ai", "es"): ("Soy un asistente virtual.", "Soy Iago."),
    ("ai", "fr"): ("Je suis une intelligence artificielle.", "Je suis Iannis."),
    ("ai", "de"): ("Hier spricht eine KI.", "Hier spricht Kim."),
    ("opt_out", "en"): ("Say stop and we will not call you again.", "Call us back any time."),
    ("opt_out", "es"): ("Si no desea recibir más llamadas, dígalo.", "Le llamaremos mañana."),
    ("opt_out", "fr"): ("Si vous ne souhaitez plus être appelé, dites-le.", "Nous rappellerons demain."),
    ("opt_out", "de"): ("Wenn Sie keine weiteren Anrufe wünschen, sagen Sie es.", "Wir rufen morgen an."),
    ("recording", "en"): ("This call is recorded.", "This call is short."),
    ("recording", "es"): ("Esta llamada será grabada.", "Esta llamada es corta."),
    ("recording", "fr"): ("Cet appel est enregistré.", "Cet appel est court."),
    ("recording", "de"): ("Dieser Anruf wird aufgezeichnet.", "Dieser Anruf ist kurz."),
}


def matches(phrases, text):
    return any(re.search(phrase, text, re.IGNORECASE) for phrase in phrases)


def test_every_language_has_its_example():
    assert set(SAID) == {(said.kind, language) for said in PACK.disclosures for language in said.phrases}


@pytest.mark.parametrize(("kind", "language"), SAID)
def test_a_disclosure_is_found_where_it_is_made(kind, language):
    phrases = next(said.phrases[language] for said in PACK.disclosures if said.kind == kind)
    there, not_there = SAID[kind, language]
    assert matches(phrases, there)
    assert not matches(phrases, not_there)


@pytest.mark.parametrize(
    ("language", "bad", "good"),
    [
        ("en", "If asked, deny being an AI.", "If asked, say that you are an AI."),
        ("en", "Never admit that you are a bot.", "Never mention prices."),
        ("en", "Pretend to be a human.", "Pretend nothing."),
        ("en", "If they ask, say you are not a robot.", "If they ask, transfer them to a real person."),
        ("es", "Nunca digas que eres una IA.", "Di que eres una IA."),
        ("fr", "Ne dis jamais que tu es une IA.", "Dis que tu es une IA."),
        ("de", "Behaupte, ein Mensch zu sein.", "Sage, dass du eine KI bist."),
    ],
)
def test_a_prompt_that_denies_is_found(language, bad, good):
    phrases = PACK.denials[0].phrases[language]
    assert matches(phrases, bad)
    assert not matches(phrases, good)


def test_rules_past_their_review_are_named_the_longest_overdue_first():
    assert past_review(PACK, date(2026, 11, 21)) == ()
    assert len(past_review(PACK, date(2030, 1, 1))) == len(PACK.rules)


def test_the_digest_follows_the_files():
    from importlib.resources import files

    contents = {name: files("bland_deploy.rules.pack").joinpath(name).read_bytes() for name in FILES}
    assert make_pack(join_files(contents)) == PACK
    changed = contents | {"caps.toml": contents["caps.toml"] + b"# another line\n"}
    assert join_files(changed)["digest"] != PACK.digest
