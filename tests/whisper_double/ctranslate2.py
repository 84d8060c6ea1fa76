"""What of CTranslate2 the product calls itself."""


def set_random_seed(seed: int) -> None:
    """Nothing is random here."""
