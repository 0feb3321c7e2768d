import { ConfigError, readEnvironment } from '#server/core/config.ts'
import { isStorageFailure } from '#server/core/failure.ts'
import { connectionLimits } from '#server/http/connections/connection-limits.ts'
import { type BarkeepServer, buildServer, type ServerDependencies } from './build-server.ts'
import { runFirstStart, tellFirstStart } from './first-start.ts'

/** Runs the server as this process, until it is told to end. A wrong setting ends it with code 2. */
export async function runServer(dependencies: Partial<ServerDependencies> = {}): Promise<void> {
  try {
    const config = readEnvironment()
    const server = await buildServer(config, dependencies)
    endOnSignals(server, config.drainSeconds)
    const { address, firstStart } = await begin(server).catch(async (error) => {
      await server.close()
      throw error
    })
    print(`Barkeep is at ${config.publicUrl ?? address}`)
    if (config.upstream !== null)
      print(`It stands in front of ${config.upstream}: use a key from there.`)
    const metrics = server.metricsAddress()
    if (metrics !== null) print(`Its metrics are at ${metrics}`)
    for (const finding of server.found) print(`Note: ${finding}`)
    if (firstStart) {
      const isTerminal = process.stdout.isTTY === true
      print(await tellFirstStart(firstStart, { dataFolder: config.dataFolder, isTerminal }))
    }
  } catch (error) {
    const line = startFailureText(error)
    if (line === null) throw error
    process.stderr.write(`${line}\n`)
    process.exitCode = 2
  }
}

async function begin(server: BarkeepServer) {
  const address = await server.listen()
  if (!(await server.isFirstStart())) return { address, firstStart: null }
  const firstStart = await server.firstStartOnce(async () =>
    (await server.isFirstStart()) ? await runFirstStart() : null,
  )
  return { address, firstStart }
}

/** A line for the owner; null for what is a mistake of ours, which is told whole. */
function startFailureText(error: unknown): string | null {
  if (error instanceof ConfigError) return error.message
  if (!isStorageFailure(error)) return null
  const message = (error as Error).message.replaceAll(/\s*\n\s*/g, ' ')
  return `The data folder failed at the start (${message}). See that its disk works and has room, and start again.`
}

/** npm passes Ctrl-C on to a process that the terminal has told already: that is one, not two. */
const oneKeyPressMs = 300
/** Mostly nothing is under way, and there is nothing to explain. */
const tellAfterMs = 1_000
const graceSeconds = connectionLimits.graceMs / 1000

function endOnSignals(server: BarkeepServer, drainSeconds: number): void {
  const stillEnding = `Waiting up to ${drainSeconds + graceSeconds} s for what is under way. Once more ends it at once.`
  let endingSince: number | null = null
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // Who presses Ctrl-C again does not want to wait for anybody's upload.
      if (endingSince !== null && performance.now() - endingSince > oneKeyPressMs) process.exit(130)
      if (endingSince !== null) return
      endingSince = performance.now()
      const notice = setTimeout(() => print(stillEnding), tellAfterMs)
      notice.unref()
      server.close().then(
        () => process.exit(0),
        (error) => {
          server.app.log.error({ err: error }, 'the end was not clean')
          process.exit(1)
        },
      )
    })
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}
