"""Compares the totals and the speed of Fovea and of its peers on the same models in one run: npm run bench:peers.

Prints one Markdown table. A tool's time is that from a model in memory to its number, once everything is imported and warm; see TIMED.
In every round each tool has a turn of as many runs, the first of which does not count, so that what else the machine does hits all
alike. Each has its own copy of the modules, with shared weights, and runs without gradients.
"""

import copy
import datetime
import json
import logging
import os
import pathlib
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from importlib.metadata import version

import onnx
import onnx_tool
import torch
from fvcore.nn import FlopCountAnalysis
from ptflops import get_model_complexity_info
from torch.utils.flop_counter import FlopCounterMode
from torchinfo import summary

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "test" / "fixtures"))

from make_onnx import Bottleneck, ResNet, export, mobilenet_v2, vgg16  # noqa: E402

SHAPE = (1, 3, 224, 224)
MODELS = {"ResNet-50": lambda: ResNet(Bottleneck, 4, (3, 4, 6, 3)), "VGG-16": vgg16, "MobileNetV2": mobilenet_v2}
ROUNDS, RUNS = 8, 4
# Node compiles code that runs often; PyTorch and Python have less to warm up.
WARM_UP, FOVEA_WARM_UP = 3, 400

TIMED = """
What is timed, after the import of each tool and after warm-up:
- Fovea: from the bytes of the exported file, weights included, to the whole report: all layers, receptive fields, cost, parameters, memory. One Node process.
- fvcore: `FlopCountAnalysis(model, x).total()`, which traces the model and so runs it.
- torchinfo: `summary(model, input_data=x).total_mult_adds`, which runs the model.
- ptflops: `get_model_complexity_info(model, size)` with either backend, which runs the model.
- torch: a forward pass under `FlopCounterMode`.
- forward pass: `model(x)`, counting nothing.
- onnx-tool: `Model(proto)`, `shape_infer()` and `profile()`, from the parsed file or from its bytes. It reads the values of the weights, and fails
  without them. Its "MACs" are weighted instructions, for which Fovea has no convention; the second row compares parameters.
"""


def forward(model, x):
    model(x)


def with_flop_counter(model, x):
    with FlopCounterMode(display=False) as counter:
        model(x)
    return counter.get_total_flops()


def with_onnx_tool(proto):
    graph = onnx_tool.Model(proto).graph
    graph.shape_infer()
    graph.profile()
    return graph


def peers(model, path):
    """Each tool, what Fovea calls its number, and what is timed: a function that answers the number."""
    x, data, proto = torch.rand(SHAPE), path.read_bytes(), onnx.load(path)

    def own():
        return copy.deepcopy(model, {id(t): t for t in [*model.parameters(), *model.buffers()]})

    def ptflops(backend):
        net = own()
        return lambda: get_model_complexity_info(net, SHAPE[1:], print_per_layer_stat=False, as_strings=False, backend=backend)[0]

    traced, summarized, counted, plain = own(), own(), own(), own()
    return [
        ("fvcore", "fvcore@0.1.5", lambda: FlopCountAnalysis(traced, x).total()),
        ("torchinfo", "torchinfo@1.8", lambda: summary(summarized, input_data=x, verbose=0).total_mult_adds),
        ("ptflops, pytorch", "ptflops@0.7", ptflops("pytorch")),
        ("ptflops, aten", "ptflops-aten@0.7", ptflops("aten")),
        ("torch", "torch@2.13", lambda: with_flop_counter(counted, x)),
        ("forward pass", None, lambda: forward(plain, x)),
        ("onnx-tool, parsed", None, lambda: with_onnx_tool(proto).macs[0]),
        ("onnx-tool, bytes", "parameters", lambda: with_onnx_tool(onnx.load_model_from_string(data)).params),
    ]


class Fovea:
    """A Node process that keeps a file in memory; see fovea.ts."""

    def __init__(self, path):
        command = ["node", HERE / "fovea.ts", path]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, line):
        print(line, file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def milliseconds(run):
    start = time.perf_counter()
    run()
    return 1000 * (time.perf_counter() - start)


def take_turns(timers):
    """The times that each tool's timer gives."""
    times = {tool: [] for tool in timers}
    for _ in range(ROUNDS):
        for tool, timer in timers.items():
            timer()
            times[tool] += [timer() for _ in range(RUNS)]
    return times


def row(*cells):
    print("| " + " | ".join(f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in cells) + " |")


def compare(name, model, path):
    """The rows of one model."""
    fovea = Fovea(path)
    for _ in range(FOVEA_WARM_UP):
        fovea.ask("time")
    timers, rows = {"Fovea": lambda: fovea.ask("time")}, []
    for tool, meaning, run in peers(model, path):
        try:
            number = [run() for _ in range(WARM_UP)][-1]
        except Exception as error:
            row(name, tool, f"fails: {type(error).__name__}", *["-"] * 7)
            continue
        timers[tool] = lambda run=run: milliseconds(run)
        rows.append((tool, "-" if number is None else int(number), meaning))
    times = take_turns(timers)
    best = {tool: min(of_tool) for tool, of_tool in times.items()}
    median = {tool: statistics.median(of_tool) for tool, of_tool in times.items()}
    row(name, "Fovea", "-", "fovea", fovea.ask("fovea"), "-", f"{best['Fovea']:.2f}", f"{median['Fovea']:.2f}", "-", "-")
    for tool, number, meaning in rows:
        ours = fovea.ask(meaning) if meaning else "-"
        equal = "-" if not meaning else "yes" if ours == number else "no"
        ratios = [f"{of[tool] / of['Fovea']:.1f}x" for of in (best, median)]
        row(name, tool, number, meaning or "-", ours, equal, f"{best[tool]:.2f}", f"{median[tool]:.2f}", *ratios)
    fovea.close()


def machine():
    cpuinfo = pathlib.Path("/proc/cpuinfo")
    names = re.findall("model name.*: (.*)", cpuinfo.read_text()) if cpuinfo.exists() else []
    cpu = names[0] if names else platform.machine()
    load = f"load average {os.getloadavg()[0]:.1f} at the start"
    tools = [f"{tool} {version(tool)}" for tool in ["torch", "fvcore", "torchinfo", "ptflops", "onnx-tool", "onnx"]]
    node = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout.strip()
    python = f"Python {sys.version.split()[0]}"
    return ", ".join([cpu, f"{os.cpu_count()} cores", str(datetime.date.today()), load, f"Node {node}", python, *tools])


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    logging.disable()
    print(f"{machine()}.\n{ROUNDS} rounds of {RUNS} runs of each tool; input {'x'.join(map(str, SHAPE))}.\n")
    row("model", "tool", "its number", "convention", "Fovea's number", "equal", "best ms", "median ms", "ratio of bests", "ratio of medians")
    row(*["---"] * 10)
    for name, build in MODELS.items():
        with tempfile.TemporaryDirectory() as folder, torch.no_grad():
            path = pathlib.Path(folder, "model.onnx")
            export(path.with_suffix(""), build(), SHAPE, weights=True)
            compare(name, build().eval(), path)
    print(TIMED)
