"""The registry protocol by which Ollama fetches models: its documents, and the names of GGUF files."""
