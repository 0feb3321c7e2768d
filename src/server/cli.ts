#!/usr/bin/env node
import { runCli } from '#server/cli/run-cli.ts'
import { readEnvironment } from '#server/core/config.ts'

const tell = (line: string) => void process.stderr.write(`${line}\n`)
const { exitCode, stdout, stderr } = await runCli(process.argv.slice(2), readEnvironment, tell)
process.exitCode = exitCode
// A pipe that is read no further or a full disk: what was made is made, but nobody has seen it.
process.stdout.on('error', (error) => {
  process.stderr.write(`The output could not be written: ${error.message}\n`)
  process.exitCode = 1
})
process.stdout.write(stdout)
process.stderr.write(stderr)
