"""The numbers in the prose of the appendix, computed from what the page defines."""

rows, columns = output_shape(torch.ones(256, 256), torch.ones(3, 3))
states(
    "On a photograph of 256×256 pixels a 3×3 kernel stops 254·254 = 64,516 times",
    *(256, 256, 3, 3, rows, columns, rows * columns),
)
states("How fast, on 96×96 pixels", *torch.rand(96, 96).shape)
assert walk(8, 3, s=2, p=1) == walk(8, 3, s=3, p=1) + 1 == 4
states("A whole step more inside the brackets is 1 more outside them.", 1)
tip = triangle.argmax().item() + 1
states(
    "Take a box, 1 between 0 and 1 and 0 elsewhere. Convolved with itself it is a triangle with "
    "its tip, 1, at $t = 1$",
    *(box.max(), 0, 1, 0, triangle.max().round(), tip / n),
)
states(
    "on a 6×8 image with a 1×2 kernel, that makes one link for each of the 42 outputs",
    *(*image.shape, *w.shape, links),
)
states("if its **rank** is 1", rank(KERNELS["Sobel x"].weights))

pointwise = torch.nn.Conv2d(2, 3, 1).kernel_size
states("A 1×1 convolution needs no loop", *pointwise)
states("The next channel is 30 numbers away in the first, and", torch.ones(4, 2, 5, 6).stride()[1])
assert last.stride()[1] == 1 and nchw.stride()[1] == 1 and nchw.stride()[3] == 3
