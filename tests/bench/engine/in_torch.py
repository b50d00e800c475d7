"""The networks of cases.ts in PyTorch, channels last, for tests/bench/engine.ts.

Arguments: name of the case, number of threads. Reads lines `WORK STEPS` and answers each with a line
of JSON, {"milliseconds": per step, "peakBytes"}. Ends with its standard input.
"""

import json
import resource
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

DIM, TEMPERATURE = 128, 0.1


def conv_norm(channels, filters, size, stride=1, groups=1):
    padding = size // 2
    return [
        nn.Conv2d(channels, filters, size, stride, padding, groups=groups, bias=False),
        nn.BatchNorm2d(filters),
    ]


class Residual(nn.Module):
    def __init__(self, body, shortcut=(), relu=False):
        super().__init__()
        self.body = nn.Sequential(*body)
        self.shortcut = nn.Sequential(*shortcut)
        self.relu = relu

    def forward(self, x):
        y = self.body(x) + self.shortcut(x)
        return F.relu(y, inplace=True) if self.relu else y


def cnn():
    layers, channels = [], 3
    for filters in (32, 64, 128, 128):
        layers += [*conv_norm(channels, filters, 3), nn.ReLU(inplace=True), nn.MaxPool2d(2)]
        channels = filters
    return layers, channels


def inverted(channels, widening, filters, stride):
    wide = channels * widening
    body = [*conv_norm(channels, wide, 1), nn.ReLU6(inplace=True)] if widening > 1 else []
    body += [*conv_norm(wide, wide, 3, stride, wide), nn.ReLU6(inplace=True)]
    body += conv_norm(wide, filters, 1)
    return [Residual(body)] if stride == 1 and channels == filters else body


def mobilenet(stages, last=None):
    layers, channels = [*conv_norm(3, 32, 3, 2), nn.ReLU6(inplace=True)], 32
    for widening, filters, blocks, stride in stages:
        for block in range(blocks):
            layers += inverted(channels, widening, filters, stride if block == 0 else 1)
            channels = filters
    if last:
        layers += [*conv_norm(channels, last, 1), nn.ReLU6(inplace=True)]
    return layers, last or channels


def resnet18():
    layers, channels = [*conv_norm(3, 64, 3), nn.ReLU(inplace=True)], 64
    for stage in range(4):
        for block in range(2):
            filters = 64 * 2**stage
            stride = 2 if stage > 0 and block == 0 else 1
            body = [
                *conv_norm(channels, filters, 3, stride),
                nn.ReLU(inplace=True),
                *conv_norm(filters, filters, 3),
            ]
            shortcut = conv_norm(channels, filters, 1, stride) if stride > 1 else []
            layers.append(Residual(body, shortcut, relu=True))
            channels = filters
    return layers, channels


LIKE = [(6, 32, 2, 2), (6, 64, 2, 2)]
PAPER = [
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
]
# backbone, batch, side of the images
CASES = {
    "cnn64": (cnn, 64, 64),
    "cnn256": (cnn, 256, 64),
    "mobilenet64": (lambda: mobilenet(LIKE), 64, 64),
    "resnet18": (resnet18, 32, 64),
    "frozen128": (lambda: mobilenet(PAPER, 1280), 64, 128),
}


class Contender:
    def __init__(self, make, batch, px):
        torch.manual_seed(0)
        layers, channels = make()
        layout = torch.channels_last
        self.backbone = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.backbone = self.backbone.to(memory_format=layout)
        self.projector = nn.Linear(channels, DIM)
        self.images = torch.randn(batch, 3, px, px).to(memory_format=layout)
        parameters = [*self.backbone.parameters(), *self.projector.parameters()]
        self.optimizer = torch.optim.Adam(parameters, 1e-3)
        self.partners = torch.arange(batch).roll(batch // 2)
        self.self_mask = torch.eye(batch, dtype=torch.bool)

    def inside(self):
        z = F.normalize(self.projector(self.backbone(self.images)), dim=1)
        logits = (z @ z.t() / TEMPERATURE).masked_fill(self.self_mask, -1e9)
        loss = F.cross_entropy(logits, self.partners)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def embed(self):
        self.backbone.eval()
        with torch.no_grad():
            return F.normalize(self.projector(self.backbone(self.images)), dim=1)


def main():
    torch.set_num_threads(int(sys.argv[2]))
    contender = Contender(*CASES[sys.argv[1]])
    print(json.dumps({"version": torch.__version__}), flush=True)
    for line in sys.stdin:
        work, steps = line.split()
        start = time.perf_counter()
        for _ in range(int(steps)):
            getattr(contender, work)()
        milliseconds = (time.perf_counter() - start) * 1e3 / int(steps)
        # Linux counts in KiB, macOS in bytes.
        unit = 1 if sys.platform == "darwin" else 1024
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
        print(json.dumps({"milliseconds": milliseconds, "peakBytes": peak}), flush=True)


main()
