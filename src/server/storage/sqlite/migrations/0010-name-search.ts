import { type Kysely, sql } from 'kysely'

/**
 * The trigrams of every file's name (`searched_name`), by the file's rowid, without where in the name
 * they stand: what has all of a word's is looked at again. `owner` is the end of the user's id, three
 * characters that are one trigram: it keeps what others have out of the way, and need not be unique.
 */
const statements = [
  `create virtual table file_search using fts5 (
    owner, name, content = '', columnsize = 0, detail = none, tokenize = 'trigram case_sensitive 1'
  )`,
  'insert into file_search (rowid, owner, name) select rowid, substr(user_id, -3), searched_name from file',
  // For names that begin with what is looked for, and for one and two letters, which have no trigram.
  'create index file_searched on file (user_id, searched_name)',
  'create index folder_searched on folder (user_id, searched_name)',
  `create trigger file_search_add after insert on file begin
    insert into file_search (rowid, owner, name)
      values (new.rowid, substr(new.user_id, -3), new.searched_name);
  end`,
  `create trigger file_search_remove after delete on file begin
    insert into file_search (file_search, rowid, owner, name)
      values ('delete', old.rowid, substr(old.user_id, -3), old.searched_name);
  end`,
  `create trigger file_search_change after update of searched_name on file
  when old.searched_name <> new.searched_name begin
    insert into file_search (file_search, rowid, owner, name)
      values ('delete', old.rowid, substr(old.user_id, -3), old.searched_name);
    insert into file_search (rowid, owner, name)
      values (new.rowid, substr(new.user_id, -3), new.searched_name);
  end`,
]

export async function addNameSearch(database: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(database)
}
