"""A million companies of every sector, estimated: the whole process of `knoop estimate`, its processor time, and the same figures in
numpy and pandas in the same run. See bench/README.md."""

import os
import resource
import subprocess
import sys
import tempfile
import time

import numpy
import pandas

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
KNOOP = os.path.join(ROOT, os.environ.get("KN_BENCH_BUILD", "build"), "knoop")
REFERENCE = os.path.join(ROOT, "data", "reference")
N = int(os.environ.get("KN_BENCH_SITES", "1000000"))
TARGET = 10


def draw(folder):
    rng = numpy.random.default_rng(1)
    nace = pandas.read_csv(os.path.join(REFERENCE, "nace_rev2.csv"), dtype=str)
    classes = nace[nace.level == "4"].code.to_numpy()
    jobs = pandas.read_csv(os.path.join(REFERENCE, "jobs_be.csv"), dtype={"nace": str})
    weight = {}
    for row in jobs.itertuples():
        first, _, last = row.nace.partition("-")
        for code in range(int(first), int(last or first) + 1):
            weight[f"{code:02d}"] = row.jobs
    share = numpy.array([weight.get(code[:2], 1) for code in classes], float)
    for division in set(code[:2] for code in classes):
        inside = numpy.array([code[:2] == division for code in classes])
        share[inside] /= inside.sum()
    pick = rng.choice(len(classes), N, p=share / share.sum())
    size = numpy.round(numpy.exp(rng.normal(1.0, 1.2, N)), 1) + 0.5
    key = numpy.array([f"{i:07d}" for i in range(N)], dtype=object)
    pandas.DataFrame({"actor_id": "a" + key, "name": "Company " + key, "kind": "company", "nace": classes[pick], "jobs_fte": size}).to_csv(
        os.path.join(folder, "actor.csv"), index=False)
    pandas.DataFrame({"site_id": "s" + key, "actor_id": "a" + key, "name": "Site " + key, "lon": numpy.round(rng.uniform(4, 6, N), 6),
                      "lat": numpy.round(rng.uniform(50, 51, N), 6)}).to_csv(os.path.join(folder, "site.csv"), index=False)
    for name, text in [("settings", "key,value\nname,Bench\n"), ("resource", "resource_id,class,name\nwater,water,Water\n"),
                       ("need", "need_id,resource_id,quantity\nn,water,1\n")]:
        with open(os.path.join(folder, name + ".csv"), "w", encoding="utf-8") as out:
            out.write(text)


def used():
    of = resource.getrusage(resource.RUSAGE_CHILDREN)
    return of.ru_utime + of.ru_stime


def peer(folder, out):
    """The same offers and needs without reports: nearest coefficient of each code, factor by jobs, interval, CSV."""
    began = time.process_time()
    actors = pandas.read_csv(os.path.join(folder, "actor.csv"), dtype={"nace": str, "actor_id": str})
    sites = pandas.read_csv(os.path.join(folder, "site.csv"), dtype={"site_id": str, "actor_id": str})
    table = sites.merge(actors[["actor_id", "nace", "jobs_fte"]], on="actor_id")
    known = pandas.read_csv(os.path.join(REFERENCE, "estimate_coefficients.csv"), dtype={"nace": str, "code": str})
    known = known[known.scope == "all"]
    by = {}
    for row in known.itertuples():
        by.setdefault(row.nace, []).append((row.side, row.code, row.t_per_fte))
    pairs = []
    for code in table.nace.unique():
        seen = set()
        for above in (code, code[:4], code[:2]):
            for side, stream, t in by.get(above, []):
                if (side, stream) not in seen:
                    seen.add((side, stream))
                    pairs.append((code, side, stream, t))
    rows = table.merge(pandas.DataFrame(pairs, columns=["nace", "side", "code", "t_per_fte"]), on="nace")
    rows["quantity"] = rows.t_per_fte * rows.jobs_fte
    rows = rows[rows.quantity >= 1]
    variance = 1.0 + 0.6 ** 2 + 0.25 + 2 * 0.16
    rows["low"] = rows.quantity * numpy.exp(-variance / 2 - 1.6448536 * variance ** 0.5)
    rows["high"] = rows.quantity * numpy.exp(-variance / 2 + 1.6448536 * variance ** 0.5)
    rows[["site_id", "side", "code", "quantity", "low", "high"]].to_csv(out, index=False)
    return time.process_time() - began, len(rows), float(rows.quantity.sum())


def main():
    with tempfile.TemporaryDirectory() as folder:
        package = os.path.join(folder, "package")
        os.mkdir(package)
        draw(package)
        region = os.path.join(folder, "region.gpkg")
        subprocess.run([KNOOP, "new", region, "--from", package, "--quiet"], check=True)
        seconds = []
        for _ in range(2):
            before, wall = used(), time.monotonic()
            subprocess.run([KNOOP, "estimate", region, "--quiet"], check=True, stdout=subprocess.DEVNULL)
            seconds.append(used() - before)
            print(f"knoop estimate, {N} sites: {seconds[-1]:.2f} s of processor time, {time.monotonic() - wall:.2f} s wall"
                  f"{' (again, over the first)' if len(seconds) > 1 else ''}", flush=True)
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        lines = subprocess.run(["ogrinfo", "-q", "-sql", "SELECT count(*) AS n, sum(quantity) AS t FROM (SELECT quantity FROM offer UNION ALL "
                                "SELECT quantity FROM need WHERE need_id <> 'n')", region], check=True, capture_output=True, text=True).stdout
        value = [float(line.split("=")[1]) for line in lines.splitlines() if "=" in line]
        took, count, t = peer(package, os.path.join(folder, "peer.csv"))
        print(f"  {value[0]:.0f} rows, {value[1]:.6g} t, peak {peak:.0f} MiB")
        print(f"numpy and pandas: {took:.2f} s of processor time, {count} rows, {t:.6g} t (no region file, no history, no checks)")
        alike = abs(value[0] - count) <= 1e-3 * count and abs(value[1] - t) <= 1e-3 * t
        print(f"  the same rows and tonnes to 1e-3: {'yes' if alike else 'NO'}; {took / seconds[0]:.1f} times as long")
        print(f"  target {TARGET} s: {'met' if seconds[0] < TARGET else 'MISSED'}")
        return 0 if alike and seconds[0] < TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
