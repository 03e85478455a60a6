"""Phone numbers that nobody can have: set aside for films and documents, or outside of every numbering plan."""

import re

# E.164 without the plus, as whole numbers
_SET_ASIDE = re.compile(
    r"1\d{3}55501\d\d"  # ATIS-0300115: 555-0100 to 555-0199 of every area code in North America
    r"|1[01]\d{9}|1\d{3}[01]\d{6}"  # no area code and no exchange there begins with 0 or 1
    r"|447700900\d{3}|443069990\d{3}|448081570\d{3}|449098790\d{3}"  # Ofcom, numbers for use in TV and radio drama
    r"|44(?:113|114|115|116|117|118|121|131|141|151|161)4960\d{3}|442079460\d{3}"  # the same, by city
    r"|441632960\d{3}|441914980\d{3}|442896496\d{3}|442920180\d{3}"  # the same
    r"|33(?:19900|26191|35301|46571|53649|63998)\d{4}"  # ARCEP, decision 2018-0881: numbers for audiovisual works
    r"|61491570\d{3}|61[2378](?:5550|7010)\d{4}"  # ACMA, numbers for use in creative works
    r"|999\d*"  # no country has this code
    r"|0*"
)


def is_fictional(digits: str) -> bool:
    """Whether a number, as its digits with the calling code, rings nobody."""
    return _SET_ASIDE.fullmatch(digits) is not None
