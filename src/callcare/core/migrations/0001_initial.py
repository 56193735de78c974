import callcare.core.clock
import callcare.core.triggers
import django.db.models.deletion
import pgtrigger.compiler
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('contenttypes', '0002_remove_content_type_name'),
        ('pghistory', '0007_auto_20250421_0444'),
    ]

    operations = [
        migrations.CreateModel(
            name='DeedName',
            fields=[
            ],
            options={
                'verbose_name': 'acte',
                'proxy': True,
                'indexes': [],
                'constraints': [],
            },
            bases=('pghistory.context',),
        ),
        migrations.CreateModel(
            name='Link',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('answer', 'répondre à une mise en relation'), ('outcome', 'dire le résultat')], max_length=8, verbose_name='usage')),
                ('subject_type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contenttypes.contenttype')),
                ('subject_id', models.PositiveBigIntegerField()),
                ('side', models.CharField(max_length=5, verbose_name='côté')),
                ('digest', models.BinaryField(max_length=32, unique=True)),
                ('created_at', models.DateTimeField(default=callcare.core.clock.now, editable=False)),
                ('expires_at', models.DateTimeField(verbose_name='valable jusqu’au')),
                ('used_at', models.DateTimeField(blank=True, null=True, verbose_name='utilisé le')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='révoqué le')),
            ],
            options={
                'verbose_name': 'lien personnel',
                'verbose_name_plural': 'liens personnels',
            },
        ),
        migrations.CreateModel(
            name='LinkEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='core.link')),
                ('pgh_context', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('purpose', models.CharField(choices=[('answer', 'répondre à une mise en relation'), ('outcome', 'dire le résultat')], max_length=8, verbose_name='usage')),
                ('subject_type', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='contenttypes.contenttype')),
                ('subject_id', models.PositiveBigIntegerField()),
                ('side', models.CharField(max_length=5, verbose_name='côté')),
                ('digest', models.BinaryField(max_length=32)),
                ('created_at', models.DateTimeField(default=callcare.core.clock.now, editable=False)),
                ('expires_at', models.DateTimeField(verbose_name='valable jusqu’au')),
                ('used_at', models.DateTimeField(blank=True, null=True, verbose_name='utilisé le')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='révoqué le')),
            ],
            options={
                'abstract': False,
            },
        ),
        callcare.core.triggers.AddTriggers(
            triggers={'deedname': [pgtrigger.compiler.Trigger(name='kept_for_ever', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='385f9811c2bec5c57324fb1b23dabf59a4024ffc', operation='UPDATE OR DELETE', pgid='pgtrigger_kept_for_ever_fa3fa', table='pghistory_context', when='BEFORE'))], 'link': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "core_linkevent" ("created_at", "digest", "expires_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "revoked_at", "side", "subject_id", "subject_type_id", "used_at") VALUES (NEW."created_at", NEW."digest", NEW."expires_at", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."purpose", NEW."revoked_at", NEW."side", NEW."subject_id", NEW."subject_type_id", NEW."used_at"); RETURN NULL;', hash='11f8946fa4ac7a3b5348ba6f13fab5b3c07a0d4f', operation='INSERT', pgid='pgtrigger_insert_insert_5c4fa', table='core_link', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "core_linkevent" ("created_at", "digest", "expires_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "revoked_at", "side", "subject_id", "subject_type_id", "used_at") VALUES (NEW."created_at", NEW."digest", NEW."expires_at", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."purpose", NEW."revoked_at", NEW."side", NEW."subject_id", NEW."subject_type_id", NEW."used_at"); RETURN NULL;', hash='2767fdba4f2bc41a3a3bbf1b0398409ef68ad1c5', operation='UPDATE', pgid='pgtrigger_update_update_8a8da', table='core_link', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "core_linkevent" ("created_at", "digest", "expires_at", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "revoked_at", "side", "subject_id", "subject_type_id", "used_at") VALUES (OLD."created_at", OLD."digest", OLD."expires_at", OLD."id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."purpose", OLD."revoked_at", OLD."side", OLD."subject_id", OLD."subject_type_id", OLD."used_at"); RETURN NULL;', hash='cd8f3766a6db445d915331fcb5755b89583b981e', operation='DELETE', pgid='pgtrigger_delete_delete_51180', table='core_link', when='AFTER'))], 'linkevent': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='867420dad36f6e7c28ae77226927911ffc5551e7', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_4fcde', table='core_linkevent', when='BEFORE'))]},
        ),
    ]
