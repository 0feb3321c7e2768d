import { mkdir, mkdtempDisposable, symlink, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { lockDataFolder } from './folder-lock.ts'

test("another folder's lock, linked to, is not told as a server that runs on this one", async () => {
  await using home = await mkdtempDisposable(join(tmpdir(), 'barkeep-lock-'))
  const [one, two] = ['one', 'two'].map((name) => join(home.path, name)) as [string, string]
  await Promise.all([one, two].map((folder) => mkdir(folder)))
  await using _held = await lockDataFolder(one, () => {})
  const linked = join(two, 'server.lock')
  await symlink(join(one, 'server.lock'), linked)
  await expect(lockDataFolder(two, () => {})).rejects.toThrow(
    `${linked} is a link to another place.`,
  )
  await unlink(linked)
  await using _free = await lockDataFolder(two, () => {})
})
