import { errorReply } from '#contract/api-error.ts'
import { createUser } from '#server/account/users-repository.ts'
import { openCliStore } from '#server/cli/cli-store.ts'
import type { TestServer } from './start-test-server.ts'

/** What a browser does for a person: keeps one cookie and says where its page is from. For tests. */
export type TestBrowser = {
  readonly cookie: string
  signIn(username: string, password: string, init?: RequestInit): Promise<Response>
  get(path: string): Promise<Response>
  post(path: string, body?: unknown, init?: RequestInit): Promise<Response>
}

/** `cookie` is what the browser has from before. */
export function openTestBrowser(server: TestServer, cookie = ''): TestBrowser {
  async function send(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers)
    if (cookie !== '' && !headers.has('cookie')) headers.set('cookie', cookie)
    const reply = await fetch(server.origin + path, { ...init, headers })
    const [given] = reply.headers.getSetCookie()
    if (given) cookie = given.split(';', 1)[0] ?? ''
    return reply
  }
  const post: TestBrowser['post'] = (path, body = {}, init = {}) =>
    send(path, {
      method: 'POST',
      body: JSON.stringify(body),
      ...init,
      headers: { 'content-type': 'application/json', origin: server.origin, ...init.headers },
    })
  return {
    get cookie() {
      return cookie
    },
    post,
    get: (path) => send(path, {}),
    signIn: (username, password, init) =>
      post('/api/auth/sign-in/username', { username, password }, init),
  }
}

/** Makes an account beside the running server, as the command line does; gives its password. */
export async function addTestUser(server: TestServer, username: string): Promise<string> {
  await using store = await openCliStore(server.config)
  return (await createUser(store, { username, plan: 'pro' })).password
}

/** Status and code of a refusal. */
export async function refusalOf(reply: Response): Promise<[number, string]> {
  return [reply.status, errorReply.parse(await reply.json()).code]
}

/** A browser in which a new account is signed in, and its password. */
export async function signInNew(server: TestServer, username: string) {
  const password = await addTestUser(server, username)
  const browser = openTestBrowser(server)
  await browser.signIn(username, password)
  return { browser, password }
}
