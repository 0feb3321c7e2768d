import { DatabaseSync } from 'node:sqlite'
import { expect, test, vi } from 'vitest'
import { databaseFile } from '#server/storage/sqlite/open-sqlite.ts'
import { startTestServer } from '#server/testing/start-test-server.ts'

test('no upload walks over the folder that it comes to', async () => {
  const prepare = vi.spyOn(DatabaseSync.prototype, 'prepare')
  try {
    await using server = await startTestServer()
    for (const bytes of ['one', 'two', 'two']) {
      await server.upload({ name: 'a.txt', folder: '/f/', bytes })
    }
    const asked = new Set(prepare.mock.calls.map(([text]) => text))
    using database = new DatabaseSync(databaseFile(server.dataFolder), { readOnly: true })
    const plans = [...asked].flatMap((text) => {
      if (!/^select .*from "file"/s.test(text)) return []
      const steps = database.prepare(`explain query plan ${text}`).all()
      return steps.map(({ detail }) => ({ text, detail: String(detail) }))
    })
    expect(plans.length).toBeGreaterThan(3)
    expect(plans.filter(({ detail }) => /\(user_id=\? AND folder_id=\?\)/.test(detail))).toEqual([])
  } finally {
    prepare.mockRestore()
  }
})
