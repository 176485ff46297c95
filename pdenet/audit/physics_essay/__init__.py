"""The claims of the essay on backpropagation and physics, each with where to look for its evidence."""

from pdenet.audit.physics_essay import p1_to_p6, p7_to_p15

STATEMENTS = p1_to_p6.STATEMENTS + p7_to_p15.STATEMENTS
