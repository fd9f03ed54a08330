"""The data module: Dataset, bundled samples, photographs, file formats, full sets."""

import functools
import gzip
import importlib.util
import io
import os
import pickle
import struct
import tarfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from book_utils import data
from book_utils.data import formats, sources
from book_utils.data.dataset import Dataset

DEBIAN = Path("/usr/share/datasets/fashion-mnist")


@functools.cache
def clothes():
    return data.fashion_mnist()


def numbered(labels, classes=3, device="cpu"):
    """A data set in which image i is one pixel of value i."""
    n = len(labels)
    images = torch.arange(n, dtype=torch.float32).reshape(n, 1, 1, 1)
    names = tuple(f"class {c}" for c in range(classes))
    labels = torch.tensor(labels, dtype=torch.int64)
    return Dataset(images.to(device), labels.to(device), names, "numbered")


label_lists = st.lists(st.integers(0, 2), min_size=1, max_size=60)


# --- Dataset ---------------------------------------------------------------------------------


@given(label_lists, st.integers(1, 70), st.booleans())
def test_batches_cover_every_example_once(labels, batch_size, shuffle):
    dataset = numbered(labels)
    batches = list(dataset.batches(batch_size, shuffle=shuffle))
    assert [len(x) for x, _ in batches[:-1]] == [batch_size] * (len(batches) - 1)
    seen = torch.cat([x.flatten() for x, _ in batches]).long()
    assert sorted(seen.tolist()) == list(range(len(labels)))
    assert torch.equal(torch.cat([y for _, y in batches]), dataset.labels[seen])


def test_a_generator_fixes_the_order_of_batches():
    dataset = numbered([0, 1, 2] * 20)

    def order(seed):
        generator = torch.Generator().manual_seed(seed)
        return torch.cat([x for x, _ in dataset.batches(7, True, generator)]).flatten().tolist()

    assert order(1) == order(1) != order(2)
    torch.manual_seed(5)
    first = torch.cat([y for _, y in dataset.batches(7, shuffle=True)])
    torch.manual_seed(5)
    assert torch.equal(first, torch.cat([y for _, y in dataset.batches(7, shuffle=True)]))


def test_shuffled_epochs_differ():
    dataset, generator = numbered([0] * 50), torch.Generator().manual_seed(0)
    first, second = (
        torch.cat([x for x, _ in dataset.batches(50, True, generator)]) for _ in range(2)
    )
    assert not torch.equal(first, second)


def test_an_empty_data_set_has_no_batches():
    empty = numbered([0, 1])[2:]
    assert len(empty) == 0
    assert list(empty.batches(4)) == list(empty.batches(4, shuffle=True)) == []


@pytest.mark.parametrize("batch_size", [0, -1, 2.0, True, None, "8"])
def test_a_bad_batch_size_is_refused_at_the_call(batch_size):
    with pytest.raises(ValueError, match="batch_size = .*at least 1"):
        numbered([0]).batches(batch_size)


@given(label_lists, st.data())
def test_a_subset_is_stratified(labels, draw):
    dataset = numbered(labels)
    n = draw.draw(st.integers(1, len(labels)))
    subset = dataset.subset(n, seed=draw.draw(st.integers(0, 9)))
    assert len(subset) == n
    picked = subset.images.flatten().long()
    assert len(set(picked.tolist())) == n
    assert torch.equal(subset.labels, dataset.labels[picked])
    exact = torch.bincount(dataset.labels, minlength=3) * n / len(labels)
    assert ((torch.bincount(subset.labels, minlength=3) - exact).abs() < 1).all()


def test_a_subset_depends_on_the_seed_alone_and_is_mixed():
    dataset = numbered([0] * 40 + [1] * 40 + [2] * 40)
    torch.manual_seed(1)
    first = dataset.subset(60)
    torch.manual_seed(2)
    assert torch.equal(first.images, dataset.subset(60).images)
    assert not torch.equal(first.images, dataset.subset(60, seed=1).images)
    assert len(set(first.labels[:20].tolist())) == 3


