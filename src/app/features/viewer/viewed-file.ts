import type { ReactNode } from 'react'
import { readableLink } from '#app/api/http/readable-link.ts'

/** A file as the viewer shows it. */
export type ViewedFile = {
  name: string
  /** In bytes, as listed. */
  size: number
  /** Where this page reads it. */
  link: string
  /** The link as the server gave it, for people. */
  sharedLink: string
  /** ISO 8601, as listed. */
  uploadedAt: string
}

/** What a kind of viewer is given; each kind is a part that is loaded when it is first needed. */
export type KindProps = {
  file: ViewedFile
  /** The files of the folder that are loaded, in the order shown. */
  siblings: readonly ViewedFile[]
  /** To the next file, or the one before; nothing where there is none. */
  onStep: (step: 1 | -1) => void
  /** Shows the plain page with these words instead, and with other `ways` to have it. */
  onUnreadable: (reason: string, ways?: ReactNode) => void
  /** Shows another one of `siblings`. */
  onShow: (file: ViewedFile) => void
  /** Nobody asked for this one: it was stepped to, or the page was loaded with it. */
  wasSteppedTo: boolean
}

type Listed = { name: string; size: number; link: string | null; uploadedAt: string }

const known = new WeakMap<Listed, ViewedFile>()

/** The same file is the same object each time; null where the listing held no usable link. */
export function readViewed(listed: Listed): ViewedFile | null {
  const { name, size, link: sharedLink, uploadedAt } = listed
  if (sharedLink === null) return null
  const link = readableLink(sharedLink)
  const last = known.get(listed)
  if (last?.link === link) return last
  const file = { name, size, link, sharedLink, uploadedAt }
  known.set(listed, file)
  return file
}
