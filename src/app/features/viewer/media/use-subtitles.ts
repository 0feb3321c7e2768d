import { type RefObject, useEffect, useMemo, useState } from 'react'
import type { ViewedFile } from '#app/features/viewer/viewed-file.ts'
import { browserStorage } from '#app/lib/browser/storage.ts'
import { tell } from '#app/ui/announcer.tsx'
import { decodeText } from './subtitles/decode-text.ts'
import { type Cue, readCues, writeVtt } from './subtitles/read-cues.ts'
import { findSubtitles, type SubtitleFile } from './subtitles/subtitle-files.ts'

/** More than the subtitles of any film; the rest is not read. */
const mostBytes = 4_000_000
const storedAs = 'barkeep.subtitles'
const off = 'off'

export type Subtitles = {
  tracks: readonly (SubtitleFile & { src: string | undefined })[]
  /** The label of the one that is shown; null for none. */
  chosen: string | null
  choose: (label: string | null) => void
  /** None where one is shown, else the one in the person's language, or the first. */
  toggle: () => void
  /** Seconds by which they come later than they say. */
  delay: number
  addDelay: (by: number) => void
  /** Why the chosen ones are not shown; '' where they are. */
  problem: string
}

/** The subtitles beside a film, read when they are first chosen. The choice goes on with the next film. */
export function useSubtitles(
  video: RefObject<HTMLVideoElement | null>,
  film: ViewedFile,
  siblings: readonly ViewedFile[],
): Subtitles {
  const files = useMemo(() => findSubtitles(film, siblings), [film, siblings])
  const [wanted, setWanted] = useState(() => browserStorage.get(storedAs) ?? off)
  const [delay, setDelay] = useState(0)
  const [lastFilm, setLastFilm] = useState(film)
  if (film !== lastFilm) {
    setLastFilm(film)
    setDelay(0)
  }
  const chosen = files.find((one) => choiceOf(one) === wanted) ?? null
  const { cues, problem } = useCues(chosen?.file ?? null)
  const src = useObjectUrl(cues, delay)

  // Each is made anew for another text: one that has its cues keeps them.
  // biome-ignore lint/correctness/useExhaustiveDependencies: when the elements are others
  useEffect(() => {
    const elements = [...(video.current?.querySelectorAll('track') ?? [])]
    for (const { track, label } of elements) {
      track.mode = label === chosen?.label && src !== undefined ? 'showing' : 'disabled'
    }
  }, [video, files, chosen, src])

  const ownLanguage = navigator.language.split('-')[0] ?? ''
  const preferred = files.find(({ language }) => language.split('-')[0] === ownLanguage) ?? files[0]

  function choose(label: string | null) {
    const one = files.find((file) => file.label === label)
    const choice = one ? choiceOf(one) : off
    setWanted(choice)
    browserStorage.set(storedAs, choice)
    tell(one ? `Subtitles: ${one.label}` : 'Subtitles off')
  }

  return {
    tracks: files.map((one) => ({ ...one, src: one === chosen ? src : undefined })),
    chosen: chosen?.label ?? null,
    choose,
    toggle: () => choose(chosen ? null : (preferred?.label ?? null)),
    delay,
    addDelay(by) {
      const next = Math.round((delay + by) * 10) / 10
      setDelay(next)
      tell(describeDelay(next))
    },
    problem,
  }
}

/** What is remembered of a choice: the language, so that it fits the next film. */
function choiceOf({ language, label }: SubtitleFile): string {
  return language === '' ? label : `${language} ${label}`
}

/** `0.5 s later`, `0.5 s earlier`, `As written`. */
export function describeDelay(delay: number): string {
  if (delay === 0) return 'As written'
  return `${Math.abs(delay).toFixed(1)} s ${delay > 0 ? 'later' : 'earlier'}`
}

type Reading = { file: ViewedFile; cues: readonly Cue[] | null; problem: string }

function useCues(file: ViewedFile | null) {
  const [reading, setReading] = useState<Reading | null>(null)
  useEffect(() => {
    if (!file) return
    const ending = new AbortController()
    readSubtitles(file, ending.signal).then(
      (cues) => {
        const problem = cues.length > 0 ? '' : 'There are no subtitles in this file.'
        setReading({ file, cues, problem })
      },
      () => {
        const problem = 'These subtitles could not be read. Choose them again to try it anew.'
        if (!ending.signal.aborted) setReading({ file, cues: null, problem })
      },
    )
    return () => ending.abort()
  }, [file])
  const isHere = reading?.file === file
  return {
    cues: isHere ? (reading?.cues ?? null) : null,
    problem: isHere ? (reading?.problem ?? '') : '',
  }
}

async function readSubtitles({ link }: ViewedFile, signal: AbortSignal): Promise<Cue[]> {
  const reply = await fetch(link, { signal, headers: { range: `bytes=0-${mostBytes - 1}` } })
  if (!reply.ok) throw new Error(`The server answered ${reply.status}.`)
  const parts: Uint8Array[] = []
  let length = 0
  const reader = reply.body?.getReader()
  for (let next = await reader?.read(); next?.value; next = await reader?.read()) {
    parts.push(next.value)
    length += next.value.length
    // A server that knows no ranges sends all of it.
    if (length >= mostBytes) break
  }
  await reader?.cancel()
  const bytes = new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer())
  return readCues(decodeText(bytes.subarray(0, mostBytes), length >= mostBytes))
}

/** The cues as a file of WebVTT that the page has made, `delay` seconds later. */
function useObjectUrl(cues: readonly Cue[] | null, delay: number): string | undefined {
  const [url, setUrl] = useState<string | undefined>()
  useEffect(() => {
    if (!cues || cues.length === 0) return
    const moved = cues
      .map((cue) => ({ ...cue, start: Math.max(0, cue.start + delay), end: cue.end + delay }))
      .filter(({ start, end }) => end > start)
    const made = URL.createObjectURL(new Blob([writeVtt(moved)], { type: 'text/vtt' }))
    setUrl(made)
    return () => {
      setUrl(undefined)
      URL.revokeObjectURL(made)
    }
  }, [cues, delay])
  return url
}
