-- Begins the audit trail's next part, after partitions.sql: as the owner of the tables, whenever the last part is large
-- enough, with terminals open or closed (they wait while the last part is read once).
--     psql -v ON_ERROR_STOP=1 -f next_part.sql "postgresql://huifang_owner:...@10.0.0.11/huifang?sslmode=..."
-- On another disk: PGOPTIONS='-c default_tablespace=NAME' before it. No row is moved, none is changed.
begin;
set local lock_timeout = '10s';
lock table audit_entry in access exclusive mode;

do $$
declare
    next constant bigint := (select coalesce(max(id), 0) + 1 from audit_entry);
    last regclass;
    bounds text;
    part text;
begin
    select pg_class.oid, pg_get_expr(relpartbound, pg_class.oid) into last, bounds
    from pg_class join pg_inherits on inhrelid = pg_class.oid
    where inhparent = 'audit_entry'::regclass and pg_get_expr(relpartbound, pg_class.oid) like '%TO (MAXVALUE)';
    if bounds is null then
        raise exception 'the audit trail is not in parts: partitions.sql comes first';
    end if;
    if bounds like format('%%FROM (''%s'')%%', next) then
        raise exception 'the last part, %, is still empty', last;
    end if;
    select format('audit_entry_%s', count(*) + 1) into part
    from pg_inherits where inhparent = 'audit_entry'::regclass;
    execute format('alter table audit_entry detach partition %s', last);
    execute format('alter table audit_entry attach partition %s %s', last,
        replace(bounds, 'TO (MAXVALUE)', format('TO (%s)', next)));
    execute format('create table %I partition of audit_entry for values from (%s) to (maxvalue)', part, next);
    execute format('create trigger audit_entry_append_only before update or delete or truncate on %I
        for each statement execute function huifang_append_only()', part);
end $$;

analyze audit_entry;
commit;
