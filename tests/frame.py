"""What tests of the real program in Python share: verdicts in TAP, running the program, regions from tables. A test is called with the
path of knoop and of the checkout, imports this, and ends with each(...) or done()."""

import csv
import os
import subprocess
import sys
import tempfile

KNOOP, ROOT = sys.argv[1], sys.argv[2]
told = {"count": 0, "failed": 0}


def verdict(good, title, *seen):
    """One line of TAP; what was seen follows where it is not good."""
    told["count"] += 1
    print(f"{'ok' if good else 'not ok'} {told['count']} - {title}")
    if not good:
        told["failed"] += 1
        for thing in seen:
            print("# " + str(thing)[:600].replace("\n", "\n# "))


def skip(title, why="the shared cases are not here"):
    told["count"] += 1
    print(f"ok {told['count']} - {title} # SKIP {why}")


def run(*arguments, expect=0):
    """What knoop prints."""
    done = subprocess.run([KNOOP, *arguments], capture_output=True, text=True)
    if done.returncode != expect:
        raise SystemExit(f"Bail out! knoop {' '.join(arguments)}: exit {done.returncode}, {done.stderr[:500]}{done.stdout[:500]}")
    return done.stdout


def refused(*arguments, expect):
    """What knoop says of an error."""
    done = subprocess.run([KNOOP, *arguments], capture_output=True, text=True)
    return done.stderr if done.returncode == expect else f"exit {done.returncode}"


def write_table(package, name, columns, rows):
    """A table of a package; columns in one text, parted by blanks; None: blank."""
    with open(os.path.join(package, name + ".csv"), "w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(columns.split())
        writer.writerows(rows)


def write_package(package, tables):
    """A package of tables {name: (columns, rows)}; what was there before goes."""
    os.makedirs(package, exist_ok=True)
    for name in os.listdir(package):
        os.remove(os.path.join(package, name))
    for name, (columns, rows) in tables.items():
        write_table(package, name, columns, rows)
    return package


def new_region(folder, name, tables):
    """The region file NAME.gpkg of such a package, which is NAME; what was there before goes."""
    package = write_package(os.path.join(folder, name), tables)
    region = package + ".gpkg"
    if os.path.exists(region):
        os.remove(region)
    run("--quiet", "new", region, "--from", package)
    return region


def done():
    print(f"1..{told['count']}")
    sys.exit(told["failed"] > 0)


def each(*checks):
    """Calls each check with a folder of its own, and ends."""
    with tempfile.TemporaryDirectory() as tmp:
        for check in checks:
            inside = os.path.join(tmp, check.__name__)
            os.makedirs(inside)
            check(inside)
    done()
