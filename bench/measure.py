"""What the benchmarks share: the folders of this run, running a program under the clock, and the line that goes above
the results. Each result is the best wall time of a few runs with the programs taken in turn, since anything else on the
machine only makes a run longer; the processor time beside it feels its neighbours less."""
import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.join(ROOT, os.environ.get("KN_BENCH_BUILD", "build"))
KNOOP = os.path.join(BUILD, "knoop")
PYTHON = "/usr/bin/python3"
LONG = os.environ.get("KN_BENCH_LONG") == "1"


class Run:
    """One run of a program: seconds of wall time, seconds of processor time, MiB at its peak, and what it printed."""

    def __init__(self, *command):
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
            start = time.monotonic()
            child = subprocess.Popen(command, stdout=out, stderr=errors)
            _, status, usage = os.wait4(child.pid, 0)
            self.wall = time.monotonic() - start
            child.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0)
            errors.seek(0)
            self.out = out.read().decode()
            # 1: knoop did what was asked, and has something to say about it.
            if child.returncode not in (0, 1):
                sys.exit(f"{' '.join(command)} ended with {child.returncode}: {errors.read().decode()[-2000:]}")
        self.cpu = usage.ru_utime + usage.ru_stime
        self.peak_mib = usage.ru_maxrss / 1024

    def json(self):
        return json.loads(self.out)


def folder():
    """A temporary folder that goes when this script ends."""
    path = tempfile.mkdtemp(prefix="knoop-bench-")
    atexit.register(shutil.rmtree, path, True)
    return path


def package(path, size, *more):
    """A random region data package in `path`, and its region file beside it."""
    Run(PYTHON, os.path.join(ROOT, "tests/peer/randomregion.py"), path, "--seed", "1", "--size", str(size), *more)
    Run(KNOOP, "--quiet", "new", path + ".gpkg", "--from", path)
    return path + ".gpkg"


def program(name):
    """A C program of this folder, built."""
    subprocess.run(["ninja", "-C", BUILD, "bench/" + name], check=True, stdout=subprocess.DEVNULL)
    return os.path.join(BUILD, "bench", name)


def best(runs):
    return min(runs, key=lambda r: r.wall)


def head(what):
    load = os.getloadavg()[0]
    print(f"\n{what}\n  {time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, load {load:.1f} before it began", flush=True)


def line(text):
    print("  " + text, flush=True)


def target(is_met):
    return "met" if is_met else "MISSED"
