-- Purchases in parts by store, the audit trail in parts by its numbers. Once, on PostgreSQL 15 or newer, as the
-- owner of the tables, with all terminals closed and after a backup:
--     psql -v ON_ERROR_STOP=1 -f partitions.sql "postgresql://huifang_owner:...@10.0.0.11/huifang?sslmode=..."
-- It is one transaction: all of it is done, or nothing. Purchases are copied, which takes their space a second time
-- until the end; the trail stays where it is. next_part.sql begins the trail's next part.
begin;
set local lock_timeout = '10s';
lock table purchase, audit_entry in access exclusive mode;

-- What a table has beside its columns, as statements that give the same to the table of its name.
create function pg_temp.belongings(whole regclass, key text) returns text[] language sql as $$
    select array_agg(made order by place, name) from (
        select case contype when 'f' then 3 else 1 end as place, conname as name,
            format('alter table %s add constraint %I %s', whole, conname,
                case contype when 'p' then format('primary key (%s)', key) else pg_get_constraintdef(oid) end) as made
        from pg_constraint where conrelid = whole and contype in ('p', 'u', 'f')
        union all
        select 2, indexrelid::regclass::text, pg_get_indexdef(indexrelid)
        from pg_index where indrelid = whole and not exists (select from pg_constraint where conindid = indexrelid)
        union all
        select 4, tgname, pg_get_triggerdef(oid) from pg_trigger where tgrelid = whole and not tgisinternal
        union all
        select 5, privilege_type, format('grant %s on %s to %s', privilege_type, whole,
                case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end)
        from pg_class, aclexplode(relacl) where pg_class.oid = whole and grantee <> relowner
    ) listed
$$;

-- Every store's purchases lie in one part, several stores share one: a new store needs nothing done.
do $$
declare
    parts constant integer := 16;
    numbers constant text := pg_get_serial_sequence('purchase', 'id');
    belongings text[];
    step text;
begin
    if (select relkind <> 'r' from pg_class where oid = 'purchase'::regclass) then
        raise exception 'purchases are in parts already';
    end if;
    belongings := pg_temp.belongings('purchase', 'id, store_id');
    alter table purchase rename to purchase_whole;
    create table purchase (like purchase_whole including all excluding indexes) partition by hash (store_id);
    for part in 0 .. parts - 1 loop
        execute format('create table purchase_%s partition of purchase for values with (modulus %s, remainder %s)',
            to_char(part, 'FM00'), parts, part);
    end loop;
    insert into purchase select * from purchase_whole;
    execute format('alter sequence %s owned by purchase.id', numbers);
    drop table purchase_whole;
    foreach step in array belongings loop
        execute step;
    end loop;
end $$;

-- The trail as it is becomes its first part; what is added from now on goes into the second.
do $$
declare
    numbers constant text := pg_get_serial_sequence('audit_entry', 'id');
    next constant bigint := (select coalesce(max(id), 0) + 1 from audit_entry);
    belongings text[];
    step text;
begin
    if (select relkind <> 'r' from pg_class where oid = 'audit_entry'::regclass) then
        raise exception 'the audit trail is in parts already';
    end if;
    belongings := pg_temp.belongings('audit_entry', 'id');
    alter table audit_entry rename to audit_entry_1;
    for step in select format('alter index %s rename to %I', indexrelid::regclass, relname || '_1')
        from pg_index join pg_class on pg_class.oid = indexrelid where indrelid = 'audit_entry_1'::regclass
    loop
        execute step;
    end loop;
    for step in select distinct case grantee when 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end
        from pg_class, aclexplode(relacl) where pg_class.oid = 'audit_entry_1'::regclass and grantee <> relowner
    loop
        execute format('revoke all on audit_entry_1 from %s', step);
    end loop;
    create table audit_entry (like audit_entry_1 including all excluding indexes) partition by range (id);
    execute format('alter sequence %s owned by audit_entry.id', numbers);
    foreach step in array belongings loop
        execute step;
    end loop;
    execute format('alter table audit_entry attach partition audit_entry_1 for values from (minvalue) to (%s)', next);
    execute format('create table audit_entry_2 partition of audit_entry for values from (%s) to (maxvalue)', next);
    -- The table's own trigger sees only what comes by its name: each part keeps one too.
    create trigger audit_entry_append_only before update or delete or truncate on audit_entry_2
        for each statement execute function huifang_append_only();
end $$;

analyze purchase;
analyze audit_entry;
commit;
