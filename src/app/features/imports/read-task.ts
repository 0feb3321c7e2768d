import { safeLink } from '#app/lib/safe-link.ts'
import { parseFolderPath } from '#contract/folder-path.ts'
import type { ImportTask } from '#contract/imports.ts'
import type { ImportJob } from './import-job.ts'

const longestText = 500

/** What the server's word about a task changes in its row. Its text and links are not to be trusted. */
export function readTask(job: ImportJob, task: ImportTask): Partial<ImportJob> {
  const title = shorten(task.title) ?? job.title
  switch (task.state) {
    case 'completed':
      return {
        state: 'done',
        title,
        percent: 100,
        note: readNotes(task.notes),
        fileLink: safeLink(task.link),
        folder: readFolder(task.folder ?? job.options.folder),
      }
    case 'failed': {
      const reason = shorten(task.error) ?? 'The server could not import this link.'
      return {
        state: 'failed',
        title,
        note: null,
        failure: { reason, nextStep: '' },
      }
    }
    case 'cancelled':
      return { state: 'cancelled', title, note: null }
    default:
      // Unknown states of a newer server are steps between, not ends.
      return { state: 'running', title, percent: readPercent(task.progress), note: null }
  }
}

const notesShown = 6

/** What the server says of a complete import: a page may have a hundred subtitle tracks. */
function readNotes(notes: ImportTask['notes'] = []): string | null {
  const words = notes.slice(0, notesShown).map(({ message }) => shorten(message) ?? '')
  const more = notes.length - notesShown
  return [...words, ...(more > 0 ? [`${more} more were left out.`] : [])].join(' ') || null
}

/** Null where there is nothing to read; a page's title may be a book. */
function shorten(text = ''): string | null {
  return text.trim().slice(0, longestText) || null
}

function readPercent(progress: string): number | null {
  const percent = Number.parseFloat(progress)
  return Number.isFinite(percent) ? Math.min(100, Math.max(0, percent)) : null
}

function readFolder(text: string): string | null {
  const folder = parseFolderPath(text)
  return folder.ok ? folder.value : null
}
