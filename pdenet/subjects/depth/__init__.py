"""Why depth cost the thesis accuracy: protocols side by side, and one equation in two parametrisations."""
