"""Canaries: people, values and keys that must never be seen, in every shape in which they could show themselves."""

NUMBER = "+14155550177"
OTHER = "+14155550178"
NAME = "Zyxwilda"
VALUE = "canary-7f3a-value"
API_KEY = "sk-canary-6c1e9d"
STATE_KEY = "c0ffee11" * 8
TOKEN = "canary-token-of-the-job"

NUMBERS = (
    *(number[start:] for number in (NUMBER, OTHER) for start in (0, 2, 5)),
    "415-555-0177",
    "(415) 555-0177",
    "415 555 0177",
)
KEYS = (API_KEY, STATE_KEY, STATE_KEY.upper(), TOKEN)
WORDS = (NAME, VALUE)


def seen(text, words):
    """The canaries in a text."""
    return [word for word in words if word in text]


def people(*more):
    """A list in CSV."""
    return f"phone_number,name,account\n{NUMBER},{NAME},{VALUE}\n{OTHER},{NAME},{VALUE}\n" + "".join(more)


ROW = {"phone_number": NUMBER, "name": NAME, "account": VALUE}
LIST = {"recipients": {"file": "people.csv"}}
