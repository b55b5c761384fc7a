"""The jobs that compare.py runs, and how their costs are measured."""
