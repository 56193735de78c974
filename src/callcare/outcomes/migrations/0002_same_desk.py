from django.db import migrations

from callcare.core.keys import same_desk


class Migration(migrations.Migration):
    """What hangs from a row of one desk belongs to that desk."""

    dependencies = [("outcomes", "0001_initial")]
    operations = [
        same_desk("outcomes_peoplecount", "need_id", "needs_need"),
        same_desk("outcomes_outcome", "need_id", "needs_need"),
    ]
