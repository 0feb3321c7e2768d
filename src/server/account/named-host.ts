import { hostname, networkInterfaces } from 'node:os'
import type { FastifyRequest } from 'fastify'
import ipaddr from 'ipaddr.js'

/**
 * Whether somebody has named the host that a request asked for as this server's: the machine's own
 * names and addresses, what `HOST` says, or a trusted proxy. Any other name may be a stranger's that
 * he made to point here (DNS rebinding), and a page of his would be a page of ours.
 */
export function isNamedHost({ raw, server }: FastifyRequest): boolean {
  const { host, isHostForwarded } = server.readClient(raw)
  const url = host === null ? null : URL.parse(`http://${host}`)
  if (url === null) return false
  if (isHostForwarded) return true
  const name = url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')
  if (ipaddr.isValid(name)) return isOwnAddress(ipaddr.process(name), raw.socket.localAddress)
  const own = [hostname(), server.listenHost].map((text) => text.toLowerCase())
  return /(^|\.)localhost$|\.local$/.test(name) || own.includes(name)
}

function isOwnAddress(address: ipaddr.IPv4 | ipaddr.IPv6, reached = ''): boolean {
  if (address.range() === 'loopback') return true
  const listed = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  const own = [reached, ...listed.map((each) => each.address)].filter(ipaddr.isValid)
  return own.some((text) => ipaddr.process(text).toString() === address.toString())
}
