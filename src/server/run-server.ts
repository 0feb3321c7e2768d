import { type BarkeepServer, buildServer, type Outside } from './build-server.ts'
import { ConfigError, readEnvironment } from './config.ts'
import { connectionLimits } from './http/connection-limits.ts'
import { runFirstStart } from './run-first-start.ts'
import { tellFirstStart } from './tell-first-start.ts'

/** Runs the server as this process, until it is told to end. A wrong setting ends it with code 2. */
export async function runServer(outside: Partial<Outside> = {}): Promise<void> {
  try {
    const config = readEnvironment()
    const server = await buildServer(config, outside)
    endOnSignals(server)
    const address = await server.listen().catch(async (error) => {
      await server.close()
      throw error
    })
    const firstStart = (await server.isFirstStart()) ? await runFirstStart() : null
    print(`Barkeep is at ${config.publicUrl ?? address}`)
    if (config.upstream !== null)
      print(`It stands in front of ${config.upstream}: use a key from there.`)
    if (firstStart) {
      const isTerminal = process.stdout.isTTY === true
      print(await tellFirstStart(firstStart, { dataFolder: config.dataFolder, isTerminal }))
    }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 2
  }
}

/** npm passes Ctrl-C on to a process that the terminal has told already: that is one, not two. */
const oneKeyPressMs = 300
/** Mostly nothing is under way, and there is nothing to explain. */
const tellAfterMs = 1_000
const stillEnding = `Waiting up to ${connectionLimits.graceMs / 1000} s for what is under way. Once more ends it at once.`

function endOnSignals(server: BarkeepServer): void {
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
