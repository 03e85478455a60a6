import errno
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from bland_deploy.errors import InvalidInput
from bland_deploy.state.backends import open_store
from bland_deploy.state.backends.disk import sync
from bland_deploy.state.backends.files import FileStore
from bland_deploy.state.backends.words import links_needed, store_failed
from bland_deploy.state.store import Locked, StoreFailed
from tests.state.store_contract import StoreContract


class TestFileStore(StoreContract):
    @pytest.fixture
    def store(self, tmp_path):
        return FileStore(tmp_path / "state" / "production")

    @pytest.fixture
    def other(self, store, tmp_path):
        return open_store("state/production", tmp_path)


@pytest.fixture
def store(tmp_path):
    return FileStore(tmp_path / "state")


def leftovers(folder):
    return [path.name for path in folder.rglob(".*") if path.name != ".lock" and path.is_file()] + [
        path.name for path in folder.rglob(".reserved/*")
    ]


def test_files_and_folders_are_for_their_owner_only(store, tmp_path):
    store.create("camp/log/1", b"x")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "state").rglob("*")}
    assert modes == {"camp": 0o700, "log": 0o700, "1": 0o600}


def test_no_temporary_file_stays_behind(store, tmp_path):
    store.create("camp/log/1", b"x")
    store.create("camp/log/1", b"y")
    assert leftovers(tmp_path) == []


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc to see which file is synced")
def test_the_file_is_synced_before_it_has_its_name_and_the_folder_after(tmp_path):
    seen = []

    def spy(descriptor):
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        seen.append((path.name.partition("-")[0], (tmp_path / "state/camp/1").exists()))
        sync(descriptor)

    FileStore(tmp_path / "state", sync=spy).create("camp/1", b"x")
    assert seen == [(tmp_path.name.partition("-")[0], False), ("state", False), (".tmp", False), ("camp", True)]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc to see which file is synced")
def test_of_many_files_each_is_synced_before_the_first_has_its_name_and_after_the_last_was_written(tmp_path):
    folder, seen = tmp_path / "state/camp/log", []

    def spy(descriptor):
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        if folder in {path.parent, path}:
            sizes = sorted(there.stat().st_size for there in folder.glob(".tmp-*"))
            seen.append((path.name.partition("-")[0], sizes, (folder / "1").exists()))
        sync(descriptor)

    assert FileStore(tmp_path / "state", sync=spy).create_in_turn([(f"camp/log/{n}", bytes(n)) for n in (1, 2, 3)]) == 3
    assert seen == [(".tmp", [1, 2, 3], False)] * 3 + [("log", [], True)]


@pytest.mark.parametrize("bad", [1, 2, 3])
def test_many_files_that_cannot_be_synced_together_are_written_one_by_one(tmp_path, bad):
    synced = []

    def broken(descriptor):
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            synced.append(descriptor)
            if len(synced) == bad:
                raise OSError(errno.EIO, "Input/output error")

    store = FileStore(tmp_path / "state", sync=broken)
    assert store.create_in_turn([(f"camp/log/{n}", b"%d" % n) for n in (1, 2, 3)]) == 3
    assert len(synced) == bad + 3
    assert [store.read(f"camp/log/{n}") for n in (1, 2, 3)] == [b"1", b"2", b"3"]
    assert leftovers(tmp_path) == []


def test_a_failed_sync_gives_the_file_up(tmp_path):
    synced = []

    def broken(descriptor):
        synced.append(descriptor)
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EIO, "Input/output error")

    store = FileStore(tmp_path / "state", sync=broken)
    with pytest.raises(StoreFailed, match="the disk reports an error"):
        store.create("camp/1", b"x")
    assert store.read("camp/1") is None
    assert leftovers(tmp_path) == []
    assert len(synced) == 3  # two folders and the file, once


