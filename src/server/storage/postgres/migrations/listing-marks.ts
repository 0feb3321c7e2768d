/**
 * The counted marks of the embedded database (its migration 0009 says what they are), kept by triggers
 * of a statement: those of a row would see rows of their statement that are not counted yet, and halve
 * a mark at the wrong place.
 *
 * The first mark of a folder is locked until the transaction ends. Without that, a file that arrives
 * while another transaction halves a mark would be counted on the wrong half.
 */
const every = 4000

const table = `create table listing_mark (
  user_id text collate "C" not null references "user" (id) on delete cascade,
  folder_id bigint not null,
  sort integer not null,
  value bigint not null,
  folded_name text collate "C" not null,
  id text collate "C" not null,
  files bigint not null,
  primary key (user_id, folder_id, sort, value, folded_name, id)
) with (fillfactor = 50)`

/** By name last: halving its first mark begins the other orders, which count these files then. */
const count = `create function listing_mark_count(
  of_user text, of_folder bigint, names text[], ids text[], sizes bigint[], times bigint[], step integer
) returns void language plpgsql as $f$
declare
  mark listing_mark;
begin
  for order_by in reverse 2..0 loop
    for mark in
      update listing_mark as counted set files = counted.files + step * found.files
      from (
        select at.value, at.folded_name, at.id, count(*) as files
        from unnest(names, ids, case order_by
          when 1 then sizes when 2 then times else array_fill(0::bigint, array[cardinality(ids)])
        end) as file (folded_name, id, value)
        cross join lateral (
          select before.value, before.folded_name, before.id from listing_mark as before
          where before.user_id = of_user and before.folder_id = of_folder and before.sort = order_by
            and (before.value, before.folded_name, before.id)
              <= (file.value, file.folded_name collate "C", file.id collate "C")
          order by before.value desc, before.folded_name desc, before.id desc
          limit 1
        ) as at
        group by at.value, at.folded_name, at.id
      ) as found
      where counted.user_id = of_user and counted.folder_id = of_folder and counted.sort = order_by
        and (counted.value, counted.folded_name, counted.id) = (found.value, found.folded_name, found.id)
      returning counted.*
    loop
      if mark.files >= ${2 * every} then perform listing_mark_halve(mark); end if;
    end loop;
  end loop;
end $f$`

const next = (column: string) => `
  select ${column === '' ? '0::bigint' : column}, folded_name, id into at.value, at.folded_name, at.id from file
  where user_id = mark.user_id and folder_id = mark.folder_id
    and (${column && `${column}, `}folded_name, id)
      >= (${column && 'mark.value, '}mark.folded_name, mark.id)
  order by ${column && `${column}, `}folded_name, id
  limit 1 offset ${every};`

const halve = `create function listing_mark_halve(mark listing_mark) returns void language plpgsql as $f$
declare
  at listing_mark;
begin
  while mark.files >= ${2 * every} loop
    at := mark;
    if mark.sort = 0 then ${next('')}
    elsif mark.sort = 1 then ${next('size')}
    else ${next('uploaded_at')}
    end if;
    at.files := mark.files - ${every};
    insert into listing_mark select at.*;
    update listing_mark set files = ${every}
    where (user_id, folder_id, sort, value, folded_name, id)
      = (mark.user_id, mark.folder_id, mark.sort, mark.value, mark.folded_name, mark.id);
    mark := at;
  end loop;
  if mark.sort = 0 then
    insert into listing_mark
      select mark.user_id, mark.folder_id, other, 0, '', '', sum(files)
      from listing_mark cross join generate_series(1, 2) as other
      where user_id = mark.user_id and folder_id = mark.folder_id and sort = 0
      group by other
      on conflict do nothing;
  end if;
end $f$`

/** Whoever waits for the lock sees, from its next statement on, what the one before has counted. */
const open = `create function listing_mark_open(of_user text, of_folder bigint, is_needed boolean)
returns void language plpgsql as $f$
begin
  if is_needed then
    insert into listing_mark values (of_user, of_folder, 0, 0, '', '', 0) on conflict do nothing;
  end if;
  perform 1 from listing_mark
  where user_id = of_user and folder_id = of_folder and sort = 0
    and value = 0 and folded_name = '' and id = ''
  for no key update;
end $f$`

const arrays = `array_agg(folded_name) as names, array_agg(id) as ids,
  array_agg(size) as sizes, array_agg(uploaded_at) as times`
const call = (step: number) =>
  `perform listing_mark_count(user_id, folder_id, names, ids, sizes, times, ${step})`

/** In the order of their ids: two statements that meet in several folders wait for each other in one of them. */
const arrive = `create function listing_mark_arrive() returns trigger language plpgsql as $f$
begin
  perform listing_mark_open(user_id, folder_id, true) from (
    select distinct user_id, folder_id from added where folder_id is not null order by 1, 2
  ) as place;
  ${call(1)} from (
    select user_id, folder_id, ${arrays} from added
    where folder_id is not null group by user_id, folder_id
  ) as file;
  return null;
end $f$`

const leave = `create function listing_mark_leave() returns trigger language plpgsql as $f$
begin
  perform listing_mark_open(user_id, folder_id, false) from (
    select distinct user_id, folder_id from removed where folder_id is not null order by 1, 2
  ) as place;
  ${call(-1)} from (
    select user_id, folder_id, ${arrays} from removed
    where folder_id is not null group by user_id, folder_id
  ) as file;
  return null;
end $f$`

const hasMoved = `(o.folder_id, o.folded_name, o.size, o.uploaded_at)
  is distinct from (n.folder_id, n.folded_name, n.size, n.uploaded_at)`

const move = `create function listing_mark_move() returns trigger language plpgsql as $f$
begin
  perform listing_mark_open(user_id, folder_id, is_needed) from (
    select user_id, folder_id, bool_or(is_needed) as is_needed from (
      select o.user_id, o.folder_id, false as is_needed from removed o join added n using (id) where ${hasMoved}
      union all
      select n.user_id, n.folder_id, true from removed o join added n using (id) where ${hasMoved}
    ) as either
    where folder_id is not null group by user_id, folder_id order by 1, 2
  ) as place;
  ${call(-1)} from (
    select user_id, folder_id, ${arrays} from (
      select o.* from removed o join added n using (id) where ${hasMoved}
    ) as gone
    where folder_id is not null group by user_id, folder_id
  ) as file;
  ${call(1)} from (
    select user_id, folder_id, ${arrays} from (
      select n.* from removed o join added n using (id) where ${hasMoved}
    ) as come
    where folder_id is not null group by user_id, folder_id
  ) as file;
  return null;
end $f$`

/** In their order. */
export const listingMarks = [
  ...[table, halve, count, open, arrive, leave, move],
  `create trigger listing_mark_arrive after insert on file referencing new table as added
    for each statement execute function listing_mark_arrive()`,
  `create trigger listing_mark_leave after delete on file referencing old table as removed
    for each statement execute function listing_mark_leave()`,
  `create trigger listing_mark_move after update on file
    referencing old table as removed new table as added
    for each statement execute function listing_mark_move()`,
]
