"""The image lab under mouse, touch and keyboard, from disk and offline; PyTorch is the oracle."""

import base64
import io
import re

import pytest
import torch
from PIL import Image
from playwright.sync_api import expect

from book_utils.explorables import ImageLab
from book_utils.ops import KERNELS
from tests.browser.lab_page import LabHand, pixels, soon

# Hands a file over as the browser does when one is pasted or dropped; without bytes, text alone.
HAND_OVER = """(lab, [type, name, kind, bytes]) => {
  const data = new DataTransfer();
  const content = () => Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0));
  if (bytes) data.items.add(new File([content()], name, { type: kind }));
  else data.setData("text/plain", name);
  const options = { bubbles: true, cancelable: true };
  const target = lab.querySelector("[role=application]");
  if (type === "drop") {
    target.dispatchEvent(new DragEvent("dragover", { ...options, dataTransfer: data }));
    target.dispatchEvent(new DragEvent("drop", { ...options, dataTransfer: data }));
  } else target.dispatchEvent(new ClipboardEvent("paste", { ...options, clipboardData: data }));
}"""


class ImageHand(LabHand):
    """A mounted image lab: its pictures as numbers."""

    def picture(self, which="after"):
        """The pixels of the photograph or of the output: (height, width, 3) bytes."""
        self.settle()
        canvas = self.root.locator(".cnl-photo canvas").nth(("before", "after").index(which))
        return pixels(canvas)[..., :3]

    def must_show(self, lab, case=""):
        """Compare the output with what `lab` computes: a decoder may differ by a step or two."""
        shown = (255 * lab.shown).expand(3, -1, -1).permute(1, 2, 0)
        gain = max(1.0, lab.weights.abs().sum().item())

        def is_right():
            found = self.picture()
            assert found.shape == shown.shape, case
            assert (found - shown).abs().max() <= 1.5 * gain, case
            assert (found - shown).abs().mean() < 1, case

        soon(is_right)  # a photograph that was chosen is decoded first

    def open_file(self, name, content, kind=""):
        """Choose a file and return what the lab says of it."""
        field = self.root.locator("input[type=file]").first
        field.set_input_files({"name": name, "mimeType": kind, "buffer": content})
        return self.said_of(name)

    def hand_over(self, how, name, content, kind=""):
        """Paste or drop a file and return what the lab says of it."""
        packed = base64.b64encode(content).decode()
        self.root.evaluate(HAND_OVER, [how, name, kind, packed])
        return self.said_of(name)

    def said_of(self, name):
        """What the lab says of a file when it has read it."""
        said = re.compile(rf"“{re.escape(name)}”.*(machine|stays)\.$")
        expect(self.message).to_have_text(said, timeout=30_000)  # a large picture takes its time
        return self.message.inner_text()

    @property
    def sum(self):
        """The sum written out: in full where *More settings* is open, else in a line."""
        self.settle()
        in_full = self.root.locator(".cnl-in-full p").first
        return (in_full if in_full.count() else self.root.locator(".cnl-sum")).inner_text()

    @property
    def stage(self):
        """The pictures, which take the focus and the pointer."""
        return self.root.get_by_role("application")


@pytest.fixture(scope="module")
def small():
    """A noisy little picture that is wider than high."""
    noise = torch.rand(3, 20, 28, generator=torch.Generator().manual_seed(0))
    return {"noise": noise * 0.5 + 0.25}


@pytest.fixture
def open_lab(open_labs):
    def open_lab(lab, offline=True, **options):
        hand = ImageHand(open_labs(lab, offline=offline, **options), lab.name)
        hand.root.locator(".cnl-photo canvas").nth(1).wait_for()
        hand.open()  # there is nothing to open before there is a picture
        return hand

    return open_lab


# What it computes


def test_every_preset(open_lab, small):
    lab = open_lab(ImageLab("identity", photos=small))
    for name in KERNELS:
        lab.choose("Kernel", name)
        lab.must_show(ImageLab(name, photos=small), name)


def test_every_setting_together(open_lab, small):
    lab = open_lab(ImageLab("box blur", photos=small))
    lab.root.get_by_role("switch", name="colour").check()
    lab.choose("Padding", "reflect")
    lab.choose("Shown as", "0.5 + y/2")
    for name, key in (("Kernel size", "End"), ("Stride", "ArrowRight"), ("Bias", "ArrowLeft")):
        lab.slider(name).press(key)
    lab.must_show(
        ImageLab(
            torch.full((11, 11), 1 / 121),
            photos=small,
            colour=True,
            mode="reflect",
            show="shift",
            stride=2,
            bias=-0.01,
        )
    )


