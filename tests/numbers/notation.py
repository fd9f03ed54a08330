"""What the page on notation states."""

import math
import statistics

import torch
import torch.nn.functional as F

from book_utils import chapters, records
from book_utils.models.lenet import LeNet

(page,) = (chapter for chapter in chapters.in_order() if chapter.name == "notation")
states(f"Allow {page.minutes} minutes if", page.minutes)

image = torch.rand(6, 8)
states("a 6×8 image has 6 rows and 8 columns", 6, 8, *image.shape)
strided = F.conv2d(torch.rand(1, 1, 7, 5), torch.rand(1, 1, 1, 1), stride=(3, 2))
assert strided.shape[-2:] == (3, 3)  # rows 0, 3, 6 and columns 0, 2, 4
states("`stride=(3, 2)` moves 3 down and 2 across", 3, 2, 3, 2)
states("Positions count from 0, from the top left; layers", 0)
states("with a number count from 1.", 1)
states("in 3×3 stands between rows and columns; a dot multiplies, 3·3 = 9.", 3, 3, 3, 3, 3 * 3)
assert records.mean_std([1, 2, 4])[1] == statistics.stdev([1, 2, 4])  # with n − 1
bits = torch.rand(1).element_size() * 8
states("**Numbers** are 32-bit floats", bits)
with torch.device("meta"):
    parameters = sum(p.numel() for p in LeNet().parameters())
states("Large ones have commas, 61,706; 1 MB is $10^6$ bytes.", parameters, 1, 10**6)
states("images are grey, 1 is white; numbers with a sign have two hues around 0", 1, 0)
one_hot = F.one_hot(torch.tensor(1), 3).unique().tolist()
states("1 for it and 0 for the others", *one_hot[::-1])
dropped = F.dropout(torch.ones(100), 0.5)
states("activations that dropout sets to 0", dropped.min())
states("2.718…, the base", math.e)
states("3.14159…", math.pi)
states("epoch, counted from 0", 0)
