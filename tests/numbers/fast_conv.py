"""What the page on the speed of a convolution states."""

from book_utils import chapters
from book_utils.ladder import im2col
from book_utils.models import LeNet
from book_utils.shapes import layer_table

(page,) = (chapter for chapter in chapters.in_order() if chapter.name == "fast-conv")
exercises = 5
states("Allow 40 minutes, and another 15 for", page.minutes, 3 * exercises)

outputs, products = want.numel(), want.numel() * K.numel()
states("Slide a 3×3 kernel over a photograph of 256×256 pixels.", *K.shape, *X.shape)
states("There are 64,516 outputs, of nine products each.", outputs)
assert times["loop over taps"] < 1e-2
of_96 = {k: (96 - k + 1) ** 2 * k**2 for k in (3, 15)}
states(
    "[With 15×15 weights](#ladder?kernel=15) there are 19 times as many products",
    *(15, 15, of_96[15] / of_96[3]),
)

states("That makes 64,516 stops and 580,644 products.", outputs, products)
states("Compare one stop of a 3×3 kernel with one of a 15×15 kernel", 3, 3, 15, 15)
states("which has 25 times the products", 15**2 / 3**2)
calls = 4 * K.numel()  # cut out, pick the weight, multiply, add
states("The same 580,644 products in 36 calls,", products, calls)

made = columns.columns
assert made.shape == (9, 9)
states(
    "In the lab 25 pixels become 9 columns of 9, 81 numbers,",
    *(columns.image.numel(), *made.shape, made.numel()),
)
padded = ColumnLab(padding=1)
states(
    "[With a padding of 1](#columns?padding=1) there are 225 numbers for the 25.",
    *(padded.padding, padded.columns.numel(), padded.image.numel()),
)
grown = im2col(X, 3, 3).numel()
states(
    "grows from 65,536 numbers to 580,644, by a factor of 8.86",
    *(X.numel(), grown, grown / X.numel()),
)
apart = ColumnLab(6, stride=3)
assert apart.columns.numel() == apart.image.numel() == 36
states("[a size of 6 and a stride of 3]", apart.size, apart.stride)
states("36 pixels fill 36 cells", apart.image.numel(), apart.columns.numel())
same = ColumnLab(kernel=1)
assert (same.columns.flatten() == same.image.flatten()).all()
states("[with a kernel of 1](#columns?kernel=1)", same.kernel)
states("A 1×1 layer is a matrix product", 1, 1)
states("all windows, 580,644 numbers, yet not one", views.numel())
states("Nearly all of it is 0.", 0)
states("Stored densely, $W'$ would take 16.9 GB.", 4 * W.shape[0] * W.shape[1] / 1e9)
states(
    "there are 580,644 numbers and as many addresses, 7.5 MB, for",
    *(W.values().numel(), stored / 1e6),
)
assert W.col_indices().numel() == W.values().numel()

states("So far all rungs do the same 580,644 multiplications.", products)
states("This is Winograd's **F(2, 3)**: two outputs, three weights", 2, 3)
states("With the pixels 1, 2, 3, 4 and the weights 5, 6, 7:", 1, 2, 3, 4, 5, 6, 7)
pixels, weights = torch.tensor([1.0, 2, 3, 4]), torch.tensor([5.0, 6, 7])
four = f23_input(pixels) * f23_kernel(weights)
states(
    "The products −10, 45, 3 and −14 give 38 and 56, as 5 + 12 + 21 and 10 + 18 + 28 do.",
    *(*four, *f23_output(four), *(pixels[:3] * weights), *(pixels[1:] * weights)),
)
rows, pair = K.shape[0], 2  # of outputs
plain = pair * K.numel(), pair * (K.numel() - 1)
fast = rows * four.numel(), 4, (rows - 1) * four.numel(), 4
states(
    "plain sums of a 3×3 kernel need 18 multiplications and 16 additions. F(2, 3) needs 12 "
    "multiplications, and 4 additions for the pixels, 8 between the rows and 4 for the outputs: "
    "28 operations instead of 34.",
    *(*K.shape, *plain, 2, 3, *fast, sum(fast), sum(plain)),
)
states("With 64 channels on either side", maps.shape[1])
tile, made_of_it = 4, 2
states(
    "a tile of 4×4 pixels gives 2×2 outputs with 4·4 = 16 products instead of 4·9 = 36",
    *(tile, tile, made_of_it, made_of_it, tile, tile, tile**2),
    *(made_of_it**2, 9, made_of_it**2 * 9),
)
states(
    "For tiles with 4×4 outputs it is 36 instead of 144",
    *(4, 4, (4 + 3 - 1) ** 2, 4**2 * 9),
)
states("factors from 1/24 to 8", cited(1), cited(24), cited(8))

