import { seededRandom, World } from './request-gate-world.ts'

/** An everyday network: 10 to 40 ms there and back each. */
function everyday(random: () => number) {
  const way = () => 10 + random() * 30
  return { there: way, back: way }
}

/** The server's clock is up to two months off. */
function skewedEpoch(random: () => number): number {
  return 1_782_326_145_000 + (random() - 0.5) * 1e10
}

function startWorld(seed: number): World {
  const random = seededRandom(seed)
  return new World({ random, network: everyday(random), epochMs: skewedEpoch(random) })
}

export type UploadScene = { files: number; tookMs: number; optimumMs: number; refused: number }

/**
 * `files` small files and nobody clicking: from the drop to the last answer. `isConnected`: five seconds
 * before it the page asked for `/me`, the tree and a folder; else the window is empty.
 */
export async function uploadAlone(files: number, isConnected: boolean): Promise<UploadScene> {
  const world = startWorld(files)
  if (isConnected) await world.clock.finish(world.connect())
  const before = world.sent.map(({ sentAt }) => sentAt)
  if (isConnected) await world.clock.advance(5_000)
  const startedAt = world.clock.now()
  world.gate.notePersonActive()
  await world.clock.finish(world.upload(files))
  return {
    files,
    tookMs: world.clock.now() - startedAt,
    optimumMs: findOptimum({ files, startedAt, others: before, usable: 60 }),
    refused: world.refused,
  }
}

/** The same while a person opens a folder every ten seconds; eight slots stay theirs throughout. */
export async function uploadWhileBrowsing(
  files: number,
): Promise<UploadScene & { slowestClickMs: number }> {
  const world = startWorld(files + 1)
  await world.clock.finish(world.connect())
  const startedAt = world.clock.now()
  void world.browse(Number.POSITIVE_INFINITY, () => 10_000)
  await world.clock.finish(world.upload(files))
  const clicks = world.sent.filter(({ lane }) => lane === 'person')
  const others = clicks.map(({ sentAt }) => sentAt)
  return {
    files,
    tookMs: world.clock.now() - startedAt,
    optimumMs: findOptimum({ files, startedAt, others, usable: 52 }),
    refused: world.refused,
    slowestClickMs: Math.max(...clicks.map(({ askedAt, sentAt }) => sentAt - askedAt)),
  }
}

/** A click at each of `clicks` random moments of a long upload: the longest until it is sent, in ms. */
export async function clickDuringUpload(clicks: number): Promise<number> {
  let slowest = 0
  for (let seed = 1; seed <= clicks; seed += 1) {
    const random = seededRandom(seed)
    const world = startWorld(seed)
    await world.clock.finish(world.connect())
    void world.upload(1_000)
    await world.clock.advance(random() * 240_000)
    await world.clock.finish(world.call('person', 'browsing'))
    const click = world.sent.filter(({ lane }) => lane === 'person').at(-1)
    slowest = Math.max(slowest, click ? click.sentAt - click.askedAt : Number.POSITIVE_INFINITY)
  }
  return slowest
}

/** Ten running imports and a person who opens a folder every few seconds, for ten minutes. */
export async function importsAndPerson(): Promise<{
  sent: number
  polls: number
  refused: number
}> {
  const world = startWorld(10)
  const random = seededRandom(11)
  await world.clock.finish(world.connect())
  const end = world.clock.now() + 600_000
  const person = world.browse(end, () => 2_000 + random() * 10_000)
  await world.clock.finish(Promise.all([person, world.poll(10, end)]))
  const polls = world.sent.filter(({ lane }) => lane === 'polling').length
  return { sent: world.sent.length, polls, refused: world.refused }
}

export type Session = { sent: number; refused: number; clickWaits: number[] }

/**
 * Three to seven minutes of a person with random think times, an upload and, in every third session, an
 * import, while another program takes 3 to 36 requests a minute at random moments. Headers come up to
 * two seconds late and out of order. `begins`: the other program has been at work before
 * the app connects, or starts unseen in the middle.
 */
export async function playSession(seed: number, begins: 'before' | 'unseen'): Promise<Session> {
  const random = seededRandom(seed)
  const lateMs = 2_000 * (random() < 0.5 ? 1 : 0.1) * random()
  const network = { there: () => 5 + random() * 60, back: () => 5 + random() * lateMs }
  const world = new World({ random, network, epochMs: skewedEpoch(random) })
  const other = { random, meanMs: 60_000 / (3 + random() * 33) }
  if (begins === 'before') {
    void world.use(other)
    await world.clock.advance(60_000 * random())
    // So that the first answer betrays it, as it does any program that asks once a minute.
    world.limiter.take()
    await world.clock.advance(30_000 * random())
  } else void world.clock.sleep(random() * 120_000).then(() => world.use(other))
  const end = world.clock.now() + 180_000 + random() * 240_000
  const thinkMs = 3_000 + random() * 37_000
  await world.clock.finish(world.connect())
  const work = [world.browse(end, () => -Math.log(1 - random()) * thinkMs)]
  work.push(
    world.clock.sleep(random() * 40_000).then(() => world.upload(30 + Math.floor(random() * 250))),
  )
  if (seed % 3 === 0) work.push(world.poll(1 + Math.floor(random() * 3), end))
  await world.clock.finish(Promise.all(work))
  const clicks = world.sent.filter(({ lane, status }) => lane === 'person' && status === 200)
  const clickWaits = clicks.map(({ askedAt, sentAt }) => sentAt - askedAt)
  return { sent: world.sent.length, refused: world.refused, clickWaits }
}

type Room = { files: number; startedAt: number; others: number[]; usable: number }

/** The least time that any client needs that leaves `others` their slots: each file as early as allowed. */
function findOptimum({ files, startedAt, others, usable }: Room): number {
  const fixed = [...others].sort((a, b) => a - b)
  const sends: number[] = []
  const countAt = (at: number) => {
    const isIn = (time: number) => time > at - 60_000 && time <= at
    return fixed.filter(isIn).length + sends.filter(isIn).length
  }
  let at = startedAt
  for (let sent = 0; sent < files; sent += 1) {
    while (countAt(at) >= usable) at = nextFree([...fixed, ...sends], at)
    sends.push(at)
  }
  return at - startedAt
}

function nextFree(times: number[], at: number): number {
  let next = Number.POSITIVE_INFINITY
  for (const time of times) if (time + 60_000 > at) next = Math.min(next, time + 60_000)
  return next
}
