"""Irregular series of a pendulum: latent ODEs, recurrent nets and controls."""
