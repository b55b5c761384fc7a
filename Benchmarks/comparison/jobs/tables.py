"""Ten million rows of eight columns read into a table."""

from ..measuring import Side

ID = "tables"
TITLE = "read 10,000,000 x 8 cells of CSV"
PAIRS = 3
REACH = {"polars": {"wall": 1, "memory": 1, "stretch": 1.5}}


def sides(workplace):
    table = workplace.rooms(10_000_000)
    return [
        Side("automl", [workplace.tool("read-table"), table, "--threads", workplace.cores]),
        Side("polars", workplace.peer("read_table", table)),
    ]
