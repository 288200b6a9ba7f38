"""Trains an equaliser on several processes: each filters a part of every batch.

    python data_parallel.py --processes 2

DistributedDataParallel averages the gradients of all processes after each backward pass. So the
result is that of one process on whole batches, up to rounding.
"""

import argparse
import os
import socket

import filterbank.torch as ft
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch.nn.parallel import DistributedDataParallel

FS = 48_000
BATCH, TIME = 8, 4_800


def equaliser(*gains_db):
    """Two shelves and two peaks. At gains of 0 dB derivatives by frequencies and Qs vanish, and
    Adam would amplify the rounding that is left: so no gain starts there."""
    eq = ft.ParametricEQ(FS, peaks=2)
    names = [name for name in eq.names if name.endswith("gain_db")]
    eq.set_params(dict(zip(names, gains_db, strict=True)))
    return eq


def train(rank, processes, port, steps, results):
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port))
    dist.init_process_group("gloo", rank=rank, world_size=processes)
    torch.set_num_threads(1)

    eq = equaliser(1.0, -1.0, 1.0, -1.0)
    model = DistributedDataParallel(eq)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    wanted = equaliser(4.0, -6.0, 3.0, -2.0)
    # Every process draws the same batch and takes its own part.
    noise = torch.Generator().manual_seed(0)
    part = slice(rank * BATCH // processes, (rank + 1) * BATCH // processes)
    for step in range(steps):
        x = torch.randn(BATCH, TIME, generator=noise, dtype=torch.float64)[part]
        with torch.no_grad():
            target = wanted(x)
        loss = (model(x) - target).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total = loss.detach().clone()
        dist.all_reduce(total)
        if rank == 0 and step % 20 == 0:
            print(f"step {step:3}  loss {total.item() / processes:.3e}", flush=True)
    if rank == 0:
        results.update(eq.values())
    dist.destroy_process_group()


def run(processes, steps):
    """Trains, and returns the parameters."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with mp.Manager() as manager:
        results = manager.dict()
        mp.spawn(train, (processes, port, steps, results), nprocs=processes)
        return dict(results)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--steps", type=int, default=100)
    options = parser.parse_args()
    if options.processes < 1 or BATCH % options.processes:
        parser.error(f"--processes must divide {BATCH}")
    for name, value in run(options.processes, options.steps).items():
        print(f"{name:16} {value:10.3f}")
