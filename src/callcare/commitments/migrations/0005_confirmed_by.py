from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("commitments", "0004_long_lists")]

    operations = [
        migrations.AddIndex(
            model_name="commitment",
            index=models.Index(
                fields=["person", "opened_at", "id"],
                include=("desk",),
                condition=Q(level="confirmed", person__isnull=False),
                name="commitment_confirmed",
            ),
        ),
    ]