def test_what_a_killed_run_left_is_ignored_and_cleared_under_the_lock(store, tmp_path):
    store.create("camp/log/1", b"x")
    (tmp_path / "state/camp/log/.tmp-0123").write_bytes(b"half")
    store.reserve("camp/log/", 2)
    assert store.names("camp/") == ["camp/log/1"]
    with store.lock("camp/", timeout=0):
        assert leftovers(tmp_path) == []
        store.reserve("camp/log/", 2)
    assert leftovers(tmp_path) == []


def test_space_that_is_gone_is_reserved_again(store, tmp_path):
    reserved = tmp_path / "state/camp/log/.reserved"
    store.reserve("camp/log/", 3)
    for count, left in ((3, 3), (3, 2), (5, 3), (5, 0)):
        for path in list(reserved.iterdir())[left:]:
            path.unlink()
        store.reserve("camp/log/", count)
        assert len(list(reserved.iterdir())) == count
    shutil.rmtree(reserved)
    store.reserve("camp/log/", 5)
    assert len(list(reserved.iterdir())) == 5


def test_the_lock_says_who_holds_it(store, tmp_path):
    with (
        store.lock("camp/", timeout=0),
        pytest.raises(Locked, match=rf"camp is locked by process {os.getpid()} on \S+ since 20\d\d-"),
        store.lock("camp/", timeout=0.01),
    ):
        pass
    assert (tmp_path / "state/camp/.lock").read_bytes() == b""


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff"])
def test_a_lock_without_a_readable_holder_is_still_a_lock(store, tmp_path, content):
    with store.lock("camp/", timeout=0):
        (tmp_path / "state/camp/.lock").write_bytes(content)
        with pytest.raises(Locked, match="by another process"), store.lock("camp/", timeout=0):
            pass


