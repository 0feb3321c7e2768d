import { type Kysely, sql } from 'kysely'

/**
 * A folder is a row that names the folder it is in; files and marks name theirs by its id. Then
 * renaming, moving or deleting a folder changes one row, whatever is in it. 0 is the root of every
 * user; null is nowhere: what lies in the trash, or is not whole yet, and all below it.
 */
const every = 4000

const folders = [
  'alter table folder rename to folder_by_path',
  'drop index folder_order',
  `create table folder (
    id integer primary key autoincrement,
    user_id text not null references user (id) on delete cascade,
    parent_id integer,
    name text not null,
    folded_name text not null
  )`,
  `create temp table folder_place as
    select row_number() over (order by user_id, path) as id, user_id, path, parent, name, folded_name
    from folder_by_path`,
  'create unique index temp.folder_place_path on folder_place (user_id, path)',
  `insert into folder
    select place.id, place.user_id, coalesce(above.id, 0), place.name, place.folded_name
    from folder_place as place
    left join folder_place as above on above.user_id = place.user_id and above.path = place.parent
    order by place.id`,
  'drop table folder_by_path',
  'create unique index folder_name on folder (user_id, parent_id, name)',
  'create index folder_order on folder (user_id, parent_id, folded_name, name)',
]

const files = [
  'drop trigger listing_mark_add',
  'drop trigger listing_mark_remove',
  'drop trigger listing_mark_halve',
  'drop table listing_mark',
  // Copies share their bytes. `is_renamed`: links with another name open it, too.
  `create table file_by_id (
    id text primary key not null,
    user_id text not null references user (id) on delete cascade,
    folder_id integer,
    name text not null,
    requested_name text not null,
    folded_name text not null,
    size integer not null,
    sha256 text not null,
    blob_id text not null,
    tracking_id text not null unique,
    uploaded_at integer not null,
    is_renamed integer not null default 0
  )`,
  `insert into file_by_id
    select file.id, file.user_id, coalesce(place.id, 0), file.name, requested_name, file.folded_name,
      size, sha256, blob_id, tracking_id, uploaded_at, 0
    from file
    left join folder_place as place on place.user_id = file.user_id and place.path = file.folder
    order by file.rowid`,
  'drop table file',
  'alter table file_by_id rename to file',
  'drop table temp.folder_place',
  // What keeps two uploads of one name at once apart, in any process.
  'create unique index file_name on file (user_id, folder_id, name)',
  'create index file_order on file (user_id, folder_id, folded_name, id)',
  'create index file_requested on file (user_id, folder_id, requested_name)',
  'create index file_blob on file (blob_id)',
]

const markOf = (file: 'new' | 'old') => `(user_id, folder_id, folded_name, id) = (
  select user_id, folder_id, folded_name, id from listing_mark
  where user_id = ${file}.user_id and folder_id = ${file}.folder_id
    and (folded_name, id) <= (${file}.folded_name, ${file}.id)
  order by folded_name desc, id desc
  limit 1
)`

const add = `
  insert into listing_mark values (new.user_id, new.folder_id, '', '', 0) on conflict do nothing;
  update listing_mark set files = files + 1 where ${markOf('new')};`
const remove = `update listing_mark set files = files - 1 where ${markOf('old')};`

/** The counted marks of before, by the folder's id; they follow a file that moves or gets another name. */
const marks = [
  `create table listing_mark (
    user_id text not null references user (id) on delete cascade,
    folder_id integer not null,
    folded_name text not null,
    id text not null,
    files integer not null,
    primary key (user_id, folder_id, folded_name, id)
  ) without rowid`,
  `insert into listing_mark
    select user_id, folder_id, iif(place = 0, '', folded_name), iif(place = 0, '', id),
      min(${every}, files - place)
    from (
      select user_id, folder_id, folded_name, id,
        row_number() over (partition by user_id, folder_id order by folded_name, id) - 1 as place,
        count(*) over (partition by user_id, folder_id) as files
      from file
    )
    where place % ${every} = 0`,
  `create trigger listing_mark_add after insert on file when new.folder_id is not null begin
    ${add}
  end`,
  `create trigger listing_mark_remove after delete on file when old.folder_id is not null begin
    ${remove}
  end`,
  `create trigger listing_mark_leave after update of folder_id, folded_name on file
  when old.folder_id is not null
    and (old.folder_id is not new.folder_id or old.folded_name <> new.folded_name) begin
    ${remove}
  end`,
  `create trigger listing_mark_come after update of folder_id, folded_name on file
  when new.folder_id is not null
    and (old.folder_id is not new.folder_id or old.folded_name <> new.folded_name) begin
    ${add}
  end`,
  `create trigger listing_mark_halve after update of files on listing_mark
  when new.files >= ${2 * every} begin
    insert into listing_mark
      select user_id, folder_id, folded_name, id, new.files - ${every} from file
      where user_id = new.user_id and folder_id = new.folder_id
        and (folded_name, id) >= (new.folded_name, new.id)
      order by folded_name, id
      limit 1 offset ${every};
    update listing_mark set files = ${every}
      where (user_id, folder_id, folded_name, id)
        = (new.user_id, new.folder_id, new.folded_name, new.id);
  end`,
]

/** `state`: kept (in the trash), purging (deleted for ever) or building (a copy that is not whole). */
const trash = [
  `create table trash (
    id text primary key not null,
    user_id text not null references user (id) on delete cascade,
    file_id text,
    folder_id integer,
    parent text not null,
    name text not null,
    size integer,
    deleted_at integer not null,
    state text not null
  )`,
  'create index trash_order on trash (user_id, state, deleted_at)',
  'create index trash_state on trash (state, deleted_at)',
  // Their rows are gone, their bytes not yet: what a start finds here it removes.
  'create table doomed_blob (blob_id text primary key not null) without rowid',
]

export async function identifyFolders(database: Kysely<unknown>): Promise<void> {
  await completeFolders(database)
  for (const statement of [...folders, ...files, ...marks, ...trash]) {
    await sql.raw(statement).execute(database)
  }
}

/** Every folder of a file has a row, unless somebody wrote to the database by hand: then it gets one. */
async function completeFolders(database: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ user_id: string; folder: string }>`
    select distinct user_id, folder from file
    where folder <> '/' and not exists (
      select 1 from folder where folder.user_id = file.user_id and folder.path = file.folder
    )`.execute(database)
  for (const { user_id, folder } of rows) {
    let parent = '/'
    for (const name of folder.split('/').filter((segment) => segment !== '')) {
      const path = `${parent}${name}/`
      await sql`insert into folder values (${user_id}, ${path}, ${parent}, ${name}, ${name.toLowerCase()})
        on conflict do nothing`.execute(database)
      parent = path
    }
  }
}
