import { execFile } from 'node:child_process'
import { mkdtempDisposable, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { startTestImportServer } from '#server/testing/imports/import-server.ts'
import { createFakeYtDlp } from '#server/testing/imports/test-yt-dlp.ts'

/** What a version with a hole could be made to do: write to a folder that is not its own. */
const writingTo = (folder: string) => `import os
def attempt(work):
    try: work()
    except PermissionError: pass
there = lambda name: os.path.join('${folder}', name)
open('mine', 'w').close()
attempt(lambda: open(there('opened'), 'w').close())
attempt(lambda: os.open(there('made'), os.O_CREAT))
attempt(lambda: open(os.path.relpath(there('relative')), 'ab').close())
attempt(lambda: os.link('mine', there('linked')))
attempt(lambda: os.rename('mine', there('moved')))
with open('video.mp4', 'wb') as film: film.write(open(os.environ['FILM'], 'rb').read())
`

test('yt-dlp writes nowhere but in its own folders; without the guard it does', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-outside-'))
  await using own = await mkdtempDisposable(join(tmpdir(), 'barkeep-own-'))
  const program = writingTo(folder.path)
  await using fake = await createFakeYtDlp(
    `python3 -c "$(cat <<'END'\n${program}END\n)" || cp "$FILM" video.mp4`,
  )
  await using imports = await startTestImportServer({ config: { ytDlp: fake.path } })
  expect(await imports.run('/watch/a', { type: 'video' })).toMatchObject({ state: 'completed' })
  expect(await readdir(folder.path)).toEqual([])
  // Where there is no Python, yt-dlp brings its own, which loads no guard: decision 0007.
  const isPythonHere = await promisify(execFile)('python3', ['-c', program], {
    cwd: own.path,
  }).then(
    () => true,
    (error: { code?: unknown }) => error.code !== 'ENOENT',
  )
  const names = isPythonHere ? ['linked', 'made', 'moved', 'opened', 'relative'] : []
  expect((await readdir(folder.path)).toSorted()).toEqual(names)
})