def test_every_padding(open_lab, small):
    lab = open_lab(ImageLab("unsharp", photos=small))
    for mode in ("reflect", "replicate", "circular", "none", "zeros"):
        lab.choose("Padding", mode)
        lab.must_show(ImageLab("unsharp", photos=small, mode=mode), mode)


def test_weights_typed_by_hand_and_divided_by_their_sum(open_lab, small):
    lab = open_lab(ImageLab("box blur", photos=small))
    for column, value in enumerate((1, 2, 3)):
        lab.cell("kernel", 0, column).focus()
        lab.page.keyboard.type(str(value))
        lab.page.keyboard.press("Enter")
    kernel = torch.full((3, 3), 1 / 9)
    kernel[0] = torch.tensor([1.0, 2, 3])
    lab.must_show(ImageLab(kernel, photos=small))
    lab.root.get_by_role("switch", name=re.compile("^divide by the sum, 6.67")).check()
    lab.must_show(ImageLab(kernel, photos=small, normalise=True))
    lab.slider("Kernel size").press("ArrowRight")
    lab.slider("Kernel size").press("ArrowLeft")
    lab.must_show(ImageLab(kernel, photos=small, normalise=True))
    assert "not a number" in lab_message_for(lab, "abc")


def lab_message_for(lab, text):
    lab.cell("kernel", 1, 1).focus()
    lab.page.keyboard.press("Enter")
    lab.page.keyboard.type(text)
    lab.page.keyboard.press("Enter")
    return lab.message.inner_text()


def test_a_sum_is_divided_by_as_it_is_however_small(open_lab, small):
    lab = open_lab(ImageLab([[1.4e-6]], photos=small, normalise=True))
    lab.must_show(ImageLab([[1]], photos=small))


def test_a_sum_of_nought_cannot_be_divided_by(open_lab):
    lab = open_lab(ImageLab("Sobel x"))
    switch = lab.root.get_by_role("switch", name="divide by the sum, 0")
    assert switch.is_disabled()


def test_a_family_is_computed_anew_when_it_grows(open_lab):
    lab = open_lab(ImageLab("Gaussian"))
    lab.slider("Kernel size").press("End")
    row = torch.tensor([1.0, 10, 45, 120, 210, 252, 210, 120, 45, 10, 1]) / 1024
    lab.must_show(ImageLab(torch.outer(row, row)))
    assert lab.root.get_by_role("combobox", name="Kernel", exact=True).input_value() == "Gaussian"


def test_clipped_values_are_counted(open_lab, small):
    lab = open_lab(ImageLab("outline", photos=small, show="clip"))
    lab.settle()
    wanted = ImageLab("outline", photos=small).output
    count = int(((wanted < 0) | (wanted > 1)).sum())
    said = lab.root.get_by_text("out of range and clipped").inner_text()
    found = int(re.search(r"; ([\d,]+) of 560 values", said)[1].replace(",", ""))
    assert abs(found - count) <= 6  # a decoder may differ by a step


def test_the_photographs_to_choose_from(open_lab):
    lab = open_lab(ImageLab("identity"))
    for name in ("coffee", "astronaut"):
        lab.choose("Picture", name)
        lab.must_show(ImageLab("identity", photo=name))


# Looking closely


def test_arrow_keys_pick_and_the_sum_adds_up(open_lab, small):
    lab = open_lab(ImageLab("Sobel x", photos=small, picked=(5, 6)))
    lab.stage.focus()
    for key in ("ArrowDown", "ArrowRight", "Shift+ArrowRight"):
        lab.page.keyboard.press(key)
    assert lab.sum.startswith("y[6, 17] = ")
    assert lab.root.locator("div[aria-live]").inner_text().startswith("row 6, column 17:")
    y = ImageLab("Sobel x", photos=small).output[0, 6, 17].item()
    found = float(lab.sum.split(" = ")[2].split(",")[0].replace("−", "-"))
    assert found == pytest.approx(y, abs=0.06)
    products = re.findall(r"([\d.]+)×\(?(−?[\d.]+)", lab.sum)
    terms = [float(x) * float(w.replace("−", "-")) for x, w in products]
    assert len(terms) == 9 and sum(terms) == pytest.approx(found, abs=0.01)
    for _ in range(40):
        lab.page.keyboard.press("ArrowUp")
    assert lab.sum.startswith("y[0, 17] = ")
    window = lab.grid("window")
    assert window.locator(".padding").count() == 3


