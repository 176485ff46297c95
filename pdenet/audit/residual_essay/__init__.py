"""The claims of the essay on residual networks across science, each with where to look for its evidence."""

from pdenet.audit.residual_essay import r1_to_r5, r6_to_r11

STATEMENTS = r1_to_r5.STATEMENTS + r6_to_r11.STATEMENTS
"""By system of the essay: R3 is answered in Part I, the others in Part II."""
