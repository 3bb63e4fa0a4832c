#!/usr/bin/env python3
"""Judges an archive of traces with Spark: spark_judge.py MENDPOINT TRACES OUT [PARTITIONS]

TRACES is what `spark.read.format("binaryFile")` takes: a folder or a pattern, local or in a lake. OUT
becomes Parquet with a row an input: path, verdict, rules, report. One process judges a whole batch of
rows; a process a file costs ten times as much. Needs Java and the packages pyspark, pandas, pyarrow.
"""
import json
import os
import subprocess
import sys
import tempfile

import pandas
from pyspark.sql import SparkSession

COLUMNS = "path string, verdict string, rules array<string>, report string"


def judge(mendpoint):
    def batches(frames):
        for frame in frames:
            yield pandas.DataFrame(rows(mendpoint, frame), columns=["path", "verdict", "rules", "report"])

    return batches


def rows(mendpoint, frame):
    """Lays the contents of a batch into a folder and judges them with one process."""
    with tempfile.TemporaryDirectory() as folder:
        names = {}
        for number, (path, content) in enumerate(zip(frame["path"], frame["content"])):
            name = os.path.join(folder, f"{number:06}")
            with open(name, "wb") as file:
                file.write(content)
            names[name] = path
        listed = b"".join(name.encode() + b"\0" for name in names)
        command = [mendpoint, "check", "--quiet", "--format", "jsonl", "--files0-from", "-"]
        done = subprocess.run(command, input=listed, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        if done.returncode not in (0, 1, 2, 3, 4):
            raise RuntimeError(done.stderr.decode(errors="replace")[-2000:])
        for line in done.stdout.decode().splitlines():
            report = json.loads(line)
            name, mark, member = report["inputs"][0]["path"].partition("!")
            path = names[name] + mark + member
            rules = [finding["rule"] for finding in report["findings"]]
            yield path, report["summary"]["verdict"], rules, line.replace(name, names[name])


def main(mendpoint, traces, out, partitions="8"):
    # Workers run in the same Python as this program, unless a cluster says otherwise.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    spark = SparkSession.builder.appName("mendpoint").config("spark.sql.execution.arrow.maxRecordsPerBatch", "500").getOrCreate()
    files = spark.read.format("binaryFile").option("recursiveFileLookup", "true").load(traces)
    judged = files.select("path", "content").repartition(int(partitions)).mapInPandas(judge(mendpoint), COLUMNS)
    judged.write.mode("overwrite").parquet(out)


if __name__ == "__main__":
    main(*sys.argv[1:])