def test_a_press_picks_the_pixel_under_it(open_lab, small):
    lab = open_lab(ImageLab("box blur", photos=small, stride=2))
    box = lab.stage.bounding_box()
    lab.page.mouse.click(box["x"] + box["width"] * 15 / 28, box["y"] + box["height"] * 7 / 20)
    assert lab.sum.startswith("y[3, 7] = ")
    lab.page.mouse.move(box["x"] + 5, box["y"] + 5)
    lab.page.mouse.down()
    lab.page.mouse.move(box["x"] + box["width"] - 3, box["y"] + box["height"] - 3)
    lab.page.mouse.up()
    assert lab.sum.startswith("y[9, 13] = ")


def test_a_large_kernel_is_not_written_out(open_lab, small):
    lab = open_lab(ImageLab(torch.ones(7, 7), photos=small, normalise=True))
    assert "(sum of 49 products) / 49" in lab.sum
    assert lab.grid("window").count() == 0


def test_channels_are_looked_at_one_by_one(open_lab, small):
    lab = open_lab(ImageLab("box blur", photos=small, colour=True, picked=(9, 9)))
    sums = []
    for name in ("red", "green", "blue"):
        lab.choose("Channel", name)
        assert lab.sum.startswith(f"{name} y[9, 9] = ")
        sums.append(float(lab.sum.split(" = ")[-1].split(",")[0]))
    y = ImageLab("box blur", photos=small, colour=True).output[:, 9, 9]
    assert sums == pytest.approx(y.tolist(), abs=0.01)


def test_the_mouse_moves_the_window_without_picking(open_lab, small):
    lab = open_lab(ImageLab("box blur", photos=small, picked=(5, 6)))
    before, heard = lab.sum, lab.root.locator("div[aria-live]").inner_text()
    for picture in lab.root.locator(".cnl-pixels").all():  # over the output as over the photograph
        box = picture.bounding_box()
        pixel = box["width"] / 28
        lab.page.mouse.move(box["x"] + 20.5 * pixel, box["y"] + 3.5 * pixel)
        assert lab.sum.startswith("y[3, 20] = ")
        assert lab.cell("window", 2, 19).is_visible()
        assert lab.root.locator("div[aria-live]").inner_text() == heard
        lab.page.mouse.move(0, 0)
        assert lab.sum == before
    lab.page.mouse.move(box["x"] + 20.5 * pixel, box["y"] + 3.5 * pixel)
    lab.stage.press("ArrowDown")  # what is picked is shown at once, though the mouse rests here
    assert lab.sum.startswith("y[6, 6] = ")


def test_the_line_and_the_figure_say_the_same(open_lab, small):
    lab = open_lab(ImageLab("Sobel x", photos=small, picked=(6, 17), show="clip"))
    y = ImageLab("Sobel x", photos=small).output[0, 6, 17].item()
    result = lab.root.locator(".cnl-sum b").inner_text().replace("−", "-")
    assert float(result) == pytest.approx(y, abs=0.06)
    line = lab.root.locator(".cnl-sum").inner_text()
    assert line.startswith("y[6, 17] = ") and " + … + " in line
    assert lab.root.get_by_text("Output 20×28, 0 is black").count() == 1
    lab.choose("Shown as", "0.5 + y/2")
    assert lab.root.get_by_text("Output 20×28, 0 is grey").count() == 1


# Before and after


def test_the_output_lies_over_the_pixels_it_came_from(open_lab, small):
    lab = open_lab(ImageLab(torch.ones(5, 5), photos=small, normalise=True, mode="none"))
    lab.settle()
    frames = [frame.bounding_box() for frame in lab.root.locator(".cnl-pixels").all()]
    assert frames[0]["width"] == pytest.approx(frames[1]["width"])
    after = lab.root.locator(".cnl-photo canvas").nth(1).bounding_box()
    pixel = frames[0]["width"] / 28
    assert after["x"] - frames[1]["x"] == pytest.approx(2 * pixel, abs=0.5)
    assert after["width"] == pytest.approx(24 * pixel, abs=0.5)


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_the_pictures_are_large_and_beside_or_above_one_another(open_lab, width, height):
    lab = open_lab(ImageLab("outline"), width=width, height=height)
    lab.open(False)
    before, after = (frame.bounding_box() for frame in lab.root.locator(".cnl-pixels").all())
    if width > 600:
        assert before["y"] == after["y"] and before["x"] + before["width"] < after["x"]
        assert before["width"] > 290
    else:
        assert before["x"] == after["x"] and before["y"] + before["height"] < after["y"]
        assert before["width"] > 190


