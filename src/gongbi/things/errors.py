"""Ways to refuse a request: a status and a sentence."""


class Refused(Exception):
    """The request is not carried out."""

    status = 400

    def __init__(self, sentence: str, status: int = 0) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.status = status or self.status


class NotThere(Refused):
    """What was asked for does not exist, or not for whoever asks."""

    status = 404


class NotAllowed(Refused):
    """Whoever asks may not."""

    status = 403