row = torch.arange(1.0, 5)
states("with $x = (1, 2, 3, 4)$ and $k = (1, 2)$, that", *row, *k.tolist())
assert ring.round().tolist() == [1 + 2 * 2, 2 + 2 * 3, 3 + 2 * 4, 4 + 2 * 1]
states("The ring gives 5, 8, 11 and then 6,", *ring.round())
flipped = F.conv1d(row[None], k.flip(0)[None, None])[0]
assert_close(turned[1:], flipped)
states("come 9, 4, 7, 10: the sums of the flipped kernel (2, 1), which are 4, 7 and 10, behind",
       *turned.round(), *k.flip(0), *flipped)  # fmt: skip

wide = 128
assert crossover.size <= wide < 2 * crossover.size
states(
    "in the lab's three, of 128×128 complex numbers, 1.4 million multiplications",
    *(wide, wide, crossover.multiplications["FFT"] / 1e6),
)

states("from 64 channels to 64 on 56×56 pixels", *weight.shape[:2], *maps.shape[2:])
states("now serves 64 outputs", weight.shape[0])
states("the 64 numbers of one pixel lie side by side", maps.shape[1])

of_one = (9 + 9) / (4 + 4)
states("In a depthwise 3×3 layer each output takes 9 multiplications and 9 additions.", 3, 3, 9, 9)
states("\\frac{9 + 9}{4 + 4} = 2.25 \\", 9, 9, 4, 4, of_one)
states("more FLOPs a second than 2.25 times that", of_one)
assert round(points["depthwise 3×3, 128"][0], 2) == of_one
states(
    "In a 3×3 layer of 128 channels each number serves so often",
    *(*layers["3×3, 128"].kernel_size, layers["3×3, 128"].in_channels),
)
states("With fewer channels, or 1×1,", *layers["1×1, 128"].kernel_size)
assert sorted(layers, key=lambda name: -points[name][0]) == [*layers]
of_128 = 128 * of_one
states(
    "(In a 3×3 layer of 128 channels an output takes 128 times as many FLOPs for as many bytes: "
    "288 a byte, or 275 with the weights.)",
    *(3, 3, 128, 128, of_128, points["3×3, 128"][0]),
)
states("could do 67 million operations", cited(67) * 1e12 / 1e6 / 1e6)

top, speed_of_memory = cited(67), cited(4.8)
states(
    "NVIDIA gives 67 TFLOP/s in float32 and 4.8 TB/s for its H200",
    *(top, speed_of_memory),
)
states("they meet at 14 FLOPs a byte", top / speed_of_memory)
resnet = gpu["cifar_resnet18"]
states("The ResNet gains 47 %", 100 * (resnet["channels_last"] / resnet["float32"] - 1))
assert gpu["lenet"]["channels_last"] < gpu["lenet"]["float32"]
adds = layer_table(LeNet(), (1, 28, 28)).multiply_adds
done = gpu["lenet"]["float32"] * 2 * 3 * adds / 1e12
(batch_size,) = {run["batch_size"] for run in on_gpu.select(model="lenet")}
states(
    "In batches of 256, with 416,520 multiply-adds forwards, and twice as many backwards, it",
    *(batch_size, adds),
)
states("it does 0.33 TFLOP/s, half a percent", done)
assert 0.4 < 100 * done / top < 0.6

states("16 times instead of 36. It pays", tile**2, made_of_it**2 * 9)
states("**F(2, 3)** multiplies four times instead of six", 2, 3)
states("Exercises 2 to 5 check themselves", 2, exercises)
second = torch.empty(1, 64, 224, 224, device="meta")
states(
    "sees 64 channels of 224×224 pixels through 3×3 kernels with padding 1",
    *(*second.shape[1:], 3, 3, 1),
)
states("and a kernel `g`, 3×3, compute the 4×4 products of F(2×2, 3×3)", 3, 3, 4, 4, 2, 2, 3, 3)