# The reader's own pictures


def file_of(picture, kind="PNG", **options):
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def test_a_portrait_from_a_phone_stands_upright(open_lab):
    lying = Image.new("RGB", (80, 60), "black")  # on its side, as phones store it
    lying.paste("white", (0, 0, 40, 60))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned clockwise
    lab = open_lab(ImageLab("identity"))
    said = lab.open_file("me.jpg", file_of(lying, "JPEG", exif=exif, quality=95), "image/jpeg")
    assert said == "“me.jpg”: 60×80 pixels, shown at 60×80. It stays on your machine."
    picture = lab.picture("before").float().mean(2)
    assert picture.shape == (80, 60)
    assert picture[:30].mean() > 250 and picture[50:].mean() < 5


def test_a_huge_picture_is_made_smaller(open_lab):
    lab = open_lab(ImageLab("identity"))
    huge = Image.linear_gradient("L").resize((6000, 4500))
    said = lab.open_file("pano.jpg", file_of(huge, "JPEG"), "image/jpeg")
    assert "6000×4500 pixels, shown at 256×192" in said
    picture = lab.picture().float()
    assert picture.shape[:2] == (192, 256)
    steps = picture[:, :, 0].mean(1).diff()
    assert steps.min() >= 0 and steps.max() < 4  # still a gradient


def test_transparent_parts_stand_on_white(open_lab):
    lab = open_lab(ImageLab("identity"))
    clear = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    clear.paste((255, 0, 0, 255), (0, 0, 10, 20))
    lab.open_file("logo.png", file_of(clear), "image/png")
    lab.root.get_by_role("switch", name="colour").check()
    picture = lab.picture()
    assert picture[5, 5].tolist() == [255, 0, 0] and picture[5, 15].tolist() == [255, 255, 255]


def test_the_code_for_an_own_picture_gives_what_the_lab_shows(open_lab, tmp_path, monkeypatch):
    name = f"{'a file with a long name, ' * 4}.png"
    fading = Image.new("RGB", (40, 30), (180, 40, 90))
    fading.putalpha(Image.linear_gradient("L").resize((40, 30)))
    lab = open_lab(ImageLab("box blur", colour=True))
    field = lab.root.locator("input[type=file]").first
    field.set_input_files({"name": name, "mimeType": "image/png", "buffer": file_of(fading)})
    expect(lab.message).to_contain_text("a file with a long name")
    lab.root.locator('select option:has-text("your own")').first.wait_for(state="attached")
    shown, code = lab.picture(), lab.copied_code()
    (tmp_path / name).write_bytes(file_of(fading))
    monkeypatch.chdir(tmp_path)
    scope = {}
    exec(code, scope)  # noqa: S102
    assert (255 * scope["shown"].permute(1, 2, 0) - shown).abs().max() <= 2


# Holds up the first picture that a file is read for, until `goOn()`.
SLOW = """() => {
  const read = globalThis.createImageBitmap;
  globalThis.createImageBitmap = async (...given) => {
    globalThis.createImageBitmap = read;
    await new Promise((go) => { globalThis.goOn = go; });
    return read(...given).finally(() => setTimeout(() => { globalThis.isRead = true; }));
  };
}"""


@pytest.mark.parametrize("later", ["another file", "a picture of the page", "a link"])
@pytest.mark.parametrize(
    "slow", [file_of(Image.new("L", (9, 9), 250)), b"text"], ids=["picture", "none"]
)
def test_a_picture_that_comes_late_leaves_a_later_choice_alone(open_lab, later, slow):
    lab = open_lab(ImageLab("identity"))
    lab.page.evaluate(SLOW)
    field = lab.root.locator("input[type=file]").first
    field.set_input_files({"name": "slow.png", "mimeType": "image/png", "buffer": slow})
    expect(lab.message).to_have_text("Reading “slow.png”…")
    if later == "another file":
        lab.open_file("next.png", file_of(Image.new("L", (8, 8), 77)), "image/png")
    elif later == "a picture of the page":
        lab.choose("Picture", "coffee")
    else:
        lab.follow("#lab?photo=coffee")
    lab.settle()
    said = lab.message.inner_text()
    lab.page.evaluate("goOn()")
    lab.page.wait_for_function("globalThis.isRead")
    lab.settle()
    assert lab.message.inner_text() == said
    if later == "another file":
        assert (lab.picture() == 77).all()
    else:
        lab.must_show(ImageLab("identity", photo="coffee"))


