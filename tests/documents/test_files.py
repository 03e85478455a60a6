import os

import pytest

from bland_deploy.diagnostics import Place
from bland_deploy.documents.files import MAX_BYTES, Reader, Unreadable, read_bytes, read_text, resolve


@pytest.fixture
def root(tmp_path):
    (tmp_path / "secret.txt").write_text("outside")
    root = tmp_path / "workspace"
    (root / "folder").mkdir(parents=True)
    (root / "a.txt").write_bytes(b"\xef\xbb\xbfone\r\ntwo\n")
    return root


def test_a_file_is_kept_to_the_byte(root):
    assert read_bytes(root, "a.txt") == b"\xef\xbb\xbfone\r\ntwo\n"
    assert read_text(root, "a.txt") == "\ufeffone\r\ntwo\n"


@pytest.mark.parametrize(
    "name", ["../secret.txt", "folder/../../secret.txt", "/etc/passwd", "link", "linked/secret.txt"]
)
def test_no_path_leaves_the_workspace(root, name):
    (root / "link").symlink_to(root.parent / "secret.txt")
    (root / "linked").symlink_to(root.parent, target_is_directory=True)
    assert read_bytes(root, name).rule == "outside-workspace"


def test_links_and_dots_that_stay_inside_are_followed(root):
    (root / "link").symlink_to(root / "a.txt")
    assert read_bytes(root, "link") == read_bytes(root, "folder/../a.txt") == read_bytes(root, "a.txt")


@pytest.mark.parametrize("name", [".git/config", ".bland-deploy/state.key", "folder/../.GIT/config", "hidden/config"])
def test_what_git_and_the_tool_keep_for_themselves_is_not_read(root, name):
    (root / ".git").mkdir()
    (root / "hidden").symlink_to(root / ".git", target_is_directory=True)
    (root / ".git/config").write_text("token")
    assert read_bytes(root, name).rule == "outside-workspace"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("no.txt", "does not exist"),
        ("a.txt/b", "does not exist"),
        ("folder", "is a folder"),
        ("pipe", "not a regular file"),
        ("", "empty"),
        ("a\0b", "NUL"),
        ("x" * 300, "cannot be read"),
        ("loop", "cannot be read"),
        ("\ud800", "cannot be used"),
    ],
)
def test_what_cannot_be_read_is_told(root, name, words):
    os.mkfifo(root / "pipe")
    (root / "loop").symlink_to(root / "loop")
    found = read_bytes(root, name)
    assert isinstance(found, Unreadable)
    assert found.rule == "unreadable-file"
    assert words in found.message


def test_a_file_without_permission_is_told(root):
    if os.geteuid() == 0:
        assert isinstance(resolve(root, "a.txt"), os.PathLike)
        return
    (root / "a.txt").chmod(0)
    assert "may not be read" in read_bytes(root, "a.txt").message


def test_a_file_may_be_as_large_as_the_limit_and_no_larger(root):
    (root / "large").write_bytes(b"x" * MAX_BYTES)
    assert len(read_bytes(root, "large")) == MAX_BYTES
    (root / "large").write_bytes(b"x" * (MAX_BYTES + 1))
    assert read_bytes(root, "large").rule == "file-too-large"
    assert read_bytes(root, "large", limit=5).rule == "file-too-large"


@pytest.mark.parametrize(
    ("content", "rule", "place"),
    [
        (b"one\ntwo \xff", "wrong-encoding", Place("x", 2, 5)),
        (b"\xc3\xa9 \xc3(", "wrong-encoding", Place("x", 1, 3)),
        ("text".encode("utf-16"), "wrong-encoding", Place("x")),
        ("text".encode("utf-32-be"), "binary-file", Place("x", 1, 1)),
        (b"a\nbc\0", "binary-file", Place("x", 2, 3)),
    ],
)
def test_what_is_not_utf8_has_a_place_in_the_file(root, content, rule, place):
    (root / "x").write_bytes(content)
    found = read_text(root, "x")
    assert (found.rule, found.place) == (rule, place)
    assert found.diagnostic(Place("campaign.yaml", 1, 1)).place == place


def test_an_absent_file_is_told_where_it_is_named(root):
    named_at = Place("campaign.yaml", 3, 9)
    assert read_text(root, "no.txt").diagnostic(named_at).place == named_at


def test_a_reader_remembers_digests_of_what_it_read(root):
    reader = Reader(root)
    assert reader.text("a.txt") == reader.text_or_none("a.txt") == "\ufeffone\r\ntwo\n"
    assert reader.text_or_none("no.txt") is None
    assert {name: len(digest) for name, digest in reader.digests.items()} == {"a.txt": 64}
    other = reader.again()
    assert other.digests == {}
    (root / "a.txt").unlink()
    assert other.text("a.txt") == "\ufeffone\r\ntwo\n"
    assert other.digests == reader.digests


def test_a_file_that_is_not_utf8_counts_as_read(root):
    (root / "x").write_bytes(b"\xff")
    reader = Reader(root)
    assert isinstance(reader.text("x"), Unreadable)
    assert list(reader.digests) == ["x"]
