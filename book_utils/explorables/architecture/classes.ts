/** The blocks of book_utils/models as classes that need nothing but torch, for exported code. */
import type { Kind } from "./rows.ts";

const RESIDUAL = `class Residual(nn.Module):
    """Two 3×3 convolutions around a shortcut (He and others, 2016)."""

    def __init__(self, c_in, c_out, stride=1, shortcut=True):
        super().__init__()
        self.f = nn.Sequential(
            nn.Conv2d(c_in, c_out, 3, stride, padding=1, bias=False),
            nn.BatchNorm2d(c_out),
            nn.ReLU(),
            nn.Conv2d(c_out, c_out, 3, padding=1, bias=False),
            nn.BatchNorm2d(c_out),
        )
        self.s = nn.Identity() if shortcut else None
        if shortcut and (c_in, stride) != (c_out, 1):
            self.s = nn.Sequential(
                nn.Conv2d(c_in, c_out, 1, stride, bias=False), nn.BatchNorm2d(c_out)
            )

    def forward(self, x):
        y = self.f(x)
        return torch.relu(y if self.s is None else y + self.s(x))
`;

const BOTTLENECK = `class Bottleneck(nn.Module):
    """A 3×3 convolution between two of 1×1, around a shortcut (He and others, 2016)."""

    def __init__(self, c_in, c, stride=1):
        super().__init__()
        self.f = nn.Sequential(
            nn.Conv2d(c_in, c, 1, bias=False),
            nn.BatchNorm2d(c),
            nn.ReLU(),
            nn.Conv2d(c, c, 3, stride, padding=1, bias=False),
            nn.BatchNorm2d(c),
            nn.ReLU(),
            nn.Conv2d(c, 4 * c, 1, bias=False),
            nn.BatchNorm2d(4 * c),
        )
        self.s = nn.Identity()
        if (c_in, stride) != (4 * c, 1):
            self.s = nn.Sequential(
                nn.Conv2d(c_in, 4 * c, 1, stride, bias=False), nn.BatchNorm2d(4 * c)
            )

    def forward(self, x):
        return torch.relu(self.f(x) + self.s(x))
`;

const BIASED_RESIDUAL = `class BiasedResidual(nn.Module):
    """Two 3×3 convolutions with biases around a shortcut (Dive into Deep Learning)."""

    def __init__(self, c_in, c_out, stride=1):
        super().__init__()
        self.f = nn.Sequential(
            nn.Conv2d(c_in, c_out, 3, stride, padding=1),
            nn.BatchNorm2d(c_out),
            nn.ReLU(),
            nn.Conv2d(c_out, c_out, 3, padding=1),
            nn.BatchNorm2d(c_out),
        )
        same = (c_in, stride) == (c_out, 1)
        self.s = nn.Identity() if same else nn.Conv2d(c_in, c_out, 1, stride)

    def forward(self, x):
        return torch.relu(self.f(x) + self.s(x))
`;

const RESIDUAL_A = `class ResidualA(nn.Module):
    """Two 3×3 convolutions around a shortcut without parameters (He and others, 2016)."""

    def __init__(self, c_in, c_out, stride=1):
        super().__init__()
        self.f = nn.Sequential(
            nn.Conv2d(c_in, c_out, 3, stride, padding=1, bias=False),
            nn.BatchNorm2d(c_out),
            nn.ReLU(),
            nn.Conv2d(c_out, c_out, 3, padding=1, bias=False),
            nn.BatchNorm2d(c_out),
        )
        self.new, self.stride = c_out - c_in, stride

    def forward(self, x):
        s = x[..., :: self.stride, :: self.stride]  # every stride-th pixel, then maps of zeros
        if self.new:
            s = nn.functional.pad(s, (0, 0, 0, 0, 0, self.new))
        return torch.relu(self.f(x) + s)
`;

const BASIC_BLOCK = `class SameConv2d(nn.Conv2d):
    """A convolution with TensorFlow's padding="SAME": an odd row or column of zeros at the end."""

    def forward(self, x):
        sides = []
        for n, k, s in zip(reversed(x.shape[-2:]), self.kernel_size, self.stride):
            total = max((-(-n // s) - 1) * s + k - n, 0)
            sides += [total // 2, total - total // 2]
        return super().forward(nn.functional.pad(x, sides))


class BasicBlock(nn.Module):
    """Two convolutions around a shortcut, as a source in TensorFlow builds it."""

    def __init__(self, c_in, c_out, stride=1):
        super().__init__()
        self.f = nn.Sequential(
            SameConv2d(c_in, c_out, 3, stride),
            nn.BatchNorm2d(c_out),
            nn.ReLU(),
            SameConv2d(c_out, c_out, 3),
            nn.BatchNorm2d(c_out),
        )
        self.s = nn.Conv2d(c_in, c_out, 1, stride) if stride != 1 else nn.Identity()

    def forward(self, x):
        return torch.relu(self.f(x) + self.s(x))
`;

const INCEPTION = `def unit(c_in, c_out, k, norm):
    layers = [nn.Conv2d(c_in, c_out, k, padding=k // 2, bias=not norm)]
    return nn.Sequential(*layers, *([nn.BatchNorm2d(c_out)] if norm else []), nn.ReLU())


class Inception(nn.Module):
    """Four branches side by side, their maps concatenated (Szegedy and others, 2015)."""

    def __init__(self, c_in, maps, large=3, norm=True):
        super().__init__()
        one, before_3, three, before_5, five, pooled = maps
        self.branches = nn.ModuleList([
            unit(c_in, one, 1, norm),
            nn.Sequential(unit(c_in, before_3, 1, norm), unit(before_3, three, 3, norm)),
            nn.Sequential(unit(c_in, before_5, 1, norm), unit(before_5, five, large, norm)),
            nn.Sequential(nn.MaxPool2d(3, 1, padding=1), unit(c_in, pooled, 1, norm)),
        ])

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.branches], dim=1)
`;

const DENSE_BLOCK = `class DenseLayer(nn.Module):
    """New maps behind those that came in."""

    def __init__(self, c_in, growth, bottleneck, bias):
        super().__init__()
        layers, c = [], c_in
        if bottleneck:
            c = bottleneck * growth
            layers = [nn.BatchNorm2d(c_in), nn.ReLU(), nn.Conv2d(c_in, c, 1, bias=bias)]
        last = nn.Conv2d(c, growth, 3, padding=1, bias=bias)
        self.f = nn.Sequential(*layers, nn.BatchNorm2d(c), nn.ReLU(), last)

    def forward(self, x):
        return torch.cat([x, self.f(x)], dim=1)


class DenseBlock(nn.Sequential):
    """Each layer reads the maps of all before it (Huang and others, 2016)."""

    def __init__(self, layers, c_in, growth, bottleneck=0, bias=False):
        super().__init__(
            *(DenseLayer(c_in + i * growth, growth, bottleneck, bias) for i in range(layers))
        )
`;

export const CLASSES: Partial<Record<Kind, string>> = {
  Residual: RESIDUAL,
  Bottleneck: BOTTLENECK,
  BiasedResidual: BIASED_RESIDUAL,
  ResidualA: RESIDUAL_A,
  BasicBlock: BASIC_BLOCK,
  Inception: INCEPTION,
  DenseBlock: DENSE_BLOCK,
};
