import { parseArgs } from 'node:util'
import { createRateLimitGate } from '#app/api/gate/rate-limit-gate.ts'
import { readRateLimit } from '#contract/rate-limit.ts'
import {
  clickDuringUpload,
  importsAndPerson,
  playSession,
  uploadAlone,
  uploadWhileBrowsing,
} from './request-gate-scenes.ts'

/*
 * npm run bench:gate [-- --sessions 10000]               everything on a simulated clock
 * npm run bench:gate -- --origin URL --key KEY           130 real requests to a running server
 */
const { values } = parseArgs({
  options: {
    sessions: { type: 'string', default: '10000' },
    origin: { type: 'string' },
    key: { type: 'string' },
    requests: { type: 'string', default: '130' },
  },
})

const seconds = (ms: number) => `${(ms / 1_000).toFixed(2)} s`

function print(...cells: (string | number)[]) {
  const [name = '', ...rest] = cells.map(String)
  const line = name.padEnd(52) + rest.map((cell) => cell.padStart(16)).join('')
  process.stdout.write(`${line}\n`)
}

async function printUploads() {
  print('Small files, nobody clicking', 'took', 'optimum', '1.03 × + 15 s', 'refused')
  for (const isConnected of [true, false]) {
    for (const files of [60, 200, 1_000]) {
      const scene = await uploadAlone(files, isConnected)
      const allowed = 1.03 * scene.optimumMs + 15_000
      const name = `${files} files, ${isConnected ? 'page just opened' : 'window empty'}`
      print(name, seconds(scene.tookMs), seconds(scene.optimumMs), seconds(allowed), scene.refused)
    }
  }
  print('')
  print('A folder opened every 10 s', 'took', 'optimum', 'ratio', 'slowest click')
  for (const files of [200, 1_000]) {
    const scene = await uploadWhileBrowsing(files)
    const ratio = (scene.tookMs / scene.optimumMs).toFixed(3)
    const click = `${scene.slowestClickMs.toFixed(1)} ms`
    print(`${files} files`, seconds(scene.tookMs), seconds(scene.optimumMs), ratio, click)
  }
}

async function printPeople() {
  print('')
  const slowest = await clickDuringUpload(100)
  print('A click during a bulk upload, slowest of 100', `${slowest.toFixed(1)} ms`)
  const { sent, polls, refused } = await importsAndPerson()
  print(
    'Ten imports and a person, ten minutes',
    `${sent} sent`,
    `${polls} polls`,
    `${refused} refused`,
  )
}

async function printSessions(name: string, begins: 'before' | 'unseen', sessions: number) {
  let [sent, refused, hit] = [0, 0, 0]
  const waits: number[] = []
  for (let seed = 1; seed <= sessions; seed += 1) {
    const session = await playSession(seed, begins)
    sent += session.sent
    refused += session.refused
    if (session.refused > 0) hit += 1
    waits.push(...session.clickWaits)
  }
  waits.sort((a, b) => a - b)
  const at = (share: number) => seconds(waits[Math.floor(waits.length * share)] ?? 0)
  print(name, `${sessions} sessions`, `${sent} sent`, `${refused} refused`, `in ${hit}`)
  print('  a click waits: half, 90 %, 99 % of them at most', at(0.5), at(0.9), at(0.99))
}

async function runReal(origin: string, key: string, requests: number) {
  const gate = createRateLimitGate({ openChannel: null, locks: null })
  let refused = 0
  const send = async () => {
    const answer = await fetch(new URL('/api/v1/me', origin), {
      headers: { authorization: `Bearer ${key}` },
    })
    await answer.text()
    if (answer.status === 429) refused += 1
    return { status: answer.status, rateLimit: readRateLimit((name) => answer.headers.get(name)) }
  }
  const startedAt = performance.now()
  const ask = { lane: 'transfer', purpose: 'uploads' } as const
  await Promise.all(Array.from({ length: requests }, () => gate.run(ask, send)))
  const optimum = Math.floor((requests - 1) / gate.getSnapshot().limit) * 60_000
  print('Real server', 'took', 'optimum', 'refused')
  print(`${requests} requests`, seconds(performance.now() - startedAt), seconds(optimum), refused)
}

if (values.origin && values.key) {
  await runReal(values.origin, values.key, Number(values.requests))
} else {
  const sessions = Number(values.sessions)
  await printUploads()
  await printPeople()
  await printSessions('Beside a second program', 'before', sessions)
  await printSessions('A second program begins unseen', 'unseen', Math.ceil(sessions / 10))
}
