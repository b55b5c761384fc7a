#!/usr/bin/env python3
"""Turns the gzipped IDX files of MNIST into CSV tables.

    python3 Benchmarks/mnist-csv.py IDX_FOLDER OUT_FOLDER

IDX_FOLDER holds train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz and the two t10k files.
OUT_FOLDER gets train.csv (60,000 rows) and test.csv (10,000 rows): pixel_1 to pixel_784, row by row from
the upper left corner, as bytes 0 to 255, then the digit.

The format is described by Y. LeCun, C. Cortes and C. Burges, "The MNIST database of handwritten digits".
"""

import gzip
import math
import os
import struct
import sys


def read_idx(path):
    """Returns the shape and the bytes of an IDX file of unsigned bytes."""
    with gzip.open(path, "rb") as file:
        content = file.read()
    zeros, kind, axes = struct.unpack_from(">HBB", content)
    if zeros != 0 or kind != 0x08:
        sys.exit(f"{path}: not an IDX file of unsigned bytes: it starts with {content[:4].hex()}")
    shape = struct.unpack_from(f">{axes}I", content, 4)
    values = content[4 + 4 * axes :]
    if len(values) != math.prod(shape):
        sys.exit(f"{path}: {math.prod(shape)} bytes of data are announced, {len(values)} are there")
    return shape, values


def write_table(folder, name, output):
    """Writes one part of the data set; the file appears when it is whole."""
    image_path, label_path = (
        os.path.join(folder, f"{name}-{what}-ubyte.gz") for what in ("images-idx3", "labels-idx1")
    )
    (count, height, width), pixels = read_idx(image_path)
    _, labels = read_idx(label_path)
    if len(labels) != count:
        sys.exit(f"{label_path}: {len(labels)} labels for {count} images")
    size = height * width
    text = [str(byte) for byte in range(256)]
    with open(output + ".part", "w", encoding="ascii", newline="\n") as file:
        file.write(",".join(f"pixel_{number}" for number in range(1, size + 1)) + ",digit\n")
        for row in range(count):
            image = pixels[row * size : (row + 1) * size]
            file.write(",".join([text[byte] for byte in image]) + f",{labels[row]}\n")
    os.replace(output + ".part", output)
    print(f"{output}: {count} rows", file=sys.stderr)


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: mnist-csv.py IDX_FOLDER OUT_FOLDER")
    folder, output = sys.argv[1:]
    os.makedirs(output, exist_ok=True)
    write_table(folder, "train", os.path.join(output, "train.csv"))
    write_table(folder, "t10k", os.path.join(output, "test.csv"))


if __name__ == "__main__":
    main()
