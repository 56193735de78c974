import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Other indexes begin with the same column: each event of a call wrote these three for nothing."""

    dependencies = [
        ('calls', '0005_as_received_when_changed'),
        ('desk', '0011_mail_back'),
    ]

    operations = [
        migrations.AlterField(
            model_name='call',
            name='desk',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='desk.desk', verbose_name='guichet'),
        ),
        migrations.AlterField(
            model_name='call',
            name='trunk',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='calls.trunk', verbose_name='raccordement'),
        ),
        migrations.AlterField(
            model_name='callevent',
            name='trunk',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='call_events', to='calls.trunk', verbose_name='raccordement'),
        ),
        migrations.AlterField(
            model_name='inboundevent',
            name='trunk',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='inbound', to='calls.trunk', verbose_name='raccordement'),
        ),
    ]
