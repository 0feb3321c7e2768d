// Keeps the page itself, so that it opens without a network, and takes what other apps share with this one.
// It answers for nothing else: no answer of the API and no stored file ever comes from here.

const shell = 'barkeep-shell'
const shared = 'barkeep-shared'
/** What was shared and never taken. */
const keptMs = 86_400_000

const pages = /^\/(files\/.*|trash|api-keys|subscriptions|import)?$/

self.addEventListener('install', (event) => {
  event.waitUntil(fetch('/').then(keepShell))
  self.skipWaiting()
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (url.origin !== location.origin) return
  if (request.method === 'POST' && url.pathname === '/share-target') {
    event.respondWith(takeShared(request))
  } else if (request.method === 'GET' && request.mode === 'navigate' && pages.test(url.pathname)) {
    event.respondWith(openPage(event))
  } else if (request.method === 'GET' && url.pathname.startsWith('/assets/')) {
    event.respondWith(fetch(request).catch(() => fromShell(request)))
  }
})

/** The page as the server has it; without a network as it was last. */
async function openPage(event) {
  try {
    const page = await fetch(event.request)
    if (page.ok) event.waitUntil(keepShell(page.clone()))
    return page
  } catch {
    return await fromShell('/')
  }
}

async function fromShell(request) {
  return (await caches.match(request, { cacheName: shell, ignoreVary: true })) ?? Response.error()
}

/** Keeps a page with the files that it names: all of them, or the page before. */
async function keepShell(page) {
  const text = await page.text()
  const cache = await caches.open(shell)
  const before = await cache.match('/')
  if ((await before?.text()) === text) return
  const files = Array.from(text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g), ([, file]) => file)
  await cache.addAll(files)
  const headers = ['content-type', 'content-security-policy'].map((name) => [
    name,
    page.headers.get(name) ?? '',
  ])
  await cache.put('/', new Response(text, { headers }))
  const kept = new Set(['/', ...files])
  for (const request of await cache.keys()) {
    if (!kept.has(new URL(request.url).pathname)) await cache.delete(request)
  }
}

/** Holds what was shared until somebody said where it goes: `/import` asks. */
async function takeShared(request) {
  const place = (query) => Response.redirect(`/import?${query}`, 303)
  try {
    const form = await request.formData()
    const cache = await caches.open(shared)
    await forgetOld(cache)
    const name = `/shared-here/${crypto.randomUUID()}`
    const files = form.getAll('files').filter((part) => part instanceof File)
    const text = ['title', 'text', 'url'].map((part) => form.get(part) ?? '').join('\n')
    const list = files.map((file) => ({ name: file.name, lastModified: file.lastModified }))
    await cache.put(name, Response.json({ text, files: list, at: Date.now() }))
    await Promise.all(files.map((file, at) => cache.put(`${name}/${at}`, new Response(file))))
    return place(new URLSearchParams({ shared: name }))
  } catch {
    return place('shared=')
  }
}

async function forgetOld(cache) {
  const requests = await cache.keys()
  for (const request of requests) {
    const { pathname } = new URL(request.url)
    const at = (await cache.match(pathname.split('/', 3).join('/')))?.json().then((held) => held.at)
    if (Date.now() - ((await at) ?? 0) > keptMs) await cache.delete(request)
  }
}
