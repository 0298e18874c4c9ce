"""Personal words, unreadable without a key that lies elsewhere."""

from django.db import models


class SealedText(models.Model):
    """AES-256-GCM of somebody's words under the key of their owner (a case or a person)."""

    owner = models.CharField(max_length=80, db_index=True)
    nonce = models.BinaryField(max_length=12)
    cipher = models.BinaryField()

    def __str__(self) -> str:
        return f"sealed for {self.owner}"
