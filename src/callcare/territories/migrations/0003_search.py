"""Communes are found by letters, in spite of a slip of the finger.

The owner of the database may have to create the extension: `CREATE EXTENSION pg_trgm`.
"""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('territories', '0002_reference_data'),
    ]

    operations = [
        # Left in place on the way back: other floors use it too.
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS pg_trgm", migrations.RunSQL.noop),
        migrations.AddField(
            model_name='territory',
            name='other_names',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), blank=True, default=list, help_text='Communes associées ou déléguées, arrondissements : Lomme pour Lille.', size=None, verbose_name='noms d’usage'),
        ),
        migrations.AddField(
            model_name='territory',
            name='other_search',
            field=models.CharField(blank=True, default='', editable=False, max_length=1000, verbose_name='noms d’usage cherchés'),
        ),
        migrations.AddIndex(
            model_name='territory',
            index=models.Index(django.contrib.postgres.indexes.OpClass('search_name', 'varchar_pattern_ops'), name='territory_name_begins'),
        ),
        migrations.AddIndex(
            model_name='territory',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.search.SearchVector('search_name', 'other_search', config='simple'), name='territory_words'),
        ),
        migrations.AddIndex(
            model_name='territory',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('search_name', 'gin_trgm_ops'), name='territory_name_sounds'),
        ),
    ]
