"""What was given is given: only what is lent comes back, whoever writes."""

from django.db import migrations

GUARD = """
CREATE FUNCTION only_loans_return() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF (SELECT c.mode FROM allocations_allocation a
          JOIN commitments_commitmentline c ON c.id = a.commitment_line_id
         WHERE a.id = NEW.allocation_id) = 'gift' THEN
        PERFORM callcare_refuse('only_loans_return', 'a gift does not come back');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER only_loans_return BEFORE INSERT ON allocations_fulfilment FOR EACH ROW
    WHEN (NEW.kind = 'return') EXECUTE FUNCTION only_loans_return();
"""

UNDO = """
DROP TRIGGER only_loans_return ON allocations_fulfilment;
DROP FUNCTION only_loans_return();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("allocations", "0003_counters"),
        ("commitments", "0001_squashed_0003_case_deeds"),
    ]
    operations = [migrations.RunSQL(GUARD, UNDO)]
