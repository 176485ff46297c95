"""The equations of the controls, whose kernels were free: as drawn, and after training."""
