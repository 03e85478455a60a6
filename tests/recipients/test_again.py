"""Who was met before: many at once and one by one give the same, and the same as the plain way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bland_deploy.model.campaign import Recipients
from bland_deploy.model.recipient import Number, Outcome, Recipient, Row
from bland_deploy.recipients.again import meet, people_of

# digits are another person than the same digits behind a plus
IDENTITIES = st.sampled_from([f"+1415555010{digit}" for digit in range(6)] + ["14155550100", "14155550101", "0100"])


class Listed:
    """People by identity, from line 2 on; counts how often it was read."""

    name, columns = "list.csv", None

    def __init__(self, identities):
        self.identities = identities
        self.read = 0

    def rows(self):
        self.read += 1
        return iter(list(enumerate(self.identities, 2)))


def look_at(item):
    line, identity = item
    return Recipient(Row(line, {}), Number(identity, identity, True))


def met_of(identities, duplicates):
    return meet(Listed(identities), Recipients(file="list.csv", duplicates=duplicates), look_at)


def plainly(identities, duplicates):
    """The places of those who are called."""
    places = dict.fromkeys(identities)
    for at, identity in enumerate(identities):
        places[identity] = at if duplicates == "last" or places[identity] is None else places[identity]
    return sorted(places.values())


@given(st.lists(st.lists(IDENTITIES, max_size=4)), st.sampled_from(["error", "first", "last"]))
def test_many_at_once_are_told_like_one_by_one_and_like_the_plain_way(chunks, duplicates):
    identities = [identity for chunk in chunks for identity in chunk]
    one_by_one = met_of(identities, duplicates)
    left_out = [one_by_one.again(identity, line) for line, identity in enumerate(identities, 2)]
    called = [at for at, item in enumerate(left_out) if item is None]
    assert called == plainly(identities, duplicates)
    assert all((item.problem is not None) == (duplicates == "error") for item in left_out if item)

    many, found, line = met_of(identities, duplicates), [], 2
    for chunk in chunks:
        if many.all_new(people_of(chunk)):
            found += [None] * len(chunk)
        else:
            found += [many.again(identity, line + at) for at, identity in enumerate(chunk)]
        line += len(chunk)
    assert found == left_out


def test_the_list_is_read_once_more_to_name_first_rows_however_many_stand_twice():
    listed = Listed(["+14155550100", "+14155550101"] * 50)
    met = meet(listed, Recipients(file="list.csv"), look_at)
    again = [met.again(identity, line) for line, identity in listed.rows()]
    assert listed.read == 2  # by this test, and once more
    assert [item.outcome for item in again[2:]] == [Outcome.DUPLICATE] * 98
    assert all("line 2" in item.problem.message for item in again[2::2])
    assert all("line 3" in item.problem.message for item in again[3::2])


@pytest.mark.parametrize("duplicates", ["error", "first"])
def test_a_list_without_duplicates_is_not_read_again(duplicates):
    listed = Listed(["+14155550100", "+14155550101"])
    met = meet(listed, Recipients(file="list.csv", duplicates=duplicates), look_at)
    assert met.all_new(listed.identities)
    assert listed.read == 0
