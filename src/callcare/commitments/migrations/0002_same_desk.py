from django.db import migrations

from callcare.core.keys import same_desk


class Migration(migrations.Migration):
    """What hangs from a row of one desk belongs to that desk."""

    dependencies = [("commitments", "0001_initial")]
    operations = [same_desk("commitments_commitmentline", "commitment_id", "commitments_commitment")]