def test_a_link_to_a_picture_of_the_page_shows_it_instead_of_an_own_one(open_lab):
    lab = open_lab(ImageLab("identity"))
    lab.open_file("own.png", file_of(Image.new("L", (8, 8), 77)), "image/png")
    lab.follow("#lab?photo=coffee")
    lab.must_show(ImageLab("identity", photo="coffee"))


def test_a_single_pixel_takes_what_it_can(open_lab):
    lab = open_lab(ImageLab("box blur", mode="reflect"))
    dot = Image.new("RGB", (1, 1), (90, 90, 90))
    lab.open_file("dot.png", file_of(dot), "image/png")
    assert lab.picture().tolist() == [[[10, 10, 10]]]  # a ninth: the rest of the window is padding
    select = lab.root.get_by_role("combobox", name="Padding", exact=True)
    names = select.locator("option").all_text_contents()
    assert names == ["zeros", "replicate", "circular"] and select.input_value() == "zeros"
    lab.choose("Padding", "replicate")
    assert lab.picture().tolist() == [[[90, 90, 90]]]
    lab.choose("Padding", "circular")
    lab.settle()
    assert int(lab.slider("Kernel size").get_attribute("max")) == 3


@pytest.mark.parametrize("shape", [(400, 2), (2, 400)])
def test_a_thin_picture_fits(open_lab, shape):
    lab = open_lab(ImageLab("identity"), width=390)
    lab.open_file("thin.png", file_of(Image.new("RGB", shape, "teal")), "image/png")
    lab.settle()
    box = lab.stage.bounding_box()
    assert min(box["width"], box["height"]) >= 60 and max(box["width"], box["height"]) < 500
    assert lab.page.evaluate("document.documentElement.scrollWidth") <= 390


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
WRONG = [
    ("notes.txt", b"hello", "text/plain", "“notes.txt” is text/plain; allowed: a picture"),
    ("thing", b"\0\1\2", "", "“thing” "),
    ("cut.png", file_of(Image.new("L", (9, 9)))[:40], "image/png", "“cut.png” (image/png"),
    ("drawing.svg", SVG, "image/svg+xml", "“drawing.svg” (image/svg+xml"),
    ("IMG.HEIC", b"\0\0\0\x18ftypheic", "image/heic", "“IMG.HEIC” (image/heic"),
]
# An empty file cannot be handed over as bytes, and no file system holds a name with a "<".
EMPTY = ("none.png", b"", "image/png", "“none.png” (image/png, 0 bytes) cannot be read")
MARKUP = ("<img src=x>.txt", b"x", "text/html", "“<img src=x>.txt” is text/html")


@pytest.mark.parametrize("how", ["choose", "paste", "drop"])
def test_a_wrong_file_is_refused_by_name(open_lab, small, how):
    lab = open_lab(ImageLab("emboss", photos=small))
    lab.must_show(ImageLab("emboss", photos=small))
    before = lab.picture()
    for *file, complaint in [*WRONG, EMPTY if how == "choose" else MARKUP]:
        said = lab.open_file(*file) if how == "choose" else lab.hand_over(how, *file)
        assert said.startswith(complaint) and said.endswith("The picture stays.")
        assert "JPEG, PNG, WebP or GIF" in said
        assert lab.picture().equal(before), complaint


@pytest.mark.parametrize("how", ["paste", "drop"])
def test_a_picture_pasted_or_dropped(open_lab, how):
    lab = open_lab(ImageLab("identity"))
    picture = file_of(Image.new("RGB", (30, 20), (200, 100, 0)))
    assert "30×20" in lab.hand_over(how, "shot.png", picture, "image/png")
    assert (lab.picture() == 100).all()  # grey: the mean
    assert lab.root.locator(".over").count() == 0
    lab.choose("Picture", "coffee")
    lab.must_show(ImageLab("identity", photo="coffee"))
    lab.choose("Picture", "your own: shot.png")  # it was kept at hand
    assert lab.picture().shape == (20, 30, 3)
    # a link to a picture, as one page gives it to another, is none
    lab.root.evaluate(HAND_OVER, [how, "http://example.org/cat.jpg", "", None])
    lab.root.get_by_text("There was no picture in it.").wait_for()
    assert lab.picture().shape == (20, 30, 3)


