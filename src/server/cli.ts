#!/usr/bin/env node
import { runCli } from './cli-run.ts'
import { readEnvironment } from './config.ts'

const { exitCode, stdout, stderr } = await runCli(process.argv.slice(2), readEnvironment)
process.stdout.write(stdout)
process.stderr.write(stderr)
process.exitCode = exitCode
