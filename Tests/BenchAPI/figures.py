"""One line a figure, as the other benchmarks print them."""

import json
import sys


def digits(value):
    return f"{value:.{0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2 if abs(value) >= 1 else 3}f}"


class Report:
    def __init__(self, as_json):
        self._as_json = as_json
        if not as_json:
            print(f"{'metric':34} {'value':9} {'unit':6} {'aim':8} conditions")

    def add(self, metric, value, unit, conditions, at_most=None, at_least=None):
        """An aim is told beside the figure; no figure fails anything."""
        aim = f"≤ {digits(at_most)}" if at_most is not None else f"≥ {digits(at_least)}" if at_least is not None else ""
        if self._as_json:
            conditions += f"; aim {aim}" if aim else ""
            print(json.dumps({"metric": metric, "value": float(digits(value)), "unit": unit, "conditions": conditions}, ensure_ascii=False))
        else:
            print(f"{metric:34} {digits(value):9} {unit:6} {aim:8} {conditions}")
        sys.stdout.flush()

    def take(self, what, measure):
        """A figure that cannot be taken is said so, and the next one is."""
        try:
            measure()
        except Exception as error:
            print(f"{what} could not be measured: {error}", file=sys.stderr)
