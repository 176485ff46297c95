"""Two readings of the recorded networks of the tables; nothing is run for them."""

from pdenet.runs.experiment import Experiment
from pdenet.subjects.mechanism.claims import LAYERS
from pdenet.subjects.mechanism.claims import TRAINED as TRAINED_CLAIMS

MECHANISM = Experiment(
    "mechanism",
    "The mechanism: what the layers of the recorded networks do",
    claims=LAYERS,
    subject="tables",
    page="mechanism",
)
TRAINED = Experiment(
    "neural-ode",
    "Whether the recorded networks of the tables are solutions of an ODE",
    claims=TRAINED_CLAIMS,
    subject="tables",
    page="neural-ode",
)
