"""Original files are fetched whole and checked or not at all, go on where they broke off, and can be given up."""

import hashlib
import os
import socket

import pytest
from layerlab.originals.fetcher import Fetcher, NoSuchOriginal
from layerlab.originals.places import parts_there
from layerlab.originals.sets import ORIGINALS

from tests.backend.originals.publishing import Published, publishing, small_mnist, wait_until


@pytest.fixture
def published(tmp_path):
    with publishing(Published(small_mnist(tmp_path / "published"))) as found:
        yield found


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "originals"


def fetcher_of(published: Published, folder, **more) -> Fetcher:
    return Fetcher(folder, sets=(published.original(),), **more)


def rest(fetcher: Fetcher):
    """The one set, once its transfer has come to an end."""

    def ended():
        (view,) = fetcher.originals()
        return view if view.status != "fetching" else None

    return wait_until(ended)


def names_in(folder) -> list[str]:
    """The files of the set; where there are none, its folder is gone too."""
    names = sorted(path.name for path in folder.rglob("*") if path.is_file())
    assert names or not (folder / "mnist").exists()
    return names


def test_all_files_arrive_as_they_were_published(published, folder):
    fetcher = fetcher_of(published, folder)
    (before,) = fetcher.originals()
    assert (before.status, before.received, before.parts) == ("missing", 0, [])
    assert before.size == sum(map(len, published.files.values()))
    assert before.folder == str(folder / "mnist")
    assert before.files == list(published.files)
    fetcher.start("mnist")
    after = rest(fetcher)
    assert (after.status, after.message, after.parts) == ("ready", None, ["train", "test"])
    assert after.received == after.size
    assert {path.name: path.read_bytes() for path in (folder / "mnist").iterdir()} == published.files
    assert published.asked == [(name, None) for name in published.files]


def test_what_is_there_is_not_fetched_again(published, folder):
    names = list(published.files)
    (folder / "mnist").mkdir(parents=True)
    for name in names[2:]:
        (folder / "mnist" / name).write_bytes(published.files[name])
    fetcher = fetcher_of(published, folder)
    (view,) = fetcher.originals()
    assert (view.status, view.parts) == ("ready", ["test"])
    assert view.message == "Only the test part is there. Fetching adds the training part."
    fetcher.start("mnist")
    assert rest(fetcher).parts == ["train", "test"]
    assert [name for name, _ in published.asked] == names[:2]
    fetcher.start("mnist")
    assert rest(fetcher).status == "ready"
    assert len(published.asked) == 2


@pytest.mark.parametrize("takes_ranges", [True, False])
def test_a_broken_transfer_goes_on(published, folder, takes_ranges):
    first = next(iter(published.files))
    published.breaks_after = 1000
    fetcher = fetcher_of(published, folder)
    fetcher.start("mnist")
    view = rest(fetcher)
    assert view.status == "failed"
    assert view.message == (
        f"The transfer of {first} broke off after 1000 of {len(published.files[first])} bytes. "
        "Fetch it again: what has arrived is kept, and it goes on from there."
    )
    assert view.received == 1000
    assert names_in(folder) == [f"{first}.part"]
    published.breaks_after, published.takes_ranges = None, takes_ranges
    later = fetcher_of(published, folder)  # as after a restart of the server
    assert later.originals()[0].received == 1000
    later.start("mnist")
    assert rest(later).status == "ready"
    assert published.asked[1] == (first, "bytes=1000-")
    assert {path.name: path.read_bytes() for path in (folder / "mnist").iterdir()} == published.files


def test_a_transfer_can_be_given_up_and_gone_on_with(published, folder):
    first = next(iter(published.files))
    published.stalls_after = 5000
    fetcher = fetcher_of(published, folder, patience=3)
    assert fetcher.start("mnist").status == "fetching"
    wait_until(lambda: fetcher.originals()[0].received == 5000)
    assert fetcher.start("mnist").status == "fetching"
    assert len(published.asked) == 1
    view = fetcher.cancel("mnist")
    assert (view.status, view.received, view.message) == ("missing", 5000, None)
    again = fetcher.start("mnist")
    assert again.status == "fetching"
    published.stalls_after = None
    assert rest(fetcher).status == "ready"
    assert published.asked[1] == (first, "bytes=5000-")
    assert {path.name: path.read_bytes() for path in (folder / "mnist").iterdir()} == published.files


def test_one_that_ends_while_it_is_looked_at_is_never_told_to_be_missing(published, folder, monkeypatch):
    fetcher = fetcher_of(published, folder)

    def look_and_wait(*args):
        found = parts_there(*args)
        fetcher._tries["mnist"].thread.join()
        return found

    published.stalls_after = 1000
    fetcher.start("mnist")
    wait_until(lambda: fetcher.originals()[0].received == 1000)
    monkeypatch.setattr("layerlab.originals.fetcher.parts_there", look_and_wait)
    published.stalls_after = None
    published.goes_on.set()
    view = fetcher.originals()[0]
    assert (view.status, view.received) == ("fetching", view.size)
    assert fetcher.originals()[0].status == "ready"


