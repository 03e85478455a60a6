"""Texts as lists hold them: numbers of every country, damaged, punctuated and prefixed in every way we know of."""

from random import Random

import phonenumbers

COUNTRIES = tuple(sorted(phonenumbers.SUPPORTED_REGIONS))
CODES = tuple(str(code) for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
NOISE = " ().-/x+*#\t~,;٠３ext"
TYPES = range(11)


def examples(country):
    found = [phonenumbers.example_number_for_type(country, kind) for kind in TYPES]
    return [(str(number.country_code), phonenumbers.national_significant_number(number)) for number in found if number]


EXAMPLES = {country: examples(country) for country in COUNTRIES}


def national_of(random, example):
    """An example's digits: some exchanged, sometimes one more or one less, sometimes all made up."""
    if random.random() < 0.1:
        return "".join(random.choices("0123456789", k=random.randrange(1, 18)))
    digits = list(example)
    for _ in range(random.choice((0, 1, 2, 6))):
        digits[random.randrange(len(digits))] = random.choice("0123456789")
    if random.random() < 0.1:
        digits.insert(random.randrange(len(digits) + 1), random.choice("0123456789"))
    if random.random() < 0.1:
        digits.pop()
    return "".join(digits)


def prefix_of(random, code):
    usual = (f"+{code}", f"+{code}", f"+{code}", "", "")
    odd = (code, "0", "00", "1", "8", "+", f"+{code}0", f"00{code}", f"011{code}", f"(+{code})", f"++{code}")
    return random.choice(usual if random.random() < 0.6 else (*odd, f"+{random.choice(CODES)}"))


def make_text(random, country):
    """One text, near to a number of a country."""
    code, example = random.choice(EXAMPLES[country])
    text = list(prefix_of(random, code) + national_of(random, example))
    if random.random() < 0.3:
        for _ in range(random.randrange(1, 5)):
            text.insert(random.randrange(len(text) + 1), random.choice(NOISE))
    return "".join(text)


def make_pairs(seed, count):
    """Pairs of a text and the default country to read it in: its own, none, or another one.

    Country by country, since the library compiles its expressions again when it has met too many others.
    """
    random = Random(seed)
    for index in range(count):
        country = COUNTRIES[index * len(COUNTRIES) // count]
        yield make_text(random, country), random.choice((country, country, None, "US", "DE"))
