"""One module for each job: `ID`, `TITLE`, `sides(workplace)`, and what is to be reached."""

from . import d_mnist, fixed_trials, million, prediction, q_mnist, search, start, tables

ALL = [fixed_trials, search, q_mnist, d_mnist, million, prediction, tables, start]