def test_a_file_that_is_whole_while_it_is_looked_at_counts_as_whole(published, folder, monkeypatch):
    fetcher = fetcher_of(published, folder)
    (folder / "mnist").mkdir(parents=True)
    for name, data in published.files.items():
        (folder / "mnist" / f"{name}.part").write_bytes(data)

    def become_whole(folder, file):
        (folder / f"{file.name}.part").rename(folder / file.name)
        return folder / f"{file.name}.part"

    monkeypatch.setattr("layerlab.originals.fetcher.part_of", become_whole)
    (view,) = fetcher.originals()
    assert view.received == view.size


def test_another_file_than_the_published_one_does_not_stay(published, folder):
    fetcher = fetcher_of(published, folder)
    first, data = next(iter(published.files.items()))
    changed = published.files[first] = data[:-1] + bytes([data[-1] ^ 1])
    fetcher.start("mnist")
    view = rest(fetcher)
    assert view.status == "failed"
    assert f"is not the published {first}: its MD5 is {hashlib.md5(changed).hexdigest()}, not" in view.message
    assert hashlib.md5(data).hexdigest() in view.message
    assert names_in(folder) == []


def test_no_more_is_taken_than_the_file_has(published, folder):
    fetcher = fetcher_of(published, folder)
    first, data = next(iter(published.files.items()))
    published.files[first] = data + bytes(1_000_000)
    fetcher.start("mnist")
    assert f"sends more than the {len(data)} bytes that {first} has" in rest(fetcher).message
    assert names_in(folder) == []


def test_a_file_that_is_not_published_there(published, folder):
    fetcher = fetcher_of(published, folder)
    published.files = {}
    fetcher.start("mnist")
    view = rest(fetcher)
    assert (view.status, view.received) == ("failed", 0)
    assert view.message.startswith("127.0.0.1 answered 404 Not Found for http://127.0.0.1:")
    assert names_in(folder) == []


def test_a_way_that_is_not_encrypted_is_not_followed(published, folder):
    fetcher = fetcher_of(published, folder)
    published.elsewhere = published.address + "/elsewhere"
    fetcher.start("mnist")
    assert rest(fetcher).message.startswith("127.0.0.1 answered 302 Found for ")
    assert len(published.asked) == 1


def test_no_network_is_said_in_words(published, folder):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        fetcher = fetcher_of(published, folder, addresses={"mnist": f"http://127.0.0.1:{unused.getsockname()[1]}/"})
        fetcher.start("mnist")
        view = rest(fetcher)
    assert view.message == (
        "127.0.0.1 cannot be reached: Connection refused. "
        "Is there a network? Without one, put the files into the folder by hand."
    )
    fetcher = fetcher_of(published, folder, addresses={"mnist": "http://nowhere.invalid/mnist"})
    fetcher.start("mnist")
    view = rest(fetcher)
    assert view.message.startswith("nowhere.invalid cannot be reached: ")
    assert view.source == "http://nowhere.invalid/mnist"


def test_silence_does_not_last_for_ever(published, folder):
    published.stalls_after = 100
    fetcher = fetcher_of(published, folder, patience=1)
    fetcher.start("mnist")
    view = rest(fetcher)
    assert (view.status, view.received) == ("failed", 100)
    assert "broke off" in view.message


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to this user")
def test_a_folder_that_cannot_be_written(published, folder):
    folder.mkdir(mode=0o500)
    fetcher = fetcher_of(published, folder)
    fetcher.start("mnist")
    assert "cannot be written into" in rest(fetcher).message


def test_a_file_where_the_folder_should_be(published, folder):
    folder.write_bytes(b"")
    fetcher = fetcher_of(published, folder)
    fetcher.start("mnist")
    assert f"cannot be written into {folder / 'mnist'}: " in rest(fetcher).message


def test_no_room_on_the_disk(published, folder, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Usage", (), {"free": 10_000})())
    fetcher = fetcher_of(published, folder)
    fetcher.start("mnist")
    assert "MB more, and 0.0 MB are free" in rest(fetcher).message
    assert published.asked == []


def test_what_nobody_publishes_cannot_be_fetched(folder):
    fetcher = Fetcher(folder)
    for act in (fetcher.start, fetcher.cancel):
        with pytest.raises(NoSuchOriginal, match=r"no original files of spiral.*mnist, fashion_mnist, cifar10"):
            act("spiral")
    assert not folder.exists()


def test_the_published_addresses_are_encrypted():
    assert all(original.address.startswith("https://") for original in ORIGINALS)
