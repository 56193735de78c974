from django.db import models


class ImportVerb(models.TextChoices):
    FILE = "import.file", "a importé un fichier"
