import { type Kysely, sql } from 'kysely'
import { foldName, nameKey } from '#contract/name-order.ts'

/**
 * Names are sorted by their natural key, and files also by size and time: `listing_mark` counts the
 * files of a folder in each of these orders. Those of size and time come once a folder is so large
 * that its first mark is halved: below that, a walk from the start is as cheap. `searched_name` is what
 * a search looks at.
 */
const every = 4000

/** `value` comes before the name; by name it is 0. */
const orders = [
  { sort: 0, value: '0', column: '' },
  { sort: 1, value: 'size', column: 'size, ' },
  { sort: 2, value: 'uploaded_at', column: 'uploaded_at, ' },
]

const before = [
  ...['add', 'remove', 'leave', 'come', 'halve'].map((name) => `drop trigger listing_mark_${name}`),
  'drop table listing_mark',
  'drop index file_order',
  'drop index folder_order',
  `alter table file add column searched_name text not null default ''`,
  `alter table folder add column searched_name text not null default ''`,
]

const indexes = [
  'create index file_order on file (user_id, folder_id, folded_name, id)',
  'create index file_size on file (user_id, folder_id, size, folded_name, id)',
  'create index file_time on file (user_id, folder_id, uploaded_at, folded_name, id)',
  'create index folder_order on folder (user_id, parent_id, folded_name, name)',
]

const table = `create table listing_mark (
  user_id text not null references user (id) on delete cascade,
  folder_id integer not null,
  sort integer not null,
  value integer not null,
  folded_name text not null,
  id text not null,
  files integer not null,
  primary key (user_id, folder_id, sort, value, folded_name, id)
) without rowid`

/** The first mark of a folder stands before every file. */
const fill = orders.map(
  ({ sort, value, column }) => `insert into listing_mark
    select user_id, folder_id, ${sort}, iif(place = 0, 0, value), iif(place = 0, '', folded_name),
      iif(place = 0, '', id), min(${every}, files - place)
    from (
      select user_id, folder_id, ${value} as value, folded_name, id,
        row_number() over (partition by user_id, folder_id order by ${column}folded_name, id) - 1 as place,
        count(*) over (partition by user_id, folder_id) as files
      from file
      where folder_id is not null
    )
    where place % ${every} = 0 and (${sort} = 0 or files >= ${2 * every})`,
)

const markOf = (file: 'new' | 'old', { sort, value }: (typeof orders)[number]) => `
  (user_id, folder_id, sort, value, folded_name, id) = (
    select user_id, folder_id, sort, value, folded_name, id from listing_mark
    where user_id = ${file}.user_id and folder_id = ${file}.folder_id and sort = ${sort}
      and (value, folded_name, id)
        <= (${sort === 0 ? value : `${file}.${value}`}, ${file}.folded_name, ${file}.id)
    order by value desc, folded_name desc, id desc
    limit 1
  )`

// By name last: halving its first mark begins the others, which count this file then.
const count = (file: 'new' | 'old', by: '+ 1' | '- 1') =>
  orders
    .toReversed()
    .map((order) => `update listing_mark set files = files ${by} where ${markOf(file, order)};`)
    .join('\n')

const add = `
  insert into listing_mark values (new.user_id, new.folder_id, 0, 0, '', '', 0) on conflict do nothing;
  ${count('new', '+ 1')}`

const hasMoved = `(old.folder_id is not new.folder_id or old.folded_name <> new.folded_name
  or old.size <> new.size or old.uploaded_at <> new.uploaded_at)`
const moving = 'after update of folder_id, folded_name, size, uploaded_at on file'

/** The other orders begin with one mark for all that the folder has. */
const begin = [1, 2].map(
  (sort) => `insert into listing_mark
    select new.user_id, new.folder_id, ${sort}, 0, '', '', sum(files) from listing_mark
    where user_id = new.user_id and folder_id = new.folder_id and sort = 0
    on conflict do nothing;`,
)

const triggers = [
  `create trigger listing_mark_add after insert on file when new.folder_id is not null begin
    ${add}
  end`,
  `create trigger listing_mark_remove after delete on file when old.folder_id is not null begin
    ${count('old', '- 1')}
  end`,
  `create trigger listing_mark_leave ${moving} when old.folder_id is not null and ${hasMoved} begin
    ${count('old', '- 1')}
  end`,
  `create trigger listing_mark_come ${moving} when new.folder_id is not null and ${hasMoved} begin
    ${add}
  end`,
  ...orders.map(
    ({ sort, value, column }) => `create trigger listing_mark_halve_${sort}
    after update of files on listing_mark when new.files >= ${2 * every} and new.sort = ${sort} begin
      insert into listing_mark
        select user_id, folder_id, ${sort}, ${value}, folded_name, id, new.files - ${every} from file
        where user_id = new.user_id and folder_id = new.folder_id
          and (${column}folded_name, id) >= (${sort === 0 ? '' : 'new.value, '}new.folded_name, new.id)
        order by ${column}folded_name, id
        limit 1 offset ${every};
      update listing_mark set files = ${every}
        where (user_id, folder_id, sort, value, folded_name, id)
          = (new.user_id, new.folder_id, ${sort}, new.value, new.folded_name, new.id);
      ${sort === 0 ? begin.join('\n') : ''}
    end`,
  ),
]

export async function orderNaturally(database: Kysely<unknown>): Promise<void> {
  const run = async (statement: string) => void (await sql.raw(statement).execute(database))
  for (const statement of before) await run(statement)
  await writeKeys(database, 'file', 'rowid')
  await writeKeys(database, 'folder', 'id')
  for (const statement of [...indexes, table, ...fill, ...triggers]) await run(statement)
}

const rowsAtOnce = 1000

async function writeKeys(
  database: Kysely<unknown>,
  tableName: 'file' | 'folder',
  idColumn: 'rowid' | 'id',
): Promise<void> {
  const [written, id] = [sql.table(tableName), sql.ref(`${tableName}.${idColumn}`)]
  for (let last = -1; ; ) {
    const { rows } = await sql<{ row: number; name: string }>`
      select ${id} as row, name from ${written} where ${id} > ${last} order by ${id} limit ${rowsAtOnce}
    `.execute(database)
    const keys = rows.map(({ row, name }) => [row, nameKey(name), foldName(name)])
    await sql`
      update ${written} set folded_name = value ->> 1, searched_name = value ->> 2
      from json_each(${JSON.stringify(keys)}) where ${id} = value ->> 0
    `.execute(database)
    last = rows.at(-1)?.row ?? last
    if (rows.length < rowsAtOnce) return
  }
}
