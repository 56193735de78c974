import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('territories', '0001_initial'), ('territories', '0002_reference_data'), ('territories', '0003_search'), ('territories', '0004_vocabulary')]

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='PlaceWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.CharField(max_length=40, unique=True, verbose_name='mot')),
                ('weight', models.PositiveIntegerField(help_text='La population de la plus grande commune qui le porte.', verbose_name='poids')),
                ('slips', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=7), size=None, verbose_name='formes fautives')),
            ],
            options={
                'verbose_name': 'mot de nom de commune',
                'verbose_name_plural': 'mots de noms de communes',
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['slips'], name='placeword_slips')],
            },
        ),
        migrations.CreateModel(
            name='Territory',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.CharField(choices=[('commune', 'commune'), ('epci', 'intercommunalité'), ('departement', 'département'), ('region', 'région')], max_length=11, verbose_name='niveau')),
                ('code', models.CharField(max_length=9, verbose_name='code INSEE')),
                ('name', models.CharField(max_length=80, verbose_name='nom')),
                ('search_name', models.CharField(editable=False, max_length=80, verbose_name='nom cherché')),
                ('other_names', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), blank=True, default=list, help_text='Communes associées ou déléguées, arrondissements : Lomme pour Lille.', size=None, verbose_name='noms d’usage')),
                ('other_search', models.CharField(blank=True, default='', editable=False, max_length=1000, verbose_name='noms d’usage cherchés')),
                ('epci', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territories.territory')),
                ('departement', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territories.territory')),
                ('region', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territories.territory')),
                ('population', models.PositiveIntegerField(default=0, verbose_name='population')),
                ('lat', models.FloatField(blank=True, null=True, verbose_name='latitude')),
                ('lon', models.FloatField(blank=True, null=True, verbose_name='longitude')),
                ('precision', models.CharField(choices=[('exact', 'point de la commune'), ('postcode', 'moyenne de son code postal'), ('epci', 'moyenne de son intercommunalité'), ('none', 'inconnue')], default='none', max_length=8, verbose_name='précision')),
            ],
            options={
                'verbose_name': 'territoire',
                'indexes': [models.Index(django.contrib.postgres.indexes.OpClass('search_name', 'varchar_pattern_ops'), name='territory_name_begins'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.search.SearchVector('search_name', 'other_search', config='simple'), name='territory_words')],
                'constraints': [models.UniqueConstraint(fields=('level', 'code'), name='territory_code_once'), models.CheckConstraint(condition=models.Q(models.Q(('lat', None), ('lon', None), ('precision', 'none')), models.Q(models.Q(('precision', 'none'), _negated=True), ('lat__isnull', False), ('lon__isnull', False)), _connector='OR'), name='territory_point_iff_precise')],
            },
        ),
        migrations.CreateModel(
            name='PostCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(db_index=True, max_length=5, verbose_name='code postal')),
                ('commune', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='postcodes', to='territories.territory', verbose_name='commune')),
            ],
            options={
                'verbose_name': 'code postal',
                'verbose_name_plural': 'codes postaux',
                'constraints': [models.UniqueConstraint(fields=('code', 'commune'), name='postcode_once')],
            },
        ),
    ]
