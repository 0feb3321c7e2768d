import { type Kysely, sql } from 'kysely'

/**
 * The trigrams of every file's name (`searched_name`), by the file's rowid, without where in the name
 * they stand: what has all of a word's is looked at again. `owner` is the end of the user's id, three
 * characters that are one trigram: it keeps what others have out of the way, and need not be unique.
 *
 * Files beyond `indexed_to` are not in it yet: one by one they would make each upload dearer.
 */
const isIndexed = (row: 'new' | 'old') => `${row}.rowid <= (select indexed_to from search_state)`
const add = `insert into file_search (rowid, owner, name)
  values (new.rowid, substr(new.user_id, -3), new.searched_name);`
const remove = `insert into file_search (file_search, rowid, owner, name)
  values ('delete', old.rowid, substr(old.user_id, -3), old.searched_name);`

const statements = [
  `create virtual table file_search using fts5 (
    owner, name, content = '', columnsize = 0, detail = none, tokenize = 'trigram case_sensitive 1'
  )`,
  'insert into file_search (rowid, owner, name) select rowid, substr(user_id, -3), searched_name from file',
  'create table search_state (indexed_to integer not null)',
  'insert into search_state select coalesce(max(rowid), 0) from file',
  // For names that begin with what is looked for, and for one and two letters, which have no trigram.
  'create index file_searched on file (user_id, searched_name)',
  'create index folder_searched on folder (user_id, searched_name)',
  // The rowid of a file that was the last one is given again.
  `create trigger file_search_add after insert on file when ${isIndexed('new')} begin ${add} end`,
  `create trigger file_search_remove after delete on file when ${isIndexed('old')} begin ${remove} end`,
  `create trigger file_search_change after update of searched_name on file
  when old.searched_name <> new.searched_name and ${isIndexed('new')} begin ${remove} ${add} end`,
]

export async function addNameSearch(database: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(database)
}