@pytest.mark.parametrize("n", [0, -3, 5, 2.5, True])
def test_a_subset_of_impossible_size_is_refused(n):
    with pytest.raises(ValueError, match="n = .*from 1 to 4"):
        numbered([0, 1, 2, 0]).subset(n)


def test_indexing():
    dataset = numbered([0, 1, 2, 1, 0])
    image, label = dataset[3]
    assert image.shape == (1, 1, 1) and image.item() == 3 and label == 1
    assert dataset[-1][0].item() == 4
    assert dataset[torch.tensor(2)][1] == 2
    assert len(dataset[1:3]) == 2
    assert dataset[1:3].classes == dataset.classes
    images, labels = dataset[::2]
    assert images.flatten().tolist() == [0, 2, 4] and labels.tolist() == [0, 2, 0]
    assert dataset[dataset.labels == 1].images.flatten().tolist() == [1, 3]
    assert dataset[torch.tensor([4, 0])].images.flatten().tolist() == [4, 0]
    with pytest.raises(IndexError):
        dataset[5]


def test_torch_data_loader_accepts_a_data_set():
    dataset = numbered([0, 1, 2, 1, 0])
    loader = torch.utils.data.DataLoader(dataset, batch_size=2)
    assert torch.equal(torch.cat([y for _, y in loader]), dataset.labels)


def test_repr_names_size_shape_and_device():
    assert repr(clothes()[0]) == (
        "Dataset(Fashion-MNIST sample, train: n = 10,000, images 1×28×28, 10 classes, on cpu)"
    )


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_seed_gives_one_order_on_cpu_and_gpu():
    here, there = numbered([0, 1, 2] * 9), numbered([0, 1, 2] * 9, device="cuda")

    def order(dataset):
        generator = torch.Generator().manual_seed(3)
        return torch.cat([x for x, _ in dataset.batches(5, True, generator)]).cpu()

    assert torch.equal(order(here), order(there))
    assert torch.equal(here.subset(9).images, there.subset(9).images.cpu())
    assert there.subset(9).device.type == "cuda"
    assert torch.equal(here.to("cuda").images, there.images)
    assert here.to("cpu").images is here.images


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("images", np.zeros((2, 1, 1, 1), np.float32), "images is a ndarray"),
        ("images", torch.zeros(2, 1, 1), r"images has shape \(2, 1, 1\)"),
        ("images", torch.zeros(2, 1, 1, 1, dtype=torch.uint8), "torch.uint8"),
        ("images", torch.zeros(3, 1, 1, 1), "3 images and 2 labels"),
        ("labels", torch.zeros(2, dtype=torch.int32), "torch.int32"),
        ("labels", torch.zeros(2, 1, dtype=torch.int64), r"labels has shape \(2, 1\)"),
        ("labels", torch.tensor([0, 3]), "from 0 to 3: with 3 classes"),
        ("labels", torch.tensor([-1, 0]), "from -1 to 0"),
        ("labels", torch.zeros(2, dtype=torch.int64, device="meta"), "cpu and labels on meta"),
        ("classes", (), "with 0 classes"),
    ],
)
def test_a_data_set_that_does_not_fit_together_is_refused(field, value, message):
    with pytest.raises(ValueError, match=message):
        replace(numbered([0, 1]), **{field: value})


