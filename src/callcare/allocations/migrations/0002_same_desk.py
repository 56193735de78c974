from django.db import migrations

from callcare.core.keys import same_desk


class Migration(migrations.Migration):
    """What hangs from a row of one desk belongs to that desk."""

    dependencies = [("allocations", "0001_initial")]
    operations = [
        same_desk("allocations_allocation", "need_line_id", "needs_needline"),
        same_desk("allocations_allocation", "introduction_id", "introductions_introduction"),
        same_desk("allocations_fulfilment", "allocation_id", "allocations_allocation"),
    ]
