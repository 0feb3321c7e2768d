import { type Kysely, sql } from 'kysely'

/**
 * Through a folder of many files runs a row of marks, in the order of its listing: each counts the
 * files from itself up to the next one. An offset is found by adding up counts instead of walking
 * over all that it skips. A mark is halved when it counts twice `every`: for a million files, adding
 * up 250 marks and walking over some thousand files take about the same time.
 *
 * Triggers keep the counts, so that they are true whoever adds or removes a file.
 */
const every = 4000

const markOf = (file: 'new' | 'old') => `(user_id, folder, folded_name, id) = (
  select user_id, folder, folded_name, id from listing_mark
  where user_id = ${file}.user_id and folder = ${file}.folder
    and (folded_name, id) <= (${file}.folded_name, ${file}.id)
  order by folded_name desc, id desc
  limit 1
)`

const statements = [
  `create table listing_mark (
    user_id text not null references user (id) on delete cascade,
    folder text not null,
    folded_name text not null,
    id text not null,
    files integer not null,
    primary key (user_id, folder, folded_name, id)
  ) without rowid`,
  // The first mark of a folder stands before every name.
  `insert into listing_mark
    select user_id, folder, iif(place = 0, '', folded_name), iif(place = 0, '', id),
      min(${every}, files - place)
    from (
      select user_id, folder, folded_name, id,
        row_number() over (partition by user_id, folder order by folded_name, id) - 1 as place,
        count(*) over (partition by user_id, folder) as files
      from file
    )
    where place % ${every} = 0`,
  `create trigger listing_mark_add after insert on file begin
    insert into listing_mark values (new.user_id, new.folder, '', '', 0) on conflict do nothing;
    update listing_mark set files = files + 1 where ${markOf('new')};
  end`,
  `create trigger listing_mark_remove after delete on file begin
    update listing_mark set files = files - 1 where ${markOf('old')};
  end`,
  `create trigger listing_mark_halve after update of files on listing_mark
  when new.files >= ${2 * every} begin
    insert into listing_mark
      select user_id, folder, folded_name, id, new.files - ${every} from file
      where user_id = new.user_id and folder = new.folder
        and (folded_name, id) >= (new.folded_name, new.id)
      order by folded_name, id
      limit 1 offset ${every};
    update listing_mark set files = ${every}
      where (user_id, folder, folded_name, id) = (new.user_id, new.folder, new.folded_name, new.id);
  end`,
]

export async function addListingMarks(database: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(database)
}