# --- bundled samples ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("load", "sizes"), [(data.fashion_mnist, (10_000, 2_000)), (data.mnist, (4_000, 1_000))]
)
def test_samples_are_stratified_and_in_the_unit_range(load, sizes):
    for dataset, size in zip(load(), sizes, strict=True):
        assert dataset.images.shape == (size, 1, 28, 28)
        assert dataset.images.dtype == torch.float32 and dataset.images.is_contiguous()
        assert dataset.images.min() == 0 and dataset.images.max() == 1
        assert torch.bincount(dataset.labels).tolist() == [size // 10] * 10
        assert len(dataset.classes) == 10
        pixels = (dataset.images * 255).round().byte().numpy()
        distinct = {image.tobytes() for image in pixels}
        assert len(distinct) > 0.99 * size  # the originals hold a few exact duplicates


def test_labels_belong_to_the_images():
    """The mean image of each class, made from the training sample, recognises most test images."""
    for load, floor in ((data.fashion_mnist, 0.6), (data.mnist, 0.75)):
        train, test = load()
        means = torch.stack([train[train.labels == c].images.mean(0) for c in range(10)])
        nearest = torch.cdist(test.images.flatten(1), means.flatten(1)).argmin(1)
        assert (nearest == test.labels).float().mean() > floor


def test_the_default_call_is_quick():
    seconds = []
    for _ in range(3):
        start = time.process_time()  # what a busy neighbour does is not counted
        data.fashion_mnist()
        seconds.append(time.process_time() - start)
    assert min(seconds) < 0.3


def test_cifar10_says_that_it_has_no_sample():
    with pytest.raises(ValueError, match=r"full=True.*data.fashion_mnist"):
        data.cifar10()


def test_the_samples_are_small():
    sizes = {path.name: path.stat().st_size for path in data.SAMPLES.iterdir() if path.is_file()}
    assert sum(sizes.values()) < 7e6, sizes


def test_every_bundled_picture_has_its_licence():
    licences = (data.SAMPLES / "LICENSES.md").read_text("utf-8")
    assert [p.name for p in data.SAMPLES.glob("*.png") if f"`{p.name}`" not in licences] == []


# --- photographs -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", data.PHOTOS)
def test_photographs(name):
    photo = data.photo(name)
    assert photo.dtype == torch.float32 and photo.ndim == 3 and photo.shape[0] == 3
    assert min(photo.shape[1:]) == 256
    assert photo.min() >= 0 and photo.max() <= 1 and photo.std() > 0.1
    small = data.photo(name, size=64)
    assert min(small.shape[1:]) == 64
    assert max(small.shape[1:]) == round(max(photo.shape[1:]) / 4)
    torch.testing.assert_close(small.mean((1, 2)), photo.mean((1, 2)), atol=0.01, rtol=0)


def test_photograph_pixels_are_those_of_the_file():
    photo = data.photo("coffee")
    with Image.open(data.SAMPLES / "photo_coffee.png") as picture:
        red, green, blue = picture.getpixel((30, 20))
    assert (photo[:, 20, 30] * 255).round().tolist() == [red, green, blue]


def test_an_unknown_photograph_lists_those_there_are():
    with pytest.raises(ValueError, match=r"'lena'.*astronaut, camera, chelsea, coffee"):
        data.photo("lena")


@pytest.mark.parametrize("size", [0, -1, 2049, 1.5, True, "64"])
def test_a_bad_photograph_size_is_refused(size):
    with pytest.raises(ValueError, match=r"size = .*1 to 2,048"):
        data.photo("camera", size=size)


# --- formats -----------------------------------------------------------------------------------


def idx_bytes(array):
    return (
        bytes([0, 0, 8, array.ndim])
        + struct.pack(f">{array.ndim}I", *array.shape)
        + array.tobytes()
    )


@settings(max_examples=30)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=3), st.booleans())
def test_idx_round_trip(tmp_path_factory, shape, zipped):
    array = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    content = idx_bytes(array)
    path = tmp_path_factory.mktemp("idx") / "file"
    path.write_bytes(gzip.compress(content) if zipped else content)
    read = formats.idx(path, len(shape))
    assert read.shape == tuple(shape) and np.array_equal(read, array)


GOOD_IDX = idx_bytes(np.arange(24, dtype=np.uint8).reshape(2, 3, 4))
ZIPPED_IDX = gzip.compress(GOOD_IDX, mtime=0)  # the clock would give each worker other test names


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not an IDX file"),
        (GOOD_IDX[:10], "not an IDX file"),
        (GOOD_IDX[:-1], "holds 23 bytes"),
        (GOOD_IDX + b"x", "holds 25 bytes"),
        (b"<html>not found</html>", "not an IDX file"),
        (idx_bytes(np.zeros(4, np.uint8)), "with 3 dimensions"),
        (ZIPPED_IDX[:-12], "gzip stream is damaged"),
        (ZIPPED_IDX[:14] + b"!!" + ZIPPED_IDX[16:], "is damaged"),
    ],
)
def test_a_damaged_idx_file_is_refused(tmp_path, content, message):
    path = tmp_path / "images"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        formats.idx(path, 3)


