import orjson
import pytest

from bland_deploy.model.entries import Link, Manifest, Receipt
from bland_deploy.state.sealed import Damaged, Forked, Newer, _seal, seal, unseal
from tests.state.building import AT, manifest

LINK = Link(previous="1" * 64, entry=Receipt(at=AT, attempt="abcdefghij234567", batch_id="b-1"))


def test_a_file_of_the_log_is_one_line_of_json_with_sorted_keys_and_its_digest():
    assert seal(LINK) == (
        b'{"entry":{"at":"2026-03-02T15:00:00Z","attempt":"abcdefghij234567","batch_id":"b-1","kind":"receipt"},'
        b'"previous":"1111111111111111111111111111111111111111111111111111111111111111",'
        b'"sha256":"193e49e41a480463980e19b161c0f9df0ae39781824394b689cb4cae842abb59"}\n'
    )


@pytest.mark.parametrize("value", [LINK, manifest()])
def test_what_was_sealed_is_read_back(value):
    assert unseal("x", seal(value), type(value)) == value


@pytest.mark.parametrize(
    ("data", "kind", "message"),
    [
        (b"", Damaged, "x is cut off after 0 bytes"),
        (seal(LINK)[:100], Damaged, "x is cut off after 100 bytes"),
        (b"\0" * 100, Damaged, "x is cut off after 100 bytes"),
        (b"nonsense\n", Damaged, "x cannot be read: it is no JSON"),
        (b"[]\n", Damaged, "x is no file of the log"),
        (b"{}\n", Damaged, "x is no file of the log"),
        (seal(LINK).replace(b"b-1", b"b-2"), Damaged, "x was altered: its content and its digest differ"),
        (seal(LINK).replace(b",", b", "), Damaged, "x was altered: its content and its digest differ"),
        (seal(LINK).replace(b"\n", b"\r\n"), Damaged, "x was altered: its content and its digest differ"),
        (b"<<<<<<< ours\n{}\n=======\n", Forked, "x holds a merge conflict: two copies of the state were written to"),
        (_seal({"entry": {"kind": "surprise"}}), Newer, "x was written by another version of bland-deploy"),
    ],
)
def test_each_damage_has_its_message(data, kind, message):
    with pytest.raises(kind) as caught:
        unseal("x", data, Link)
    assert (str(caught.value), caught.value.exit_code) == (message, 9)
    assert caught.value.help


def test_a_newer_format_or_field_asks_for_an_upgrade():
    document = manifest().model_dump(exclude_none=True)
    for change in ({"format": 2}, {"surprise": 1}):
        with pytest.raises(Newer) as caught:
            unseal("x", _seal(document | change), Manifest)
        assert caught.value.help == "upgrade bland-deploy"


def test_absent_fields_are_left_out():
    assert b"null" not in seal(manifest().model_copy(update={"account": None, "by": None}))
    assert "by" not in orjson.loads(seal(LINK))["entry"]
