"""Reads a table with polars: read_table.py TABLE."""

import json
import sys

import polars

if __name__ == "__main__":
    table = polars.read_csv(sys.argv[1])
    print(json.dumps({"rows": table.height, "columns": table.width}))
