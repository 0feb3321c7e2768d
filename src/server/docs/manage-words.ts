import type { EndpointText } from './endpoint-words.ts'

const addition = 'An addition of Barkeep: `GET /api/server` names it `manage` in `additions`.'
const items =
  'Items are whole paths: `/Films/a.mp4` is a file, `/Films/` the folder, up to 1,000 in one request. Instead of `items`, `files_of` means the files of a folder, up to 1,000 from `offset` on but for those in `except`; go on with `next_offset` while `has_more` is true. Each item has its own answer in `results`, in their order: `ok`, `skipped` or `error`, the last two with a `code` and a `message`. What lies in a folder that is named too goes with it.'
const again = 'A retry that carries the same `Idempotency-Key` header gets the first answer again.'
const sendsJson = '-H "Content-Type: application/json"'

/** The additions that change what is stored. */
export const manageWords = {
  createFolder: {
    summary: 'Make a folder',
    about: `${addition} Makes a folder and those above it; \`created\` is \`false\` where it was there. An empty folder stays until it is deleted. ${again}`,
    curl: [sendsJson, `-d '{ "path": "/Films/New/" }'`, '"{url}"'],
    errors: ['payload_too_large'],
    answer: { status: 'ok', path: '/Films/New/', created: true },
  },
  copy: {
    summary: 'Copy files and folders',
    about: `${addition} Copies into the folder \`to\`, which has to be there. A copy has a link of its own and shares its bytes with the original. A folder cannot go into itself. A file and a folder of one name are not in each other’s way. ${items} ${again}`,
    curl: [sendsJson, `-d '{ "items": ["/Films/movie.mp4"], "to": "/Films/New/" }'`, '"{url}"'],
    errors: ['not_found', 'payload_too_large'],
    answer: {
      status: 'ok',
      results: [{ item: '/Films/movie.mp4', status: 'ok', path: '/Films/New/movie.mp4' }],
    },
  },
  rename: {
    summary: 'Rename a file or a folder',
    about: `${addition} Links that are about go on opening a file under its old name. A name that is taken is refused, or, with \`on_conflict\` (an addition named \`rename_replace\`), what has it goes to the trash: \`trash_id\`. ${again}`,
    curl: [sendsJson, `-d '{ "item": "/Films/New/", "name": "Old" }'`, '"{url}"'],
    errors: ['not_found', 'conflict', 'payload_too_large'],
    answer: { status: 'ok', path: '/Films/Old/' },
  },
  move: {
    summary: 'Move files and folders',
    about: `${addition} Moves into the folder \`to\`, which has to be there; links stay valid. A folder moves with all that is in it, and cannot go into itself. A file and a folder of one name are not in each other’s way. With \`replace\`, \`trash_id\` is that of what was there. ${items} ${again}`,
    curl: [
      sendsJson,
      `-d '{ "items": ["/Films/Old/"], "to": "/", "on_conflict": "rename" }'`,
      '"{url}"',
    ],
    errors: ['not_found', 'payload_too_large'],
    answer: {
      status: 'ok',
      results: [{ item: '/Films/Old/', status: 'ok', path: '/Old/' }],
    },
  },
  delete: {
    summary: 'Delete files and folders',
    about: `${addition} What is deleted goes to the trash: its links answer 404 at once, and again with the file when it is restored. Where the server keeps no trash there is no \`trash_id\`, and it is gone. ${items} ${again}`,
    curl: [sendsJson, `-d '{ "items": ["/Old/", "/Films/nothing.txt"] }'`, '"{url}"'],
    errors: ['not_found', 'payload_too_large'],
    answer: {
      status: 'ok',
      results: [
        { item: '/Old/', status: 'ok', trash_id: '0b8ce2a4-6f9e-4a46-9c3b-0d1c1f0f4f52' },
        {
          item: '/Films/nothing.txt',
          status: 'error',
          code: 'not_found',
          message: 'There is no file /Films/nothing.txt.',
        },
      ],
    },
  },
  trash: {
    summary: 'List the trash',
    about: `${addition} What was deleted last comes first, 50 at a time. \`path\` is where it was, of a folder with a slash at its end; \`expires_at\` is when it is deleted for ever. \`total_size\` counts the bytes of the whole trash.`,
    curl: ['"{url}?offset=0"'],
    errors: [],
    answer: {
      status: 'ok',
      items: [
        {
          id: '0b8ce2a4-6f9e-4a46-9c3b-0d1c1f0f4f52',
          name: 'Old',
          path: '/Old/',
          size: 734003200,
          deleted_at: '2026-11-02T08:20:31+00:00',
          expires_at: '2026-12-02T08:20:31+00:00',
        },
      ],
      ...{ limit: 50, next_offset: 1, has_more: false, total: 1, total_size: 734003200 },
    },
  },
  restore: {
    summary: 'Restore from the trash',
    about: `${addition} Each goes where it was, in folders that are made again, with a number where the place is taken: \`path\` is where it is now. ${again}`,
    curl: [sendsJson, `-d '{ "ids": ["TRASH_ID"] }'`, '"{url}"'],
    errors: ['payload_too_large'],
    answer: {
      status: 'ok',
      results: [{ item: '0b8ce2a4-6f9e-4a46-9c3b-0d1c1f0f4f52', status: 'ok', path: '/Old (2)/' }],
    },
  },
  deleteForEver: {
    summary: 'Delete for ever',
    about: `${addition} Takes items out of the trash for good. ${again}`,
    curl: [sendsJson, `-d '{ "ids": ["TRASH_ID"] }'`, '"{url}"'],
    errors: ['payload_too_large'],
    answer: {
      status: 'ok',
      results: [{ item: '0b8ce2a4-6f9e-4a46-9c3b-0d1c1f0f4f52', status: 'ok' }],
    },
  },
} satisfies Record<string, EndpointText>