def test_the_lock_of_a_killed_process_is_free(store, tmp_path):
    script = (
        "import os, pathlib, signal, sys\n"
        "from bland_deploy.state.backends.files import FileStore\n"
        "with FileStore(pathlib.Path(sys.argv[1])).lock('camp/', 0):\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, tmp_path / "state"], check=False)
    assert done.returncode == -signal.SIGKILL
    assert json.loads((tmp_path / "state/camp/.lock").read_bytes())["pid"] > 0
    with store.lock("camp/", timeout=0):
        pass


def test_a_link_to_nowhere_is_not_an_empty_state(tmp_path):
    (tmp_path / "state").symlink_to(tmp_path / "unmounted")
    store = FileStore(tmp_path / "state" / "production")
    for look in (lambda: store.names("camp/"), lambda: store.read("camp/manifest.json")):
        with pytest.raises(StoreFailed, match="is a link to nowhere"):
            look()
    with pytest.raises(StoreFailed):
        store.create("camp/1", b"x")


def test_a_file_in_the_place_of_the_folder_is_said_so(tmp_path):
    (tmp_path / "state").write_text("oops")
    store = FileStore(tmp_path / "state")
    for look in (
        lambda: store.names("camp/"),
        lambda: store.read("camp/1"),
        lambda: store.create("camp/1", b"x"),
        lambda: store.create("1", b"x"),
        lambda: store.lock("camp/", 0).__enter__(),
    ):
        with pytest.raises(StoreFailed, match="a file stands where a folder is needed"):
            look()


def test_a_folder_in_the_place_of_a_file_is_said_so(store, tmp_path):
    (tmp_path / "state/camp/1").mkdir(parents=True)
    assert store.create("camp/1", b"x") is False
    with pytest.raises(StoreFailed, match="a folder stands where a file is needed"):
        store.read("camp/1")


def test_a_name_cannot_leave_the_store(store):
    for name in ("../x", "/etc/x", "a/../x", ".hidden", ""):
        with pytest.raises(ValueError, match="not a name"):
            store.read(name)


def test_a_limit_on_file_sizes_is_a_clear_message_and_leaves_nothing(tmp_path):
    script = (
        "import pathlib, resource, sys\n"
        "from bland_deploy.state.backends.files import FileStore\n"
        "from bland_deploy.state.store import StoreFailed\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try:\n"
        "    FileStore(pathlib.Path(sys.argv[1])).create('camp/1', bytes(2000))\n"
        "except StoreFailed as problem:\n"
        "    print(problem.message, problem.exit_code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path / "state"], capture_output=True, text=True, check=True
    )
    assert "the file would be larger than this system allows 9" in done.stdout
    assert list((tmp_path / "state/camp").iterdir()) == []


@pytest.fixture
def tiny(tmp_path):
    """A file system of 64 KiB, where this user may mount one."""
    place = tmp_path / "tiny"
    place.mkdir()
    options = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(options, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount a file system")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def fill(folder):
    size = 4096
    with (folder / "filler").open("ab", buffering=0) as filler:
        while size:
            try:
                filler.write(bytes(size))
            except OSError:
                size //= 2


def test_a_full_disk_is_a_clear_message_and_leaves_nothing(tiny):
    store = FileStore(tiny / "state")
    store.create("camp/log/1", b"x")
    fill(tiny)
    for action in (
        lambda: store.create("camp/log/2", bytes(100)),
        lambda: store.put({"camp/keys/1": bytes(100)}),
        lambda: store.reserve("camp/log/", 1),
    ):
        with pytest.raises(StoreFailed, match="the disk is full") as caught:
            action()
        assert caught.value.help == "free some space and run again"
    assert store.names("camp/") == ["camp/log/1"]
    assert leftovers(tiny) == []


def test_reserved_space_takes_as_many_entries_as_were_promised_on_a_full_disk(tiny):
    store = FileStore(tiny / "state")
    store.reserve("camp/log/", 2)
    store.reserve("camp/log/", 2)
    fill(tiny)
    assert store.create("camp/log/1", bytes(range(200)))
    assert store.create("camp/log/2", b"receipt")
    assert (store.read("camp/log/1"), store.read("camp/log/2")) == (bytes(range(200)), b"receipt")
    with pytest.raises(StoreFailed, match="the disk is full"):
        store.create("camp/log/3", b"one too many")
    with pytest.raises(StoreFailed, match="the disk is full"):
        store.create("camp/log/3", bytes(5000))


def test_reserved_space_takes_entries_that_are_written_together_on_a_full_disk(tiny):
    store = FileStore(tiny / "state")
    store.reserve("camp/log/", 3)
    fill(tiny)
    assert store.create_in_turn([(f"camp/log/{n}", b"receipt") for n in (1, 2, 3)]) == 3
    assert [store.read(f"camp/log/{n}") for n in (1, 2, 3)] == [b"receipt"] * 3


def test_a_read_only_file_system_is_said_so(tiny):
    store = FileStore(tiny / "state")
    store.create("camp/log/1", b"x")
    subprocess.run(["mount", "-o", "remount,ro", str(tiny)], check=True)
    with pytest.raises(StoreFailed, match="read-only"):
        store.create("camp/log/2", b"x")
    with pytest.raises(StoreFailed, match="read-only"):
        store.put({"camp/keys/2": b"x"})
    with pytest.raises(StoreFailed, match=r"cannot lock .* read-only"):
        store.lock("camp/", 0).__enter__()
    assert store.read("camp/log/1") == b"x"


def test_an_error_without_words_of_its_own_is_quoted():
    failed = store_failed("read", Path("state/x"), OSError(errno.EMFILE, "Too many open files"))
    assert str(failed) == "cannot read state/x: the system reports Too many open files"
    assert failed.exit_code == 9


def test_a_file_system_without_links_is_refused():
    with pytest.raises(StoreFailed, match="no hard links"), links_needed(Path("state/x")):
        raise OSError(errno.EPERM, "Operation not permitted")
    with pytest.raises(OSError, match="disk"), links_needed(Path("state/x")):
        raise OSError(errno.EIO, "disk")


def test_an_unknown_scheme_names_what_is_known(tmp_path):
    with pytest.raises(InvalidInput, match='"s3://" is no state store') as caught:
        open_store("s3://bucket/x", tmp_path)
    assert "a folder" in caught.value.help
    assert open_store(str(tmp_path / "else"), Path("ignored")).location == str(tmp_path / "else")
