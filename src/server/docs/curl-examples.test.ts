import { execFile } from 'node:child_process'
import { mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { assertMatchesOpenApi } from '#server/testing/check-openapi-reply.ts'
import { startTestServer } from '#server/testing/start-test-server.ts'
import { documentedEndpoints } from './endpoint-words.ts'

/** The commands of the page as a person copies them out of a browser. */
function commandsOf(page: string): string[] {
  const blocks = page.matchAll(/<pre[^>]*><code>(curl [^<]*)<\/code>/g)
  return [...blocks].map(([, text = '']) =>
    text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&amp;', '&'),
  )
}

test('every command of the reference runs in a shell as it is written, but for the key', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'barkeep-curl-'))
  await writeFile(join(folder.path, 'movie.mp4'), 'pictures')
  await using server = await startTestServer()
  const page = await (await server.get('/docs/api', { key: null })).text()
  const commands = commandsOf(page)
  // The first is there twice: where the page begins, and at its endpoint.
  expect(commands).toHaveLength(documentedEndpoints.length + 1)

  const answers: Record<string, unknown> = {}
  for (const command of commands) {
    const text = command.replace('YOUR_KEY', server.key)
    const shown = `${text} --silent --write-out '\n%{method} %{url} %{http_code}'`
    // The head of the answer, which some commands show, is not looked at.
    const { stdout } = await promisify(execFile)('sh', ['-c', shown], { cwd: folder.path })
    const [shownAnswer = '', what = ''] = stdout.split(/\n(?=[A-Z]+ http)/)
    const json = shownAnswer.replace(/^(HTTP[\s\S]*?\r\n\r\n)+/, '')
    const [method = '', url = '', status] = what.split(' ')
    const { pathname } = new URL(url)
    const body: unknown = json === '' ? undefined : JSON.parse(json)
    if (method !== 'HEAD')
      assertMatchesOpenApi({ method, path: pathname, status: Number(status), body })
    answers[`${method} ${pathname}`] = { status: Number(status), body }
  }

  const ok = { status: 200, body: { status: 'ok' } }
  const notFound = { status: 404, body: { code: 'not_found' } }
  expect(answers).toMatchObject({
    'POST /api/v1/upload/resumable': { status: 201 },
    // Nobody's upload is called UPLOAD_ID.
    'HEAD /api/v1/upload/resumable/UPLOAD_ID': { status: 404 },
    'PATCH /api/v1/upload/resumable/UPLOAD_ID': notFound,
    'DELETE /api/v1/upload/resumable/UPLOAD_ID': notFound,
    'GET /api/v1/me': ok,
    'POST /api/v1/upload': { status: 200, body: { file_name: 'movie.mp4', folder: '/Films/' } },
    'POST /api/v1/upload/batch': {
      status: 200,
      body: { results: [{ file: { file_name: 'movie.mp4', folder: '/Films/2026/', size: 8 } }] },
    },
    'GET /api/v1/files': { status: 200, body: { files: [{ name: 'movie.mp4', size: 8 }] } },
    'GET /api/v1/folders': { status: 200, body: { tree: { folders: [{ name: 'Films' }] } } },
    'POST /api/v1/import': ok,
    // Nobody's task is called TASK_ID.
    'GET /api/v1/import/status': notFound,
    'POST /api/v1/import/cancel': notFound,
    'POST /api/v1/archive': { status: 200, body: { name: 'Films.zip', files: 2 } },
    'POST /api/v1/folders/create': { status: 200, body: { path: '/Films/New/', created: true } },
    'POST /api/v1/files/copy': {
      status: 200,
      body: { results: [{ status: 'ok', path: '/Films/New/movie.mp4' }] },
    },
    'POST /api/v1/files/rename': { status: 200, body: { path: '/Films/Old/' } },
    'POST /api/v1/files/move': { status: 200, body: { results: [{ path: '/Old/' }] } },
    'POST /api/v1/files/delete': {
      status: 200,
      body: { results: [{ status: 'ok' }, { status: 'error', code: 'not_found' }] },
    },
    'GET /api/v1/trash': { status: 200, body: { items: [{ path: '/Old/', size: 8 }] } },
    // Nothing in the trash is called TRASH_ID.
    'POST /api/v1/trash/restore': { status: 200, body: { results: [{ code: 'not_found' }] } },
    'POST /api/v1/trash/delete': { status: 200, body: { results: [{ code: 'not_found' }] } },
  })
})
