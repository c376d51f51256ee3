"""Runs the benchmarks and prints one table.

python -m benchmarks [names ...] [--pairs 15] runs all modules of this folder that have
a `rows(pairs)`, or those named. `grading` takes an hour and runs only when named.
"""

import argparse
import importlib.util
import os
import pkgutil

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


HOURS = ("grading",)


def has_rows(name):
    path = importlib.util.find_spec(f"benchmarks.{name}").origin
    with open(path) as file:
        return any(line.startswith("def rows(pairs") for line in file)


def main():
    import benchmarks
    from benchmarks.paired import machine, table

    found = sorted(m.name for m in pkgutil.iter_modules(benchmarks.__path__))
    names = [name for name in found if has_rows(name)]
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("names", nargs="*", help=f"any of {', '.join(names)}")
    parser.add_argument("--pairs", type=int, default=15, help="timed pairs a row")
    arguments = parser.parse_args()
    unknown = sorted(set(arguments.names) - set(names))
    if unknown:
        parser.error(f"no benchmark named {', '.join(unknown)}; there are {names}")
    print(machine(), flush=True)
    rows = []
    for name in arguments.names or [name for name in names if name not in HOURS]:
        for row in importlib.import_module(f"benchmarks.{name}").rows(arguments.pairs):
            print(f"{name}: {row.work}: {row.measured}", flush=True)
            rows.append(row)
    print(f"\n{table(rows)}\n\n{machine()}")
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    raise SystemExit(main())
