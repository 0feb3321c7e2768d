import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto'

/**
 * A file's own link is for whoever has it, as long as the file is there: a guest who kept one would
 * read on after the link to the folder was revoked. Guests get links that name the file by its tracking
 * id, sealed with the id of the share: what opens one asks whether the share still has the file.
 */
export type GuestLinks = {
  seal(shareId: string, trackingId: string): string
  /** Null for what was not sealed here, as files' own tracking ids. */
  open(linkId: string): { shareId: string; trackingId: string } | null
}

const ivBytes = 12
const tagBytes = 16
/** Longer than any tracking id, and the length of no two different texts. */
const minBytes = ivBytes + tagBytes + 2

export function createGuestLinks(serverSecret: string): GuestLinks {
  const derive = (use: string) => createHmac('sha256', serverSecret).update(use).digest()
  const key = derive('guest links')
  const ivKey = derive('guest links, their beginnings')

  return {
    seal(shareId, trackingId) {
      const text = `${shareId} ${trackingId}`
      // Of the text itself: one file has one address, for caches and for the page that shows it.
      const iv = createHmac('sha256', ivKey).update(text).digest().subarray(0, ivBytes)
      const cipher = createCipheriv('aes-256-gcm', key, iv)
      const sealed = [iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]
      return `g.${Buffer.concat(sealed).toString('base64url')}`
    },

    open(linkId) {
      if (!/^g\.[\w-]+$/.test(linkId)) return null
      const bytes = Buffer.from(linkId.slice(2), 'base64url')
      if (bytes.length < minBytes || bytes.toString('base64url') !== linkId.slice(2)) return null
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivBytes), {
        authTagLength: tagBytes,
      })
      decipher.setAuthTag(bytes.subarray(-tagBytes))
      try {
        const opened = decipher.update(bytes.subarray(ivBytes, -tagBytes), undefined, 'utf8')
        const [shareId = '', trackingId = ''] = (opened + decipher.final('utf8')).split(' ')
        return { shareId, trackingId }
      } catch {
        return null
      }
    },
  }
}
