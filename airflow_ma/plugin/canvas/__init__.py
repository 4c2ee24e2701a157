"""What the canvas and its forms ask for: steps, fields, templates, contacts, checks, trying out."""
