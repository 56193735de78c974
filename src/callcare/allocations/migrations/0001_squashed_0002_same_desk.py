import callcare.core.clock
import callcare.core.fields
import callcare.core.triggers
import django.db.models.deletion
import django.db.models.expressions
import pgtrigger.compiler
from django.conf import settings
from callcare.core.keys import same_desk
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('allocations', '0001_initial'), ('allocations', '0002_same_desk')]

    initial = True

    dependencies = [
        ('accounts', '0001_squashed_0004_user_ref_letter'),
        ('catalogue', '0001_initial'),
        ('commitments', '0001_squashed_0003_case_deeds'),
        ('desk', '0001_squashed_0005_hours_plural'),
        ('introductions', '0001_squashed_0002_same_desk'),
        ('needs', '0001_squashed_0003_case_deeds'),
        ('pghistory', '0007_auto_20250421_0444'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Allocation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', callcare.core.fields.RefField(editable=False, letter='A', max_length=10, unique=True, verbose_name='référence')),
                ('desk', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='allocations', to='desk.desk', verbose_name='guichet')),
                ('need_line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='allocations', to='needs.needline', verbose_name='ligne de besoin')),
                ('commitment_line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='allocations', to='commitments.commitmentline', verbose_name='ligne d’engagement')),
                ('introduction', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='allocations', to='introductions.introduction', verbose_name='mise en relation')),
                ('qty', models.PositiveBigIntegerField(verbose_name='quantité')),
                ('qty_fulfilled', models.PositiveBigIntegerField(default=0, editable=False, verbose_name='remise')),
                ('qty_released', models.PositiveBigIntegerField(default=0, editable=False, verbose_name='libérée')),
                ('qty_returned', models.PositiveBigIntegerField(default=0, editable=False, verbose_name='rendue')),
                ('state', models.CharField(choices=[('held', 'retenue'), ('confirmed', 'confirmée'), ('fulfilled', 'honorée'), ('released', 'libérée'), ('failed', 'défaillante')], default='held', max_length=9, verbose_name='état')),
                ('held_until', models.DateTimeField(blank=True, null=True, verbose_name='retenue jusqu’au')),
                ('promised_for', models.DateField(blank=True, null=True, verbose_name='promise pour le')),
                ('reason', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalogue.reason', verbose_name='motif')),
                ('reneged_by', models.CharField(blank=True, choices=[('asker', 'demandeur'), ('giver', 'contributeur'), ('desk', 'guichet')], max_length=5, verbose_name='défaillance')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='responsable')),
                ('next_action_at', models.DateTimeField(blank=True, null=True, verbose_name='prochaine action')),
                ('made_at', models.DateTimeField(default=callcare.core.clock.now, verbose_name='faite le')),
            ],
            options={
                'verbose_name': 'affectation',
                'constraints': [models.CheckConstraint(condition=models.Q(('qty__gt', 0)), name='allocation_positive', violation_error_message='Une affectation porte sur une quantité d’au moins un.'), models.CheckConstraint(condition=models.Q(('qty__gte', django.db.models.expressions.CombinedExpression(models.F('qty_fulfilled'), '+', models.F('qty_released')))), name='allocation_adds_up', violation_error_message='C’est plus que ce qui reste à remettre sur cette affectation.'), models.CheckConstraint(condition=models.Q(('qty_returned__lte', models.F('qty_fulfilled'))), name='allocation_returns_what_was_given', violation_error_message='On ne rend pas plus que ce qui a été remis.'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['released', 'failed']), _negated=True), ('qty', django.db.models.expressions.CombinedExpression(models.F('qty_fulfilled'), '+', models.F('qty_released'))), _connector='OR'), name='allocation_over_is_whole'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'fulfilled'), _negated=True), models.Q(('qty_fulfilled__gt', 0), ('qty', django.db.models.expressions.CombinedExpression(models.F('qty_fulfilled'), '+', models.F('qty_released')))), _connector='OR'), name='allocation_fulfilled_is_whole'), models.CheckConstraint(condition=models.Q(models.Q(('held_until__isnull', False), ('state', 'held')), models.Q(models.Q(('state', 'held'), _negated=True), ('held_until__isnull', True)), _connector='OR'), name='allocation_held_iff_until'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['held', 'confirmed']), _negated=True), models.Q(('next_action_at__isnull', False), ('owner__isnull', False)), _connector='OR'), name='allocation_live_has_next')],
            },
        ),
        migrations.CreateModel(
            name='AllocationEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='allocations.allocation')),
                ('pgh_context', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('id', models.BigIntegerField()),
                ('ref', callcare.core.fields.RefField(editable=False, letter='A', max_length=10, verbose_name='référence')),
                ('desk', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='desk.desk', verbose_name='guichet')),
                ('need_line', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='needs.needline', verbose_name='ligne de besoin')),
                ('commitment_line', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='commitments.commitmentline', verbose_name='ligne d’engagement')),
                ('introduction', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='introductions.introduction', verbose_name='mise en relation')),
                ('qty', models.PositiveBigIntegerField(verbose_name='quantité')),
                ('qty_fulfilled', models.PositiveBigIntegerField(default=0, editable=False, verbose_name='remise')),
                ('qty_released', models.PositiveBigIntegerField(default=0, editable=False, verbose_name='libérée')),
                ('qty_returned', models.PositiveBigIntegerField(default=0, editable=False, verbose_name='rendue')),
                ('state', models.CharField(choices=[('held', 'retenue'), ('confirmed', 'confirmée'), ('fulfilled', 'honorée'), ('released', 'libérée'), ('failed', 'défaillante')], default='held', max_length=9, verbose_name='état')),
                ('held_until', models.DateTimeField(blank=True, null=True, verbose_name='retenue jusqu’au')),
                ('promised_for', models.DateField(blank=True, null=True, verbose_name='promise pour le')),
                ('reason', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='catalogue.reason', verbose_name='motif')),
                ('reneged_by', models.CharField(blank=True, choices=[('asker', 'demandeur'), ('giver', 'contributeur'), ('desk', 'guichet')], max_length=5, verbose_name='défaillance')),
                ('owner', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='responsable')),
                ('next_action_at', models.DateTimeField(blank=True, null=True, verbose_name='prochaine action')),
                ('made_at', models.DateTimeField(default=callcare.core.clock.now, verbose_name='faite le')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Fulfilment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('desk', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='desk.desk', verbose_name='guichet')),
                ('allocation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='fulfilments', to='allocations.allocation', verbose_name='affectation')),
                ('kind', models.CharField(choices=[('delivery', 'remise'), ('return', 'retour'), ('correction', 'correction')], default='delivery', max_length=10, verbose_name='nature')),
                ('qty', models.PositiveBigIntegerField(verbose_name='quantité')),
                ('at', models.DateTimeField(default=callcare.core.clock.now, verbose_name='le')),
                ('place', models.CharField(blank=True, max_length=120, verbose_name='lieu')),
                ('proof', models.CharField(choices=[('slip', 'bon de remise'), ('signature', 'signature'), ('mail', 'courriel'), ('oral', 'dit au téléphone')], max_length=9, verbose_name='preuve')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='noté par')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                ('corrects', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='allocations.fulfilment')),
            ],
            options={
                'verbose_name': 'remise',
                'constraints': [models.CheckConstraint(condition=models.Q(('qty__gt', 0)), name='fulfilment_positive', violation_error_message='Une remise porte sur une quantité d’au moins un.'), models.CheckConstraint(condition=models.Q(models.Q(('corrects__isnull', False), ('kind', 'correction')), models.Q(models.Q(('kind', 'correction'), _negated=True), ('corrects__isnull', True)), _connector='OR'), name='correction_names_its_fulfilment')],
            },
        ),
        callcare.core.triggers.AddTriggers(
            triggers={'allocation': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "allocations_allocationevent" ("commitment_line_id", "desk_id", "held_until", "id", "introduction_id", "made_at", "need_line_id", "next_action_at", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "promised_for", "qty", "qty_fulfilled", "qty_released", "qty_returned", "reason_id", "ref", "reneged_by", "state") VALUES (NEW."commitment_line_id", NEW."desk_id", NEW."held_until", NEW."id", NEW."introduction_id", NEW."made_at", NEW."need_line_id", NEW."next_action_at", NEW."owner_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."promised_for", NEW."qty", NEW."qty_fulfilled", NEW."qty_released", NEW."qty_returned", NEW."reason_id", NEW."ref", NEW."reneged_by", NEW."state"); RETURN NULL;', hash='408bf1104148515c0f9b19dc624155679da9954d', operation='INSERT', pgid='pgtrigger_insert_insert_e6a66', table='allocations_allocation', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "allocations_allocationevent" ("commitment_line_id", "desk_id", "held_until", "id", "introduction_id", "made_at", "need_line_id", "next_action_at", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "promised_for", "qty", "qty_fulfilled", "qty_released", "qty_returned", "reason_id", "ref", "reneged_by", "state") VALUES (NEW."commitment_line_id", NEW."desk_id", NEW."held_until", NEW."id", NEW."introduction_id", NEW."made_at", NEW."need_line_id", NEW."next_action_at", NEW."owner_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."promised_for", NEW."qty", NEW."qty_fulfilled", NEW."qty_released", NEW."qty_returned", NEW."reason_id", NEW."ref", NEW."reneged_by", NEW."state"); RETURN NULL;', hash='dd214135e0686397cb8d9f4263f31dddde0d7c41', operation='UPDATE', pgid='pgtrigger_update_update_bed33', table='allocations_allocation', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "allocations_allocationevent" ("commitment_line_id", "desk_id", "held_until", "id", "introduction_id", "made_at", "need_line_id", "next_action_at", "owner_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "promised_for", "qty", "qty_fulfilled", "qty_released", "qty_returned", "reason_id", "ref", "reneged_by", "state") VALUES (OLD."commitment_line_id", OLD."desk_id", OLD."held_until", OLD."id", OLD."introduction_id", OLD."made_at", OLD."need_line_id", OLD."next_action_at", OLD."owner_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."promised_for", OLD."qty", OLD."qty_fulfilled", OLD."qty_released", OLD."qty_returned", OLD."reason_id", OLD."ref", OLD."reneged_by", OLD."state"); RETURN NULL;', hash='135fa1c5a1ccde5d9816ad8e485957fb1ffcdb78', operation='DELETE', pgid='pgtrigger_delete_delete_d24a5', table='allocations_allocation', when='AFTER'))], 'allocationevent': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='39024f761c9552e6849129723ba6f40064b7ed0c', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_6e9a5', table='allocations_allocationevent', when='BEFORE'))], 'fulfilment': [pgtrigger.compiler.Trigger(name='kept_for_ever', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='7d803426ecf415f5ccfdaf974014669014783ea5', operation='UPDATE OR DELETE', pgid='pgtrigger_kept_for_ever_342cc', table='allocations_fulfilment', when='BEFORE'))]},
        ),
        same_desk("allocations_allocation", "need_line_id", "needs_needline"),
        same_desk("allocations_allocation", "introduction_id", "introductions_introduction"),
        same_desk("allocations_fulfilment", "allocation_id", "allocations_allocation"),
    ]
