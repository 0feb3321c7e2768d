import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { completeLock, findUnhashed, type Lock } from './complete-lock.ts'

const lockFile = join(import.meta.dirname, '../package-lock.json')

test('the lock lacks no optional package, or npm ci would refuse it: run scripts/complete-lock.ts', () => {
  expect(completeLock(JSON.parse(readFileSync(lockFile, 'utf8')))).toEqual([])
})

test('every locked package has its hash: run scripts/complete-lock.ts', () => {
  expect(findUnhashed(JSON.parse(readFileSync(lockFile, 'utf8')))).toEqual([])
})

test('a package without its hash is found', () => {
  const lock: Lock = {
    packages: {
      '': { version: '0.1.0' },
      'node_modules/a': { version: '1.0.0', integrity: 'sha512-AA==' },
      'node_modules/b': { version: '1.0.0' },
    },
  }
  expect(findUnhashed(lock)).toEqual(['node_modules/b'])
})

test('a build for another system is added with what its name says', () => {
  const lock: Lock = {
    packages: {
      '': {},
      'node_modules/tool': {
        version: '1.2.3',
        dev: true,
        license: 'MIT',
        optionalDependencies: { '@tool/linux-arm64-musl': '1.2.3', '@tool/win32-x64': '1.2.3' },
      },
      'node_modules/@tool/win32-x64': { version: '1.2.3' },
    },
  }
  expect(completeLock(lock)).toEqual(['@tool/linux-arm64-musl'])
  expect(lock.packages['node_modules/@tool/linux-arm64-musl']).toEqual({
    version: '1.2.3',
    dev: true,
    license: 'MIT',
    optional: true,
    os: ['linux'],
    cpu: ['arm64'],
    libc: ['musl'],
  })
})

test('a package that lies beside the one that wants it is found', () => {
  const wanting = { version: '1.0.0', optionalDependencies: { build: '2.0.0' } }
  const lock: Lock = {
    packages: {
      'node_modules/a/node_modules/b': wanting,
      'node_modules/a/node_modules/build': { version: '2.0.0' },
    },
  }
  expect(completeLock(lock)).toEqual([])
})
