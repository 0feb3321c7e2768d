import { chmod, mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { importClientOf } from '#server/testing/imports/import-client.ts'
import { startTestImportServer } from '#server/testing/imports/import-server.ts'
import { startTestVideoSite } from '#server/testing/imports/video-site.ts'
import { startServerProcess } from '#server/testing/test-server-process.ts'

const off = 'Video imports are off on this server:'

async function createProgram(script: string) {
  const folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-tool-'))
  const path = join(folder.path, 'program')
  await writeFile(path, `#!/bin/sh\n${script}\n`)
  await chmod(path, 0o700)
  return { path, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() }
}

const settings = {
  ytDlp: ['BARKEEP_YT_DLP', 'yt-dlp'],
  ffmpeg: ['BARKEEP_FFMPEG', 'ffmpeg'],
} as const

test.each(['ytDlp', 'ffmpeg'] as const)(
  'with an unfit %s video imports say what is the matter, and files still come',
  async (setting) => {
    await using broken = await createProgram('echo "no such library: /opt/secret" >&2; exit 127')
    const [variable, name] = settings[setting]
    const step = `Correct ${variable} and start the server again.`
    for (const [path, message] of [
      ['/nowhere/program', `${off} ${variable} names no program. ${step}`],
      [broken.path, `${off} ${name} is there but does not run. ${step}`],
    ] as const) {
      await using imports = await startTestImportServer({ config: { [setting]: path } })
      const url = `${imports.site.origin}/watch/harbour`
      for (const body of [{ url, type: 'video' }, { url }]) {
        const reply = await imports.server.post('/api/v1/import', body)
        const refusal = { code: 'feature_disabled', message }
        expect([reply.status, await reply.json()]).toMatchObject([503, refusal])
      }
      const link = `${imports.site.origin}/file/a.bin`
      for (const request of [{ type: 'auto' }, { type: 'file' }] as const) {
        expect(await imports.run(link, request)).toMatchObject({ state: 'completed' })
      }
      expect(await imports.run('/watch/harbour', { type: 'file' })).toMatchObject({
        state: 'completed',
      })
    }
  },
)

test('where yt-dlp is not installed that is what is told; once it is, videos work without a new start', async () => {
  await using data = await mkdtempDisposable(join(tmpdir(), 'barkeep-tools-'))
  await using programs = await mkdtempDisposable(join(tmpdir(), 'barkeep-path-'))
  await using site = await startTestVideoSite()
  await using server = startServerProcess({
    ...{ BARKEEP_DATA: data.path, BARKEEP_IMPORT_ALLOW: site.host, BARKEEP_YT_DLP: '' },
    PATH: programs.path,
  })
  const client = await importClientOf(server, await server.firstKey)
  const request = { url: `${site.origin}/watch/harbour` }
  expect(await client.tryToStart(request)).toMatchObject({
    code: 'feature_disabled',
    message: `${off} yt-dlp is not installed. Install yt-dlp where the server runs.`,
  })
  const script = `#!/bin/sh
PATH=/usr/bin:/bin
for a; do if [ "$a" = --version ]; then echo 2026.01.01; exit; fi; done
echo film > video.mp4`
  await writeFile(join(programs.path, 'yt-dlp'), script, { mode: 0o700 })
  expect(await client.tryToStart(request)).toMatchObject({
    message: `${off} ffmpeg is not installed. Install ffmpeg where the server runs.`,
  })
  await writeFile(join(programs.path, 'ffmpeg'), '#!/bin/sh\n', { mode: 0o700 })
  const id = await client.start(request)
  expect(await client.waitFor(id, ({ state }) => state !== 'running')).toMatchObject({
    state: 'completed',
  })
})