def test_numbers_can_be_pasted_into_a_cell(open_lab, small):
    lab = open_lab(ImageLab("identity", photos=small))
    lab.cell("kernel", 1, 1).focus()
    lab.page.keyboard.press("Enter")
    lab.page.evaluate("navigator.clipboard.writeText('0.5')")
    lab.page.keyboard.press("Control+v")
    lab.page.keyboard.press("Enter")
    lab.must_show(ImageLab([[0, 0, 0], [0, 0.5, 0], [0, 0, 0]], photos=small))


def test_the_camera_is_offered_to_fingers_alone(open_lab):
    lab = open_lab(ImageLab(), touch=True, is_mobile=True, width=390)
    camera = lab.root.locator("input[capture]")
    assert camera.get_attribute("capture") == "environment"
    assert lab.root.get_by_text("Camera", exact=True).is_visible()
    camera.set_input_files(
        {"name": "c.png", "mimeType": "image/png", "buffer": file_of(Image.new("L", (8, 8), 77))}
    )
    assert "8×8" in lab.said_of("c.png")


def test_a_mouse_has_no_camera_button(open_lab):
    assert not open_lab(ImageLab()).root.get_by_text("Camera", exact=True).is_visible()


# Sharing


def test_a_link_carries_the_settings_and_no_picture(open_lab, open_page):
    lab = open_lab(ImageLab("Sobel y"))
    lab.open_file("secret.png", file_of(Image.new("L", (8, 8), 77)), "image/png")
    lab.slider("Stride").press("ArrowRight")
    lab.choose("Shown as", "|y|")
    link = lab.copied_link()
    assert len(link) < 600
    assert b"secret" not in base64.urlsafe_b64decode(link.split("&s=")[1] + "===")
    again = ImageHand(open_page(link))
    again.root.locator(".cnl-photo canvas").nth(1).wait_for()
    again.must_show(ImageLab("Sobel y", stride=2, show="abs"))


# Kinds of page and reader


def test_by_touch(open_lab, small):
    lab = open_lab(ImageLab("box blur", photos=small), touch=True, is_mobile=True, width=390)
    lab.open(False)
    box = lab.stage.bounding_box()
    x, y = box["x"] + box["width"] * 20.5 / 28, box["y"] + box["height"] * 3.5 / 20
    lab.page.touchscreen.tap(x, y)
    assert lab.sum.startswith("y[3, 20] = ")
    lab.cell("kernel", 0, 0).tap()
    lab.cell("kernel", 0, 0).tap()
    lab.editor.fill("1")
    lab.stage.tap()
    lab.open()
    lab.root.get_by_text("colour").tap()
    kernel = torch.full((3, 3), 1 / 9)
    kernel[0, 0] = 1
    lab.must_show(ImageLab(kernel, photos=small, colour=True))


@pytest.mark.parametrize("home", ["http", "file"])
def test_the_built_chapter(open_page, request, home):
    base = request.getfixturevalue(f"book_{home}")
    page = open_page(f"{base}chapters/image-kernels.html", offline=home == "file")
    lab = ImageHand(page, "image")
    lab.root.locator(".cnl-photo canvas").nth(1).wait_for()
    lab.open()
    lab.must_show(ImageLab("Sobel x"))
    lab.choose("Kernel", "Gaussian")
    lab.slider("Kernel size").press("ArrowLeft")
    row = torch.tensor([1.0, 3, 3, 1]) / 8
    lab.must_show(ImageLab(torch.outer(row, row)))
    picture = file_of(Image.new("RGB", (30, 20), (90, 60, 30)))
    assert "30×20" in lab.hand_over("drop", "shot.png", picture, "image/png")
    assert lab.picture()[10, 15].tolist() == [60, 60, 60]
    page.emulate_media(media="print")
    still = lab.place.locator(".cnl-still img").first
    assert still.is_visible()
    still.scroll_into_view_if_needed()
    page.wait_for_function("image => image.naturalWidth === 256", arg=still.element_handle())
