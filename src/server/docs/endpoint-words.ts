import type { ApiErrorCode } from '#contract/api-error.ts'
import type { Endpoint } from '#contract/endpoint.ts'
import { endpoints } from '#contract/endpoints.ts'
import { importErrorCodes } from '#contract/imports.ts'
import { archiveWords } from './archive-words.ts'
import { cookiesWords } from './cookies-words.ts'
import { inspectWords } from './inspect-words.ts'
import { manageWords } from './manage-words.ts'
import { resumableWords } from './resumable-words.ts'
import { sharesWords } from './shares-words.ts'
import { subscriptionWords } from './subscription-words.ts'

export type EndpointText = {
  summary: string
  /** Sentences; text in backquotes is code. */
  about: string
  /** What this server promises beyond the API; unknown of a service behind a gateway. */
  ownStore?: string
  /** The arguments that follow `curl`, shell-quoted, a line each; `{url}` is the endpoint's address. */
  curl: string[]
  /** Errors of this endpoint, beside those of every endpoint. */
  errors: ApiErrorCode[]
  /** An answer as it could be, the lines of its head where it has no body; `ORIGIN` stands for the address that has the files. */
  answer: unknown
}

export type DocumentedEndpoint = EndpointText & { name: string; endpoint: Endpoint }

/** The documentation of one endpoint. */
export function allAbout({ about, ownStore }: EndpointText): string {
  return ownStore === undefined ? about : `${about} ${ownStore}`
}

const listedImport = {
  ...{ id: 'video_9sKq2', type: 'video', title: 'Harbour at dawn', progress: '42%' },
  created_at: '2026-11-02T08:20:31+00:00',
  request: { url: 'https://videos.example/watch/7', type: 'auto', path: '/' },
}

