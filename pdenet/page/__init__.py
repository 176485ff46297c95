"""How a page looks: style, figures, tables."""
