"""What no record can say, in a table: changes to the fields of an ordinary one, and what is said of them."""

from typing import Any

from helpers.records import ordinary, unsealed

NUMBERS = "lists of finite numbers, accuracies from 0 to 1"
HISTORY: dict[str, Any] = {"train_loss": [0.7, 0.3], "test_accuracy": [0.9, 0.95]}
DATA = {"name": "digits", "checksum": "ab12"}

IMPOSSIBLE: list[tuple[dict[str, Any], str]] = [
    ({"seed": -1}, "field seed is -1, not a whole number from 0"),
    ({"seed": True}, "field seed is True"),
    ({"seed": None}, "field seed is None"),
    ({"seed": "0"}, "field seed is '0'"),
    ({"seed": 1.0}, "field seed is 1.0"),
    ({"data": {}}, "field data is {}, not name and checksum"),
    ({"data": {**DATA, "checksum": ""}}, "field data"),
    ({"data": {**DATA, "checksum": None}}, "field data"),
    ({"data": {**DATA, "name": 7}}, "field data"),
    ({"data": {**DATA, "train": -3}}, "field data"),
    ({"data": {**DATA, "test": True}}, "field data"),
    ({"data": "digits"}, "field data is not an object"),
    ({"history": {**HISTORY, "test_accuracy": [0.9, 7.5]}}, NUMBERS),
    ({"history": {**HISTORY, "test_accuracy": [-0.1]}}, NUMBERS),
    ({"history": {**HISTORY, "test_accuracy": ["0.9"]}}, NUMBERS),
    ({"history": {**HISTORY, "test_accuracy": [True]}}, NUMBERS),
    ({"history": {**HISTORY, "test_accuracy": 0.9}}, NUMBERS),
    ({"history": {**HISTORY, "test_accuracy": [[0.9]]}}, NUMBERS),
    ({"history": {**HISTORY, "train_loss": {"0": 1.0}}}, NUMBERS),
    ({"history": []}, "field history is not an object"),
    ({"diverged_at": 0}, "field diverged_at is 0, not a whole number from 1, or null"),
    ({"diverged_at": 1.5}, "field diverged_at"),
    ({"diverged_at": False}, "field diverged_at"),
    ({"diverged_at": 3}, "it diverged in epoch 3 of 2"),
    ({"seconds": -1.0}, "field seconds is -1.0"),
    ({"seconds": "9"}, "field seconds"),
    ({"date": "yesterday"}, "field date is 'yesterday', not a date such as 2026-11-21"),
    ({"date": 20261121}, "field date"),
    ({"trunk": {"alpha": [[1.0], [1.0, 2.0]]}}, "field trunk"),
    ({"trunk": {"alpha": [1.0, "2"]}}, "field trunk"),
    ({"trunk": {"alpha": [False]}}, "field trunk"),
    ({"trunk": {"alpha": {"0": 1.0}}}, "field trunk"),
    ({"machine": None}, "field machine is not an object"),
    ({"measured": [1.0]}, "field measured is not an object"),
]
NO_RECORD = [
    (unsealed(ordinary(), schema=True), "not a JSON object with a schema number"),
    (unsealed(ordinary(), schema=1.0), "not a JSON object with a schema number"),
    (unsealed(ordinary(), schema=0), "not a JSON object with a schema number"),
    (unsealed(ordinary(), measured={"error": float("inf")}), "not JSON compliant"),
    (unsealed(ordinary(), measured={"error": float("nan")}), "not JSON compliant"),
    (unsealed(ordinary()).replace("1.5,", "1e999,"), "not JSON compliant"),
    (unsealed(ordinary())[:-1] + ',"seed":99}', "a key stands twice in it"),
    (
        unsealed(ordinary()).replace('"name":"pde1"', '"name":"pde1","name":"pde2"'),
        "a key stands twice in it",
    ),
    (unsealed(ordinary()).replace("Ökonom", "\\ud800"), "surrogates not allowed"),
    ("[" * 100_000, "nested too deeply"),
    (unsealed(ordinary()).replace('"model":{', '"model":{"a":' + "[" * 600 + "]" * 600 + ","), "too deeply"),
    ("[]", "not a JSON object"),
    ("7", "not a JSON object"),
    ("null", "not a JSON object"),
]