class Python2Pickler(pickle._Pickler):
    """Writes byte strings and names as Python 2 did, which is how CIFAR-10 is published."""

    def save_byte_string(self, value):
        value = value.encode("ascii") if isinstance(value, str) else value
        self.write(pickle.BINSTRING + struct.pack("<i", len(value)) + value)
        self.memoize(value)

    def save_global(self, obj, name=None):
        module = obj.__module__.replace("numpy._core", "numpy.core")
        self.write(f"c{module}\n{name or obj.__name__}\n".encode())

    dispatch = {
        **pickle._Pickler.dispatch,
        bytes: save_byte_string,
        str: save_byte_string,
        type: save_global,
        type(np.empty(0).__reduce__()[0]): save_global,
    }


def cifar10_batch(images, labels, name="data_batch_1"):
    stream = io.BytesIO()
    content = {"batch_label": "of the test", "labels": labels.tolist(), "filenames": [name]}
    Python2Pickler(stream, 2).dump({**content, "data": images.reshape(len(images), -1)})
    return stream.getvalue()


def write_cifar10(path, replaced=None, extra=()):
    """Write an archive of six small batches in the published format; return the arrays in it."""
    rng = np.random.default_rng(0)
    names = [*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"]
    arrays = {
        name: (rng.integers(0, 256, (4, 3, 32, 32), np.uint8), rng.integers(0, 10, 4, np.uint8))
        for name in names
    }
    files = {f"cifar-10-batches-py/{name}": cifar10_batch(*arrays[name]) for name in names}
    files["cifar-10-batches-py/readme.html"] = b"<html></html>"
    files |= {f"cifar-10-batches-py/{name}": body for name, body in (replaced or {}).items()}
    with tarfile.open(path, "w:gz") as archive:
        for name, body in files.items():
            if body is not None:
                member = tarfile.TarInfo(name)
                member.size = len(body)
                archive.addfile(member, io.BytesIO(body))
        for member in extra:
            archive.addfile(member)
    return arrays


@pytest.fixture
def local_cifar10(tmp_path, monkeypatch):
    monkeypatch.setenv("CONVNETS_DATA", str(tmp_path))
    (tmp_path / "cifar10").mkdir()
    return tmp_path / "cifar10" / "cifar-10-python.tar.gz"


def test_cifar10_is_read_from_the_published_format(local_cifar10):
    arrays = write_cifar10(local_cifar10)
    train, test = data.cifar10(full=True)
    assert train.images.shape == (20, 3, 32, 32) and test.images.shape == (4, 3, 32, 32)
    images, labels = arrays["data_batch_3"]
    assert torch.equal(train[8:12].images, torch.from_numpy(images).float() / 255)
    assert train[8:12].labels.tolist() == labels.tolist()
    assert test.labels.tolist() == arrays["test_batch"][1].tolist()
    assert train.classes[3] == "cat" and train.name == "CIFAR-10, train"


class Hostile:
    def __reduce__(self):
        return os.system, ("touch pwned",)


@pytest.mark.parametrize(
    ("replaced", "message"),
    [
        ({"data_batch_2": None}, "lacks data_batch_2"),
        ({"test_batch": b"not a pickle"}, "batch of the archive is damaged"),
        ({"test_batch": pickle.dumps({b"data": 1})}, "batch of the archive is damaged"),
        ({"test_batch": pickle.dumps(Hostile())}, r"asks for (posix|nt)\.system"),
    ],
)
def test_a_bad_cifar10_archive_is_refused(tmp_path, monkeypatch, replaced, message):
    monkeypatch.chdir(tmp_path)
    write_cifar10(tmp_path / "cifar.tar.gz", replaced)
    with pytest.raises(ValueError, match=message):
        formats.cifar10(tmp_path / "cifar.tar.gz")
    assert [path.name for path in tmp_path.iterdir()] == ["cifar.tar.gz"]


@pytest.mark.parametrize("keep", [0, 20, 5_000, -9])
def test_a_truncated_cifar10_archive_is_refused(tmp_path, keep):
    path = tmp_path / "cifar.tar.gz"
    write_cifar10(path)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(ValueError, match="damaged|lacks"):
        formats.cifar10(path)


def test_no_name_in_a_cifar10_archive_reaches_the_disk(tmp_path, monkeypatch):
    (tmp_path / "inside").mkdir()
    monkeypatch.chdir(tmp_path / "inside")
    link = tarfile.TarInfo("cifar-10-batches-py/data_batch_1")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    outside = tarfile.TarInfo("../../escaped")
    arrays = write_cifar10(tmp_path / "cifar.tar.gz", extra=(link, outside))
    images, _ = formats.cifar10(tmp_path / "cifar.tar.gz")["train"]
    assert np.array_equal(images[:4], arrays["data_batch_1"][0])
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["cifar.tar.gz", "inside"]


# --- the full Fashion-MNIST ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def full_clothes():
    if not DEBIAN.is_dir():
        where = "the package dataset-fashion-mnist is not installed"
        pytest.fail(where) if os.environ.get("CI") else pytest.skip(where)
    return data.fashion_mnist(full=True)


@pytest.mark.full_data
def test_the_full_set_is_found_where_debian_puts_it(full_clothes):
    train, test = full_clothes
    assert train.images.shape == (60_000, 1, 28, 28) and test.images.shape == (10_000, 1, 28, 28)
    assert torch.bincount(train.labels).tolist() == [6_000] * 10
    assert torch.bincount(test.labels).tolist() == [1_000] * 10
    assert train.classes[train.labels[0]] == "Ankle boot"


@pytest.mark.full_data
def test_the_sample_is_drawn_from_the_full_set(full_clothes):
    """make_samples.py, run again on the full set, draws the very images that are bundled."""
    spec = importlib.util.spec_from_file_location("make_samples", data.SAMPLES / "make_samples.py")
    make_samples = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make_samples)
    rng = np.random.default_rng(make_samples.SEED)
    for full, sample in zip(full_clothes, clothes(), strict=True):
        chosen = make_samples.draw(full.labels.numpy(), len(sample), rng)
        assert torch.equal(full.images[chosen], sample.images)
        assert torch.equal(full.labels[chosen], sample.labels)


