"""Tables 4.1 and 4.2 of the thesis and their controls, with the claims drawn from them."""
