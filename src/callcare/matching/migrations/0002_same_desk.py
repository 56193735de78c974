from django.db import migrations

from callcare.core.keys import same_desk


class Migration(migrations.Migration):
    """What hangs from a row of one desk belongs to that desk."""

    dependencies = [("matching", "0001_initial")]
    operations = [same_desk("matching_dismissal", "need_line_id", "needs_needline")]