def test_torchvision_folder_names_are_found(tmp_path, monkeypatch):
    """Uncompressed files, as torchvision leaves them, below CONVNETS_DATA."""
    monkeypatch.setenv("CONVNETS_DATA", str(tmp_path))
    folder = tmp_path / "MNIST" / "raw"
    folder.mkdir(parents=True)
    for split, n in (("train", 20), ("t10k", 10)):
        images = np.full((n, 28, 28), 51, np.uint8)
        labels = np.arange(n, dtype=np.uint8) % 10
        (folder / f"{split}-images-idx3-ubyte").write_bytes(idx_bytes(images))
        (folder / f"{split}-labels-idx1-ubyte").write_bytes(idx_bytes(labels))
    train, test = data.mnist(full=True)
    assert (len(train), len(test)) == (20, 10)
    assert train.labels[:11].tolist() == [*range(10), 0]
    torch.testing.assert_close(train.images.unique(), torch.tensor([0.2]))


def test_every_source_names_whole_hashes_and_several_mirrors():
    for source in (sources.FASHION_MNIST, sources.MNIST, sources.CIFAR10):
        assert len(source.mirrors) > 1
        assert all(mirror.startswith("http") and mirror.endswith("/") for mirror in source.mirrors)
        assert all(len(bytes.fromhex(digest)) == 32 for digest in source.sha256.values())
