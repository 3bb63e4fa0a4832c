#!/usr/bin/env python3
"""Holds the ways of docs/scale.md against one process: test.py MENDPOINT [COUNT] [--spark]

Needs the package duckdb, and with --spark Java, pyspark, pandas and pyarrow.
"""
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import duckdb
import generate

HERE = pathlib.Path(__file__).resolve().parent


def run(mendpoint, *args, stdin=None):
    command = [mendpoint, "check", "--quiet", "--format", "jsonl", *args]
    return subprocess.run(command, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout


def same(what, one, other):
    if one != other:
        sys.exit(f"{what}: {one!r} by one process, {other!r} here")
    print(f"equal: {what}")


# What one report on MANY traces may take at most, a quarter more than it does; of JSON the report itself is larger.
MANY = 4000
MOST_MEMORY = {"text": 200 << 20, "markdown": 200 << 20, "sarif": 200 << 20, "html": 250 << 20}


def memory(mendpoint, folder):
    generate.main(folder, MANY, 0)
    for form, most in MOST_MEMORY.items():
        command = [mendpoint, "check", "--quiet", "--format", form, folder]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, _, used = os.wait4(process.pid, 0)
        peak = used.ru_maxrss << 10
        print(f"{MANY} traces in {form}: {peak >> 20} MB")
        if peak > most:
            sys.exit(f"{form} takes more than {most >> 20} MB")


def main(mendpoint, count="300", spark=None):
    mendpoint = os.path.abspath(mendpoint)
    with tempfile.TemporaryDirectory() as folder:
        memory(mendpoint, pathlib.Path(folder))
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        generate.main(folder / "traces", int(count))
        files = sorted((folder / "traces").rglob("*.har"))
        alone = run(mendpoint, folder / "traces")
        (folder / "reports.jsonl").write_bytes(alone)
        lines = alone.decode().splitlines()
        reports = [json.loads(line) for line in lines]
        same("a record for each file", len(files), len(reports))
        batched = b"".join(
            run(mendpoint, "--files0-from", "-", stdin=b"".join(os.fsencode(file) + b"\0" for file in files[at : at + 64]))
            for at in range(0, len(files), 64)
        )
        same("batches of 64 files", lines, batched.decode().splitlines())
        verdicts = collections.Counter(report["inputs"][0]["verdict"] for report in reports)
        rules = collections.Counter(finding["rule"] for report in reports for finding in report["findings"])
        names = collections.Counter(name for report in reports for finding in report["findings"] for name in finding["captures"])
        same("damaged files are unreadable", len(files) * 5 // 100, verdicts["unreadable"])
        os.chdir(folder)
        table = duckdb.connect()
        table.execute((HERE / "reports.sql").read_text())
        counted = lambda query: dict(table.execute(query).fetchall())
        same("verdicts in DuckDB", dict(verdicts), counted("SELECT verdict, count(*) FROM inputs GROUP BY ALL"))
        same("rules in Parquet", dict(rules), counted("SELECT rule, count(*) FROM 'findings.parquet' GROUP BY ALL"))
        captures = "SELECT name, count(*) FROM (SELECT unnest(map_keys(captures)) AS name FROM 'findings.parquet') GROUP BY ALL"
        same("captures stay a map", dict(names), counted(captures))
        if spark:
            command = [sys.executable, HERE / "spark_judge.py", mendpoint, folder / "traces", folder / "spark.parquet", "4"]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            query = "SELECT verdict, count(*) FROM 'spark.parquet/*.parquet' GROUP BY ALL"
            # Spark itself passes over files without a byte.
            verdicts["unreadable"] -= sum(file.stat().st_size == 0 for file in files)
            same("verdicts by Spark", {name: count for name, count in verdicts.items() if count}, counted(query))
            query = "SELECT rule, count(*) FROM (SELECT unnest(rules) AS rule FROM 'spark.parquet/*.parquet') GROUP BY ALL"
            same("rules by Spark", dict(rules), counted(query))


if __name__ == "__main__":
    main(*sys.argv[1:])
