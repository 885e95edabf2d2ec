def ask(prompt: str, image: bytes) -> str:
    raise NotImplementedError
