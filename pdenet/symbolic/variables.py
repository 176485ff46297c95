"""The symbols every chapter shares: coordinates, steps, wave numbers, the thesis's parameters, its field."""

import sympy as sp

x, y, t = sp.symbols("x y t", real=True)
dx, dt = sp.symbols("Δx Δt", positive=True)
p, q = sp.symbols("p q", real=True)
alpha, beta, sigma, rho, gamma = sp.symbols("alpha beta sigma rho gamma", real=True)

psi = sp.Function("psi")(x, y, t)
psi_1d = sp.Function("psi")(x, t)
