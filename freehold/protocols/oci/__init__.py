"""The doors of the registry protocol, by which Ollama fetches GGUF models."""
