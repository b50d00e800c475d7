"""The reference model in PyTorch, for tests/bench/engine.ts.

Reads lines `LAYOUT STEPS` (LAYOUT: last | first) and answers each with a line of JSON,
{"milliseconds": per step}. Ends with its standard input.
"""

import json
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

BATCH, SIZE, DIM, TEMPERATURE = 64, 64, 128, 0.1


class Trainer:
    def __init__(self, channels_last):
        torch.manual_seed(0)
        layers, channels = [], 3
        for filters in (32, 64, 128, 128):
            layers += [
                nn.Conv2d(channels, filters, 3, padding=1, bias=False),
                nn.BatchNorm2d(filters),
                nn.ReLU(),
                nn.MaxPool2d(2),
            ]
            channels = filters
        layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, DIM)]
        layout = torch.channels_last if channels_last else torch.contiguous_format
        self.network = nn.Sequential(*layers).to(memory_format=layout)
        self.images = torch.randn(BATCH, 3, SIZE, SIZE).to(memory_format=layout)
        self.optimizer = torch.optim.Adam(self.network.parameters(), 1e-3)
        self.partners = torch.arange(BATCH).roll(BATCH // 2)
        self.self_mask = torch.eye(BATCH, dtype=torch.bool)
        for _ in range(2):
            self.step()

    def step(self):
        z = F.normalize(self.network(self.images), dim=1)
        logits = (z @ z.t() / TEMPERATURE).masked_fill(self.self_mask, -1e9)
        loss = F.cross_entropy(logits, self.partners)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return loss.item()


def main():
    torch.set_num_threads(int(sys.argv[1]))
    trainers = {"last": Trainer(True), "first": Trainer(False)}
    print(json.dumps({"version": torch.__version__}), flush=True)
    for line in sys.stdin:
        layout, steps = line.split()
        start = time.perf_counter()
        for _ in range(int(steps)):
            trainers[layout].step()
        milliseconds = (time.perf_counter() - start) * 1e3 / int(steps)
        print(json.dumps({"milliseconds": milliseconds}), flush=True)


main()
