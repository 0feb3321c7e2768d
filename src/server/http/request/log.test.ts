import { expect, test } from 'vitest'
import { createLogger } from './log.ts'

const key = `csb_live_${'k3Y'.repeat(9)}x`
const trackingId = 'uWRcU0kRQP2Drmyuxw7IpaCd'

function loggedBy(write: (log: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = []
  write(createLogger({ level: 'trace', server: 'a' }, { write: (line) => void lines.push(line) }))
  return lines.join('')
}

test('no key and no whole share link comes through the words of an error', () => {
  const cause = new Error(`open /share/${trackingId}/tax.pdf`)
  const err = new Error(`no route for Bearer ${key}`, { cause })
  const line = loggedBy((log) => log.error({ err, about: [`?key=${key}`] }, `refused ${key}`))
  expect(line).toContain('csb_live_[hidden]')
  expect(line).toContain(`/share/${trackingId.slice(0, 6)}…`)
  const ofZip = loggedBy((log) => log.error(`no /share/zip/${trackingId}/tax.pdf`))
  expect(ofZip).toContain(`/share/zip/${trackingId.slice(0, 6)}…`)
  const ofGuest = loggedBy((log) => log.error(`no /share/g.${trackingId}/tax.pdf`))
  expect(ofGuest).toContain(`/share/g.${trackingId.slice(0, 6)}…`)
  const guestKey = `csb_guest_${'M'.repeat(28)}.${'A-_'.repeat(14)}A`
  const ofGuestKey = loggedBy((log) => log.error(`no "Bearer ${guestKey}" here`))
  expect(ofGuestKey).toContain('csb_guest_[hidden]')
  expect(ofGuest + ofGuestKey).not.toMatch(/MMMM|A-_A|tax/)
  for (const secret of [trackingId, 'tax.pdf']) expect(ofZip).not.toContain(secret)
  for (const secret of [key.slice('csb_live_'.length), trackingId, 'tax.pdf']) {
    expect(line).not.toContain(secret)
  }
})

test('no header or field that holds a secret is written, wherever it hangs', () => {
  const fields = { authorization: 'Bearer s3cret', cookie: 's3cret', password: 's3cret' }
  const line = loggedBy((log) =>
    log.info({ ...fields, user: fields, request: { headers: fields } }),
  )
  expect(line.match(/\[hidden\]/g)).toHaveLength(9)
  expect(line).not.toContain('s3cret')
})
