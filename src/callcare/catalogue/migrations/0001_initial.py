import callcare.core.triggers
import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='Reason',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, unique=True, verbose_name='code')),
                ('label', models.CharField(max_length=80, verbose_name='motif')),
                ('used_for', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('close_need', 'clore un besoin'), ('close_commitment', 'clore un engagement'), ('decline', 'décliner une mise en relation'), ('dismiss', 'écarter une piste'), ('release', 'libérer une affectation'), ('cancel', 'annuler'), ('reopen', 'rouvrir')], max_length=16), size=None, verbose_name='sert à')),
                ('is_final', models.BooleanField(default=True, verbose_name='définitif')),
                ('order', models.PositiveSmallIntegerField(default=100, verbose_name='ordre')),
            ],
            options={
                'verbose_name': 'motif',
            },
        ),
        migrations.CreateModel(
            name='ReasonEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='catalogue.reason')),
                ('pgh_context', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('code', models.SlugField(db_index=False, max_length=40, verbose_name='code')),
                ('label', models.CharField(max_length=80, verbose_name='motif')),
                ('used_for', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('close_need', 'clore un besoin'), ('close_commitment', 'clore un engagement'), ('decline', 'décliner une mise en relation'), ('dismiss', 'écarter une piste'), ('release', 'libérer une affectation'), ('cancel', 'annuler'), ('reopen', 'rouvrir')], max_length=16), size=None, verbose_name='sert à')),
                ('is_final', models.BooleanField(default=True, verbose_name='définitif')),
                ('order', models.PositiveSmallIntegerField(default=100, verbose_name='ordre')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Unit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=12, unique=True, verbose_name='code')),
                ('label', models.CharField(max_length=30, verbose_name='nom')),
                ('plural', models.CharField(max_length=30, verbose_name='pluriel')),
                ('measure', models.CharField(choices=[('piece', 'pièce'), ('place', 'place'), ('minute', 'minute'), ('cent', 'centime')], max_length=6, verbose_name='mesure')),
                ('factor', models.PositiveIntegerField(verbose_name='facteur')),
            ],
            options={
                'verbose_name': 'unité',
                'constraints': [models.CheckConstraint(condition=models.Q(('factor__gt', 0)), name='unit_factor_positive')],
            },
        ),
        migrations.CreateModel(
            name='UnitEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='catalogue.unit')),
                ('pgh_context', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('code', models.CharField(max_length=12, verbose_name='code')),
                ('label', models.CharField(max_length=30, verbose_name='nom')),
                ('plural', models.CharField(max_length=30, verbose_name='pluriel')),
                ('measure', models.CharField(choices=[('piece', 'pièce'), ('place', 'place'), ('minute', 'minute'), ('cent', 'centime')], max_length=6, verbose_name='mesure')),
                ('factor', models.PositiveIntegerField(verbose_name='facteur')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Category',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('code', models.SlugField(max_length=40, unique=True, verbose_name='code')),
                ('label', models.CharField(max_length=60, verbose_name='nom')),
                ('kind', models.CharField(choices=[('goods', 'biens'), ('time', 'temps'), ('skill', 'compétences'), ('venue', 'lieux'), ('transport', 'transport'), ('money', 'argent')], max_length=9, verbose_name='nature')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='catalogue.category', verbose_name='catégorie mère')),
                ('path', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, editable=False, size=None)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalogue.unit', verbose_name='unité habituelle')),
                ('synonyms', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None, verbose_name='synonymes')),
                ('is_tracked', models.BooleanField(default=False, verbose_name='suivie pièce par pièce')),
                ('is_computer', models.BooleanField(default=False, verbose_name='compte comme ordinateur')),
                ('is_retired', models.BooleanField(default=False, verbose_name='retirée')),
            ],
            options={
                'verbose_name': 'catégorie',
            },
        ),
        migrations.CreateModel(
            name='CategoryEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='catalogue.category')),
                ('pgh_context', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('code', models.SlugField(db_index=False, max_length=40, verbose_name='code')),
                ('label', models.CharField(max_length=60, verbose_name='nom')),
                ('kind', models.CharField(choices=[('goods', 'biens'), ('time', 'temps'), ('skill', 'compétences'), ('venue', 'lieux'), ('transport', 'transport'), ('money', 'argent')], max_length=9, verbose_name='nature')),
                ('parent', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='catalogue.category', verbose_name='catégorie mère')),
                ('path', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), default=list, editable=False, size=None)),
                ('unit', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='catalogue.unit', verbose_name='unité habituelle')),
                ('synonyms', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), blank=True, default=list, size=None, verbose_name='synonymes')),
                ('is_tracked', models.BooleanField(default=False, verbose_name='suivie pièce par pièce')),
                ('is_computer', models.BooleanField(default=False, verbose_name='compte comme ordinateur')),
                ('is_retired', models.BooleanField(default=False, verbose_name='retirée')),
            ],
            options={
                'abstract': False,
            },
        ),
        callcare.core.triggers.AddTriggers(
            triggers={'category': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "catalogue_categoryevent" ("code", "id", "is_computer", "is_retired", "is_tracked", "kind", "label", "parent_id", "path", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "synonyms", "unit_id", "version") VALUES (NEW."code", NEW."id", NEW."is_computer", NEW."is_retired", NEW."is_tracked", NEW."kind", NEW."label", NEW."parent_id", NEW."path", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."synonyms", NEW."unit_id", NEW."version"); RETURN NULL;', hash='235caf176b898b56ef0db68851e2c75b7c9860b4', operation='INSERT', pgid='pgtrigger_insert_insert_e7ba8', table='catalogue_category', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "catalogue_categoryevent" ("code", "id", "is_computer", "is_retired", "is_tracked", "kind", "label", "parent_id", "path", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "synonyms", "unit_id", "version") VALUES (NEW."code", NEW."id", NEW."is_computer", NEW."is_retired", NEW."is_tracked", NEW."kind", NEW."label", NEW."parent_id", NEW."path", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."synonyms", NEW."unit_id", NEW."version"); RETURN NULL;', hash='c5692fc96817b0523d622789f953fdf85a730a33', operation='UPDATE', pgid='pgtrigger_update_update_061ed', table='catalogue_category', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "catalogue_categoryevent" ("code", "id", "is_computer", "is_retired", "is_tracked", "kind", "label", "parent_id", "path", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "synonyms", "unit_id", "version") VALUES (OLD."code", OLD."id", OLD."is_computer", OLD."is_retired", OLD."is_tracked", OLD."kind", OLD."label", OLD."parent_id", OLD."path", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."synonyms", OLD."unit_id", OLD."version"); RETURN NULL;', hash='9696d75535b8b3c1843b307f6b75bd75834c3941', operation='DELETE', pgid='pgtrigger_delete_delete_92e91', table='catalogue_category', when='AFTER'))], 'categoryevent': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='c59b157e7aca69b5ab2b56a0ac576d7635aa5306', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_aabfa', table='catalogue_categoryevent', when='BEFORE'))], 'reason': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "catalogue_reasonevent" ("code", "id", "is_final", "label", "order", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "used_for") VALUES (NEW."code", NEW."id", NEW."is_final", NEW."label", NEW."order", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."used_for"); RETURN NULL;', hash='43843f3fdc6588bdbcac29e0c5646b2a69c34b2a', operation='INSERT', pgid='pgtrigger_insert_insert_a089a', table='catalogue_reason', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "catalogue_reasonevent" ("code", "id", "is_final", "label", "order", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "used_for") VALUES (NEW."code", NEW."id", NEW."is_final", NEW."label", NEW."order", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."used_for"); RETURN NULL;', hash='6c8773a58394ce615dcb2a70e55d2abd636c5c89', operation='UPDATE', pgid='pgtrigger_update_update_b11ce', table='catalogue_reason', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "catalogue_reasonevent" ("code", "id", "is_final", "label", "order", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "used_for") VALUES (OLD."code", OLD."id", OLD."is_final", OLD."label", OLD."order", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."used_for"); RETURN NULL;', hash='aaa90b16d3782efcdf71cfd445c3dd0fe62554b5', operation='DELETE', pgid='pgtrigger_delete_delete_b3b96', table='catalogue_reason', when='AFTER'))], 'reasonevent': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='1c650380bfec56695e565e551f8e79d1a878ff69', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_cb98a', table='catalogue_reasonevent', when='BEFORE'))], 'unit': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "catalogue_unitevent" ("code", "factor", "id", "label", "measure", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plural") VALUES (NEW."code", NEW."factor", NEW."id", NEW."label", NEW."measure", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."plural"); RETURN NULL;', hash='8491866e18c3aa4597f3ec1cbe9c7ace4bec7fba', operation='INSERT', pgid='pgtrigger_insert_insert_c3fb8', table='catalogue_unit', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "catalogue_unitevent" ("code", "factor", "id", "label", "measure", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plural") VALUES (NEW."code", NEW."factor", NEW."id", NEW."label", NEW."measure", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."plural"); RETURN NULL;', hash='6d31a512a5ab9b7ccdc92d6d63eafee9cd42935b', operation='UPDATE', pgid='pgtrigger_update_update_fedeb', table='catalogue_unit', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "catalogue_unitevent" ("code", "factor", "id", "label", "measure", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plural") VALUES (OLD."code", OLD."factor", OLD."id", OLD."label", OLD."measure", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."plural"); RETURN NULL;', hash='bd58d8b635a2234a81ec1c50a4df6483089c3d71', operation='DELETE', pgid='pgtrigger_delete_delete_f0938', table='catalogue_unit', when='AFTER'))], 'unitevent': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ab96e21f315f7f6e8450a0d19dcb1c7625bdce3e', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_24e19', table='catalogue_unitevent', when='BEFORE'))]},
        ),
    ]
