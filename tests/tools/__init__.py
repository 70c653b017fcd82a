"""The tools that keep pages, catalogues and documents in step with the code."""