const words = {
  me: {
    summary: 'Who am I',
    about:
      'Tells whose key this is, what it may do and until when, how much of the rate limit is left and how large an upload may be. Any valid key may ask; asking takes one request of the window.',
    curl: ['"{url}"'],
    errors: [],
    answer: {
      status: 'ok',
      username: 'alice',
      plan: 'pro',
      key: {
        id: 'key_4fZ0tqQ8Yc1mB7Ls',
        name: 'Backup script',
        scopes: ['upload', 'read'],
        key_prefix: 'csb_live_ab12cd...',
        key_last4: 'wxyz',
        created_at: '2026-11-02T08:15:00+00:00',
        expires_at: null,
      },
      rate_limit: { limit: 60, remaining: 47, reset: 1793606400, window_seconds: 60 },
      limits: { upload_max_bytes: 2147483648 },
    },
  },
  upload: {
    summary: 'Upload a file',
    about:
      'The body is the file, byte for byte, with no form around it and of any content type. Read `file_name` in the answer for the name it got.',
    ownStore:
      'The answer comes once every byte is safe on the disk. A name that is taken in the folder gets ` (2)` before its extension; sending the same bytes under the same name again answers with the file that is there. Missing folders are made. A retry that carries the same `Idempotency-Key` header gets the first answer again; the same key with another file is refused.',
    curl: ['--data-binary @movie.mp4', '"{url}?filename=movie.mp4&path=/Films/"'],
    // By a link whose folder is deleted.
    errors: ['not_found', 'payload_too_large'],
    answer: {
      status: 'ok',
      tracking_id: 'V1StGXR8_Z5jdHi6B',
      file_name: 'movie.mp4',
      size: 734003200,
      link: 'ORIGIN/share/V1StGXR8_Z5jdHi6B/movie.mp4',
      folder: '/Films/',
    },
  },
  uploadBatch: {
    summary: 'Upload many files at once',
    about:
      'An addition of Barkeep: `GET /api/server` names it `batch` in `additions`. The body is a form (`multipart/form-data`) in which each part is one file; its `filename` may hold a path below `path`, such as `Rome/a.jpg`. It takes one request of the window and carries up to 1,000 files and 64 MB. `results` has one answer for each part, in their order: `file` as of an upload, or the `code` and `message` of its refusal, which costs the others nothing.',
    ownStore:
      'The answer comes once every file is safe on the disk; a connection that breaks before the end of the form leaves none of its files. Names, folders and the same bytes again are treated as by an upload, and so is the `Idempotency-Key` header, for the whole form. A name is read as UTF-8, or from `filename*`.',
    curl: ['-F "file=@movie.mp4;filename=2026/movie.mp4"', '"{url}?path=/Films/"'],
    // By a link whose folder is deleted.
    errors: ['not_found', 'payload_too_large'],
    answer: {
      status: 'ok',
      results: [
        {
          status: 'ok',
          file: {
            tracking_id: 'V1StGXR8_Z5jdHi6B',
            file_name: 'movie.mp4',
            size: 734003200,
            link: 'ORIGIN/share/V1StGXR8_Z5jdHi6B/movie.mp4',
            folder: '/Films/2026/',
          },
        },
        {
          status: 'error',
          code: 'invalid_request',
          message: 'File names must not be empty.',
        },
      ],
    },
  },
  startImport: {
    summary: 'Import a link',
    about:
      'The server fetches the link by itself; poll the returned `task_id` for how far it is. `auto` finds out whether the link is a file or a page with a video. A file goes to `path` under `filename`; a video gets a folder of its own, with subtitles and thumbnail beside it if asked for.',
    ownStore:
      'Where `GET /api/server` names `video_choices` in `additions`, `video` takes more: `subtitle_languages`, `automatic_subtitles`, `audio_language`, `prefer`, `audio_format` and `section`, and `sponsorblock` where that is named. A field that breaks its rule refuses the import; a language that the site does not have is told in `notes`.',
    curl: [
      '-H "Content-Type: application/json"',
      `-d '{ "url": "https://videos.example/watch/7", "video": { "quality": "1080" } }'`,
      '"{url}"',
    ],
    errors: ['payload_too_large', 'feature_disabled'],
    answer: { status: 'ok', type: 'video', task_id: 'video_9sKq2' },
  },
  importStatus: {
    summary: 'See how an import is doing',
    about:
      'Ask every few seconds until `state` is `completed`, `failed` or `cancelled`. A finished file import has its `link`, a finished video import its `folder`.',
    ownStore: `A failed one says why in \`error\`, and in \`error_code\` for programs: ${importErrorCodes.map((code) => `\`${code}\``).join(', ')}; more may come.`,
    curl: ['"{url}?task_id=TASK_ID"'],
    errors: ['not_found'],
    answer: {
      status: 'ok',
      task: { id: 'video_9sKq2', type: 'video', state: 'running', progress: '42%' },
    },
  },
  cancelImport: {
    summary: 'Cancel an import',
    about: 'Ends a running import. What was fetched so far is thrown away.',
    curl: ['-H "Content-Type: application/json"', `-d '{ "task_id": "TASK_ID" }'`, '"{url}"'],
    errors: ['not_found', 'payload_too_large'],
    answer: { status: 'ok' },
  },
  ...inspectWords,
  ...cookiesWords,
  imports: {
    summary: 'List imports',
    about:
      'An addition of Barkeep: `GET /api/server` names it `imports` in `additions`. The imports of the account, whichever key started them, newest first; each is a task as `GET /api/v1/import/status` gives it, with when it was started and the `request` that started it. Go on with `next_offset` while `has_more` is true. With `task_ids`, up to 100 with commas between, it answers with those alone: one request for all that run.',
    ownStore:
      'A task can be asked for until a week after it ended. A running one says in `stage` what it does: `waiting` for its turn, `looking` at the source, `downloading` (`part` of `parts` where a video comes in several), `joining` them, `storing`; and, as far as that is known, `bytes`, `total_bytes`, `share`, `bytes_per_second` and `seconds_left`.',
    curl: ['"{url}?limit=50"'],
    errors: [],
    answer: {
      status: 'ok',
      imports: [
        {
          ...{ ...listedImport, state: 'running', stage: 'downloading', part: 1, parts: 2 },
          ...{ bytes: 31457280, total_bytes: 73400320, share: 0.42 },
          ...{ bytes_per_second: 4194304, seconds_left: 10 },
        },
      ],
      limit: 50,
      next_offset: 1,
      has_more: false,
    },
  },
  cancelImports: {
    summary: 'Cancel many imports',
    about:
      'An addition of Barkeep: `GET /api/server` names it `cancel_imports` in `additions`. Ends up to 100 imports in one request, and answers with each as it is then; one that had ended stays as it was.',
    curl: ['-H "Content-Type: application/json"', `-d '{ "task_ids": ["TASK_ID"] }'`, '"{url}"'],
    errors: ['payload_too_large'],
    answer: {
      status: 'ok',
      imports: [{ ...listedImport, state: 'cancelled' }],
    },
  },
  files: {
    summary: 'List a folder',
    about:
      'The files of one folder by name, in natural order (`photo 2` before `photo 10`), 50 at a time, and on the first page the names of its subfolders. Go on with `next_offset` while `has_more` is true.',
    ownStore:
      'Additions of Barkeep: with `limit` a page has up to 1,000 files, and the answer counts the files of the folder in `total`. `sort=size` and `sort=uploaded_at` give the files in that order, and `order=desc` the whole order from its end; what is alike goes by name.',
    curl: ['"{url}?path=/Films/&offset=0"'],
    errors: ['not_found'],
    answer: {
      status: 'ok',
      path: '/Films/',
      folders: ['2026'],
      files: [
        {
          name: 'movie.mp4',
          size: 734003200,
          link: 'ORIGIN/share/V1StGXR8_Z5jdHi6B/movie.mp4',
          uploaded_at: '2026-11-02T08:20:31+00:00',
        },
      ],
      limit: 50,
      next_offset: 1,
      has_more: false,
    },
  },
  folders: {
    summary: 'Read the folder tree',
    about: 'All folders, nested, without their files.',
    ownStore:
      'A folder is there from the first file in it, or from its making, until it is deleted.',
    curl: ['"{url}"'],
    // By a link to what is deleted.
    errors: ['not_found'],
    answer: {
      status: 'ok',
      tree: {
        name: '',
        path: '/',
        folders: [{ name: 'Films', path: '/Films/', folders: [] }],
      },
    },
  },
  search: {
    summary: 'Find files and folders',
    about:
      'An addition of Barkeep: `GET /api/server` names it `search` in `additions`. Finds what has all words of `q` in its name, in any order, anywhere in it, without case and accents; in `path` and below it, and of one `kind` where that is said. Best first: the whole name, its start, starts of words, inside; then the shorter name, then natural order. 50 a page: go on with `next_offset` while `has_more` is true.',
    ownStore:
      'What was just uploaded, renamed, moved or restored is found at once, and what is in the trash is not. Of very many that match, up to 1,000 that begin with `q` and 1,000 others, the newest, are put in order; the rest is found by more words. Words of one and two letters take longer: all names are looked through for them.',
    curl: ['-G --data-urlencode "q=holiday rome"', '-d "kind=image"', '"{url}"'],
    errors: ['not_found'],
    answer: {
      status: 'ok',
      items: [
        { kind: 'folder', name: 'Holiday in Rome', path: '/Holiday in Rome/' },
        {
          kind: 'file',
          name: 'rome-holiday.jpg',
          path: '/Pictures/rome-holiday.jpg',
          size: 734003,
          link: 'ORIGIN/share/V1StGXR8_Z5jdHi6B/rome-holiday.jpg',
          uploaded_at: '2026-11-02T08:20:31+00:00',
        },
      ],
      limit: 50,
      next_offset: 2,
      has_more: false,
    },
  },
  ...archiveWords,
  ...resumableWords,
  ...manageWords,
  ...sharesWords,
  ...subscriptionWords,
} satisfies Partial<Record<keyof typeof endpoints, EndpointText>>

/** The seven endpoints of v1 and Barkeep’s additions, in the order in which one meets them. */
export const documentedEndpoints: DocumentedEndpoint[] = Object.entries(words).map(
  ([name, said]) => ({ name, endpoint: endpoints[name as keyof typeof words], ...said }),
)

/** When each code is answered. */
export const errorWords: Record<ApiErrorCode, string> = {
  invalid_request: 'A parameter or the body is missing or breaks a rule; the message says which.',
  missing_auth: 'There is no `Authorization` header, or it is not one Bearer key.',
  invalid_key: 'No such key: mistyped, never made, or revoked.',
  expired_key: 'The key’s expiry has passed.',
  premium_required: 'The key’s account has no pro plan.',
  account_unavailable: 'The key’s account is banned or gone.',
  insufficient_scope: 'The key was made without the scope that this endpoint asks for.',
  not_found:
    'No such folder, task or address, by a link nothing any more that it shares, or no such method there: then `Allow` names those that are.',
  conflict: 'Something of that name is there already.',
  payload_too_large: 'The body is larger than the account’s limit (see `/api/v1/me`).',
  rate_limited: 'The key’s window is full; `Retry-After` says for how many seconds.',
  server_error: 'Something went wrong inside. Reported in the server’s log.',
  feature_disabled: 'The server runs without what this needs, such as the video program.',
  unavailable:
    'The storage cannot be written right now, for one because the disk is full, or the request stood still or came too slowly. Send it again later.',
}

/** Errors of every request with a key. */
const commonErrors: ApiErrorCode[] = [
  'invalid_request',
  'missing_auth',
  'invalid_key',
  'expired_key',
  'premium_required',
  'account_unavailable',
  'rate_limited',
  'server_error',
  'unavailable',
]

/** Every code that `documented` may answer with. */
export function errorsOf(documented: DocumentedEndpoint): ApiErrorCode[] {
  const scopeError: ApiErrorCode[] = documented.endpoint.scope ? ['insufficient_scope'] : []
  return [...documented.errors, ...scopeError, ...commonErrors]
}
